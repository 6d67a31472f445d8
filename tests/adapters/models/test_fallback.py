"""Several models for one kind of work."""

import pytest

from adapters.models.fallback import FallbackModel
from core.errors import ModelCut, ModelError
from tests.adapters.models.odd_endpoint import Reply, ask, delta, fails, hear, model_at, refuses, says


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_the_next_model_answers_when_one_fails() -> None:
    async with model_at(fails(503)) as (first, _), model_at(says("from the second")) as (second, _):
        model = FallbackModel([first, second], clock=Clock())
        assert (await hear(model)).text == "from the second"


async def test_a_model_that_keeps_failing_rests_and_is_then_asked_again() -> None:
    clock = Clock()
    async with (
        model_at(refuses("no", status=401), refuses("no", status=401), says("well again")) as (first, endpoint),
        model_at(says("second")) as (second, _),
    ):
        model = FallbackModel([first, second], clock=clock, failures_until_rest=2, rest_s=30)
        assert [(await hear(model)).text for _ in range(4)] == ["second"] * 4
        assert len(endpoint.asked) == 2
        assert model.profile is second.profile
        clock.now += 31
        assert model.profile is first.profile
        assert (await hear(model)).text == "well again"


async def test_a_model_that_fails_once_more_after_its_rest_rests_again() -> None:
    clock = Clock()
    async with model_at(refuses("no", status=401)) as (first, endpoint), model_at(says("second")) as (second, _):
        model = FallbackModel([first, second], clock=clock, failures_until_rest=2, rest_s=30)
        for _ in range(3):
            await hear(model)
        clock.now += 31
        for _ in range(3):
            await hear(model)
    assert len(endpoint.asked) == 3


async def test_when_all_rest_they_are_asked_all_the_same() -> None:
    async with model_at(refuses("no", status=401), says("back")) as (only, _):
        model = FallbackModel([only], clock=Clock(), failures_until_rest=1)
        with pytest.raises(ModelError, match="refused the key"):
            await hear(model)
        assert (await hear(model)).text == "back"


async def test_after_the_first_text_no_other_model_goes_on() -> None:
    cut = Reply((delta(content="Your refund"),))
    async with model_at(cut) as (first, _), model_at(says("something else")) as (second, endpoint):
        model = FallbackModel([first, second], clock=Clock())
        events = model.stream(ask())
        assert await anext(events)
        with pytest.raises(ModelCut):
            await anext(events)
    assert endpoint.asked == []


async def test_when_nothing_answers_every_reason_is_told() -> None:
    async with model_at(fails(503)) as (first, _), model_at(refuses("no", status=401)) as (second, _):
        with pytest.raises(ModelError, match=r"HTTP 503\. Then: .* refused the key"):
            await hear(FallbackModel([first, second], clock=Clock()))
