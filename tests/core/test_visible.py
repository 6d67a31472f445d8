"""Text that is printed where characters can be commands."""

from hypothesis import given
from hypothesis import strategies as st

from core.visible import printable


@given(st.text())
def test_no_command_is_left_and_letters_stay(text: str) -> None:
    shown = printable(text)
    assert not any(ord(char) < 32 and char not in "\n\t" for char in shown)
    assert not any(0x7F <= ord(char) < 0xA0 for char in shown)
    assert [char for char in text if char.isalnum()] == [char for char in shown if char in text and char.isalnum()] or (
        "\\u" in shown
    )


@given(st.text(), st.integers(min_value=0, max_value=50))
def test_it_may_come_piece_by_piece(text: str, at: int) -> None:
    assert printable(text[:at]) + printable(text[at:]) == printable(text)


def test_commands_become_signs() -> None:
    assert printable("\x1b[31mred\x1b]0;title\x07 a\r\nb \u202e \x9b") == "␛[31mred␛]0;title␇ a\nb \\u202e \\u009b"
