"""Who may write, by what Discord's headers say is left."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.pace import Pace
from tests.adapters.discord.rig import Seconds


class Reply:
    """An answer that is being written."""


def _headers(limit: int, left: int, reset_s: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset-After": str(reset_s),
    }


def _pace() -> tuple[Pace, Seconds]:
    seconds = Seconds()
    return Pace(seconds, seconds.sleep), seconds


def test_a_spent_bucket_is_waited_for_as_long_as_discord_says() -> None:
    pace, seconds = _pace()
    pace.heard("edits 1", _headers(5, 0, 3.0))
    assert 3.0 <= pace.wait_s("edits 1") <= 3.1
    assert pace.wait_s("edits 2") == 0
    seconds.at += 3.1
    assert pace.wait_s("edits 1") == 0


def test_a_refusal_of_one_channel_stops_no_other_and_a_global_one_stops_all() -> None:
    pace, _ = _pace()
    pace.refused("edits 1", 2.0, is_global=False)
    assert pace.wait_s("edits 1") > 0
    assert pace.wait_s("edits 2") == 0
    pace.refused("edits 1", 2.0, is_global=True)
    assert pace.wait_s("edits 2") > 0


def test_drafts_leave_room_for_every_answer_that_is_open() -> None:
    pace, _ = _pace()
    replies = [Reply(), Reply()]
    for reply in replies:
        pace.opened("edits 1", reply)
    pace.heard("edits 1", _headers(5, 4, 3.0))
    assert pace.may_draft("edits 1", is_first=False)
    pace.heard("edits 1", _headers(5, 3, 3.0))
    assert not pace.may_draft("edits 1", is_first=False)
    assert pace.may_draft("edits 1", is_first=True)
    pace.closed("edits 1", replies[0])
    assert pace.may_draft("edits 1", is_first=False)


def test_answers_in_one_channel_take_turns() -> None:
    pace, _ = _pace()
    alone = pace.draft_every_s("edits 1")
    replies = [Reply() for _ in range(3)]
    for reply in replies:
        pace.opened("edits 1", reply)
    assert pace.draft_every_s("edits 1") == 3 * alone


def test_an_answer_that_was_cut_off_gives_its_share_back() -> None:
    pace, _ = _pace()
    alone = pace.draft_every_s("edits 1")
    reply = Reply()
    pace.opened("edits 1", reply)
    pace.opened("edits 1", Reply())
    del reply
    assert pace.draft_every_s("edits 1") == alone


def test_no_draft_goes_before_a_finished_text_that_waits() -> None:
    pace, _ = _pace()
    pace.queued("edits 1", 1)
    assert not pace.may_draft("edits 1", is_first=True)
    pace.queued("edits 1", -1)
    assert pace.may_draft("edits 1", is_first=True)


def test_without_headers_nothing_is_limited() -> None:
    pace, _ = _pace()
    for _ in range(20):
        pace.take("edits 1")
        pace.heard("edits 1", {})
    assert pace.wait_s("edits 1") == 0


@given(st.lists(st.tuples(st.integers(0, 7), st.floats(0, 0.4)), max_size=150))
def test_no_window_of_a_second_holds_more_calls_than_discord_takes(steps: list[tuple[int, float]]) -> None:
    pace, seconds = _pace()
    sent: list[float] = []
    for channel, gap_s in steps:
        seconds.at += pace.wait_s(f"edits {channel}") + gap_s
        pace.take(f"edits {channel}")
        pace.heard(f"edits {channel}", {})
        sent.append(seconds.at)
        assert len([at for at in sent if at > seconds.at - 1.0]) <= 50
