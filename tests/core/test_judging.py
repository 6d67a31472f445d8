"""A judgement always comes, a model can raise what words found, and it alone decides nothing grave."""

import json
from typing import Any

import pytest

from core.categories import Category
from core.errors import ModelError
from core.judging import Asked, Judge, Judgement
from core.settings import TriageSettings
from tests.fakes.model import ScriptedModel, says

SETTINGS = TriageSettings(mode="model", categories=(Category(name="refund"), Category(name="bug", tier=2)))
SENTENCE = "Your product deleted my entire project and your documentation is useless."


async def judge(text: str, model: ScriptedModel | None) -> Judgement:
    return await Judge(SETTINGS, model=lambda: model).judge(Asked(text))


def said(**known: Any) -> str:
    return json.dumps(
        {"sentiment": "neutral", "urgency": "normal", "category": "bug", "should_escalate": False, "language": "en",
         "confidence": 0.9, "reasons": ["an error"], **known}
    )  # fmt: skip


async def test_the_worst_loss_is_angry_urgent_and_goes_to_people_without_and_with_a_calm_model() -> None:
    for model in (None, ScriptedModel()):
        judged = (await judge(SENTENCE, model)).triage
        assert (judged.sentiment, judged.urgency, judged.category) == ("angry", "high", "data_loss")
        assert judged.should_escalate


async def test_a_model_alone_does_not_silence_the_bot() -> None:
    model = ScriptedModel(says(said(should_escalate=True)))
    judgement = await judge("The page stays empty when I save.", model)
    assert (judgement.triage.should_escalate, judgement.triage.category, judgement.by) == (False, "bug", "model")
    assert "the model alone would escalate" in judgement.triage.reasons
    assert judgement.offers_person


@pytest.mark.parametrize("answer", ["no JSON", "[]", said(sentiment="furious"), said(confidence=7), "{"])
async def test_what_is_no_judgement_leaves_the_words_own(answer: str) -> None:
    judgement = await judge("I want a refund", ScriptedModel(says(answer)))
    assert (judgement.triage.category, judgement.by) == ("refund", "words")


async def test_words_alone_ask_nobody() -> None:
    settings = TriageSettings(mode="words", categories=SETTINGS.categories)
    judgement = await Judge(settings, model=lambda: ScriptedModel()).judge(Asked("The page stays empty when I save."))
    assert (judgement.by, judgement.used) == ("words", ())


async def test_a_model_that_fails_leaves_the_words_own() -> None:
    model = ScriptedModel([ModelError("gone")])
    judgement = await judge("I want a refund", model)
    assert (judgement.triage.category, judgement.by) == ("refund", "words")


async def test_a_category_nobody_configured_is_not_taken_over() -> None:
    model = ScriptedModel(says(said(category="payroll")))
    judgement = await judge("I want a refund", model)
    assert judgement.triage.category == "refund"


@pytest.mark.parametrize(
    ("text", "category", "tier"),
    [
        ("I forgot my password", "password_reset", 1),
        ("Ich habe mein Passwort vergessen", "password_reset", 1),
        ("I want a refund", "refund", 1),
        ("My account is locked", "account", 2),
        ("the app crashes with an error", "bug", 2),
    ],
)
async def test_resets_and_refunds_are_acted_on_and_bugs_and_lost_accounts_looked_into(
    text: str, category: str, tier: int
) -> None:
    judged = (await Judge(TriageSettings(mode="words")).judge(Asked(text))).triage
    assert (judged.category, judged.tier) == (category, tier)
