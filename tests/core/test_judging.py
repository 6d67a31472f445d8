"""A judgement always comes, a model can raise what words found, and it alone decides nothing grave."""

import json
from typing import Any

import pytest

from core.errors import ModelError
from core.judging import judge
from tests.fakes.model import ScriptedModel, says

CATEGORIES = ("refund", "bug", "other")
SENTENCE = "Your product deleted my entire project and your documentation is useless."


def said(**known: Any) -> str:
    return json.dumps(
        {"sentiment": "neutral", "urgency": "normal", "category": "bug", "should_escalate": False, "language": "en",
         "confidence": 0.9, "reasons": ["an error"], **known}
    )  # fmt: skip


async def test_the_worst_loss_is_angry_urgent_and_goes_to_people_without_and_with_a_calm_model() -> None:
    for model in (None, ScriptedModel(says(said()))):
        judged, _ = await judge(SENTENCE, model=model, categories=CATEGORIES)
        assert (judged.sentiment, judged.urgency, judged.category) == ("angry", "high", "data_loss")
        assert judged.should_escalate


async def test_a_model_alone_does_not_silence_the_bot() -> None:
    model = ScriptedModel(says(said(should_escalate=True)))
    judged, by = await judge("The page stays empty when I save.", model=model, categories=CATEGORIES)
    assert (judged.should_escalate, judged.category, by) == (False, "bug", "model")
    assert "the model alone would escalate" in judged.reasons


@pytest.mark.parametrize("answer", ["no JSON", "[]", said(sentiment="furious"), said(confidence=7), "{"])
async def test_what_is_no_judgement_leaves_the_words_own(answer: str) -> None:
    judged, by = await judge("I want a refund", model=ScriptedModel(says(answer)), categories=CATEGORIES)
    assert (judged.category, by) == ("refund", "words")


async def test_a_model_that_fails_leaves_the_words_own() -> None:
    model = ScriptedModel([ModelError("gone")])
    judged, by = await judge("I want a refund", model=model, categories=CATEGORIES)
    assert (judged.category, by) == ("refund", "words")


async def test_a_category_nobody_configured_is_not_taken_over() -> None:
    model = ScriptedModel(says(said(category="payroll")))
    judged, _ = await judge("I want a refund", model=model, categories=CATEGORIES)
    assert judged.category == "refund"
