"""When words are only a goodbye."""

import pytest

from core.closing import is_farewell


@pytest.mark.parametrize(
    "text", ["Thanks!", "ok great, thank you so much", "Perfect 👍", "Danke schön", "bye", "Thanks, have a nice day!"]
)
def test_thanks_and_goodbye_are_no_reason_to_begin_again(text: str) -> None:
    assert is_farewell(text)


@pytest.mark.parametrize("text", ["", "  ", "Thanks, but it broke again", "ok so where is it?", "no", "!!! help"])
def test_anything_more_is(text: str) -> None:
    assert not is_farewell(text)
