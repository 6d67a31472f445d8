"""What a process counts, and what a customer sees before any model has said a word."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from core.measures import BUCKETS_S, Series
from tests.core.rig import rig
from tests.fakes.model import ScriptedModel, says


async def test_the_parts_of_an_answers_time_are_counted_with_its_calls(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("It is on its way."))) as here:
        await here.says("Where is my parcel?")
        await here.settled()
        measures = here.runner.measures
        assert measures.turns == {"answered": 1}
        assert measures.calls == {("chat", "scripted", "done"): 1}
        assert measures.tokens["chat", "scripted", "input"] == 10
        assert {part: sum(series.counts) for part, series in measures.parts.items()} == {
            "queue": 1,
            "prepare": 1,
            "triage": 1,
            "retrieval": 1,
            "model": 1,
            "first_word": 1,
            "turn": 1,
        }


async def test_a_hand_over_is_counted_by_its_reason(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await here.says("I want to talk to a human please")
        await here.settled()
        [ended] = here.runner.measures.turns
        assert ended not in ("answered", "")


@given(st.lists(st.floats(0, 1_000)))
def test_every_time_falls_into_one_bucket(times: list[float]) -> None:
    series = Series()
    for each in times:
        series.add(each)
    assert sum(series.counts) == len(times)
    assert len(series.counts) == len(BUCKETS_S) + 1
