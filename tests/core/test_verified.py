"""What a person approved is served word for word; what nobody knows is said, kept and learned from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.search.readiness import shipped_readiness
from adapters.search.verified import VariantMatcher
from adapters.storage.store import Store
from core import phrases
from core.answerable import AnswerableFirst
from core.answering import Answerer
from core.conversation import Thread
from core.gaps import Gap, alike, clusters, does_not_know
from core.knowledge import Audience, Found, Hit, Inquiry, Passage, Reader, Signals
from core.modelling import ToolSpec
from core.readiness import Readiness
from core.sayings import said_in
from core.settings import AgentSettings
from core.verified import Variant, VerifiedAnswer, VerifiedFirst, is_a_question_for_all, standing
from tests.core.rig import THREAD, rig
from tests.core.test_staffroom import escalated, room_texts, typed
from tests.fakes.clock import StillClock
from tests.fakes.model import ScriptedModel, says

TODAY = date(2026, 3, 2)
WARRANTY = VerifiedAnswer(
    "",
    "Devices carry **24 months** of warranty.\n\n- Keep the receipt.",
    (Variant("How long is the warranty on devices?"), Variant("Which warranty do your devices have?")),
    "Dana",
    approved_on=date(2026, 2, 1),
    expires_on=date(2026, 8, 1),
)
SURE = Readiness(
    weights=((0.0,) * 15, (*([0.0] * 14), 0.0), (*([0.0] * 15),)),
    mean=(0.0,) * 15,
    spread=(1.0,) * 15,
    sure={"ask": 2.0, "abstain": 0.3},
)
"""Abstains whenever it may; with the two thresholds changed it asks."""


class Weak:
    """Finds two passages, neither of them strong."""

    async def search(self, inquiry: Inquiry, *, limit: int) -> Found:
        hits = tuple(
            Hit(Passage(title, f"{title}.md", f"Help › {title}", "Nothing of it."), 1.0, is_strong=False)
            for title in ("Gift cards", "Invoices")
        )
        return Found(hits, Signals(coverage=0.4, known_words=0.5))


def verified_first(today: date = TODAY) -> Callable[[Answerer, Store], Answerer]:
    return lambda answerer, store: VerifiedFirst(answerer, VariantMatcher(store.answers, None), lambda: today)


def answerable_first(readiness: Readiness | None = SURE) -> Callable[[Answerer, Store], Answerer]:
    tools = (ToolSpec("get_order_status", "Where an order is.", {}),)
    return lambda answerer, store: AnswerableFirst(
        answerer,
        retriever=Weak(),
        readiness=readiness,
        tools=tools,
        gaps=store.gaps,
        settings=AgentSettings(),
        clock=StillClock(),
    )


async def test_a_verified_answer_is_served_word_for_word_with_its_mark_and_without_a_model(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), answering=verified_first()) as here:
        await here.store.answers.add(WARRANTY)
        await here.says("How long is the warranty on your devices?")
        await here.settled()
        (reply,) = here.chat.closed
        assert reply.post.text == WARRANTY.text
        assert "Verified answer · Dana · 1 Feb 2026" in reply.post.footer
        assert not here.model.requests


@pytest.mark.parametrize(
    "changed",
    [
        replace(WARRANTY, expires_on=TODAY),
        replace(WARRANTY, state="draft"),
        replace(WARRANTY, state="retired"),
        replace(WARRANTY, audience=Audience(tenants=("elsewhere",))),
    ],
)
async def test_what_expired_is_no_answer_nor_what_waits_or_is_meant_for_others(
    tmp_path: Path, changed: VerifiedAnswer
) -> None:
    async with rig(tmp_path, ScriptedModel(says("Let me see.")), answering=verified_first()) as here:
        await here.store.answers.add(changed)
        await here.says("How long is the warranty on your devices?")
        await here.settled()
        assert here.texts == ["Let me see."]


async def test_a_change_is_followed_at_once_and_a_turned_question_is_another_one(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), answering=verified_first()) as here:
        matcher, reader = VariantMatcher(here.store.answers, None), Reader("t1")
        asked = Inquiry("How long is the warranty on devices?", reader=reader)
        assert await matcher.match(asked, today=TODAY) is None
        kept = await here.store.answers.add(WARRANTY)
        assert await matcher.match(asked, today=TODAY) is not None
        turned = Inquiry("How long is the warranty not on devices?", reader=reader)
        assert await matcher.match(turned, today=TODAY) is None
        assert await here.store.answers.change(replace(kept, state="retired"))
        assert await matcher.match(asked, today=TODAY) is None
        assert not await here.store.answers.change(replace(kept, id="V-99"))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("How do refunds work?", True),
        ("Where is my order 88291?", False),
        ("I want a refund please", False),
        ("Can I have a refund to me@example.com?", False),
        ("opening hours", True),
    ],
)
def test_a_fixed_text_never_answers_for_somebodys_own_order(text: str, is_one: bool) -> None:
    assert is_a_question_for_all(text) is is_one


def test_expired_answers_are_listed_for_renewal() -> None:
    old = replace(WARRANTY, expires_on=TODAY - timedelta(days=1))
    soon = replace(WARRANTY, expires_on=TODAY + timedelta(days=3))
    told = standing([WARRANTY, old, soon], today=TODAY, soon=TODAY + timedelta(days=14))
    assert (told.expired, told.soon, len(told.valid)) == ([old], [soon], 2)


async def test_an_unanswerable_question_is_said_to_be_one_and_kept_as_a_gap(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), answering=answerable_first()) as here:
        await here.says("Do you repair vintage typewriters?")
        await here.settled()
        assert here.texts == [phrases.NOTHING_FOUND]
        assert "escalate" in [button.action for button in here.chat.closed[0].post.buttons]
        (gap,) = await here.store.gaps.since(datetime(2020, 1, 1, tzinfo=UTC))
        assert (gap.kind, gap.turn_id != "") == ("unanswered", True)


async def test_it_asks_back_once_and_then_leaves_it_to_the_model(tmp_path: Path) -> None:
    asks = replace(SURE, sure={"ask": 0.3, "abstain": 2.0})
    async with rig(tmp_path, ScriptedModel(says("As you like.")), answering=answerable_first(asks)) as here:
        await here.says("How does the thing work here?")
        await here.settled()
        await here.says("How does the other thing work?")
        await here.settled()
        assert here.texts == [phrases.ASK_BACK.format(options="**Gift cards** or **Invoices**"), "As you like."]


async def test_it_asks_back_and_says_that_it_does_not_know_in_the_customers_language(tmp_path: Path) -> None:
    asks = replace(SURE, sure={"ask": 0.3, "abstain": 2.0})
    async with rig(tmp_path, ScriptedModel(says("Wie du willst.")), answering=answerable_first(asks)) as here:
        await here.says("Wie ist das hier mit der Sache?")
        await here.settled()
        await here.says("Und wie ist die andere Sache?")
        await here.settled()
        wanted = said_in("de", phrases.ASK_BACK).format(options="**Gift cards** oder **Invoices**")
        assert here.texts == [wanted, "Wie du willst."]
    (tmp_path / "second").mkdir()
    async with rig(tmp_path / "second", ScriptedModel(), answering=answerable_first()) as here:
        await here.says("Est-ce que vous réparez les machines à écrire ?")
        await here.settled()
        assert here.texts == [said_in("fr", phrases.NOTHING_FOUND)]


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order?",
        "Hello there my friend",
        "Is 88291 here yet?",
        "Why?",
        "Wo ist meine Bestellung und wann kommt sie an?",
        "Quand est-ce que le colis va arriver ?",
    ],
)
async def test_what_tools_or_talk_answer_is_never_decided_before_the_model(tmp_path: Path, text: str) -> None:
    async with rig(tmp_path, ScriptedModel(says("Fine.")), answering=answerable_first()) as here:
        await here.says(text)
        await here.settled()
        assert here.texts == ["Fine."]


async def test_an_answer_that_says_it_has_none_is_a_gap_too(tmp_path: Path) -> None:
    model = ScriptedModel(says("I do not know that, sorry."))
    async with rig(tmp_path, model, answering=answerable_first(None)) as here:
        await here.says("Do you repair vintage typewriters?")
        await here.settled()
        (gap,) = await here.store.gaps.since(datetime(2020, 1, 1, tzinfo=UTC))
        assert gap.answer == "I do not know that, sorry."


def test_the_shipped_decision_leaves_a_question_that_fits_to_the_model() -> None:
    readiness = shipped_readiness("")
    assert readiness is not None
    assert readiness.choose(Inquiry("When does my parcel arrive?"), Signals(coverage=1.0, known_words=1.0)) == "answer"
    assert readiness.choose(Inquiry("Hm?"), Signals()) == "answer"
    assert shipped_readiness("an embedder nobody measured") is None


async def test_a_reply_becomes_a_draft_that_only_a_person_publishes(tmp_path: Path) -> None:
    model = ScriptedModel(says("I do not know that."))
    async with rig(tmp_path, model, answering=verified_first()) as here:
        await here.says("Do you gift wrap presents?")
        await here.settled()
        _, room = await escalated(here)
        await typed(here, room, ">> Yes, we wrap presents free of charge before Christmas.")
        await typed(here, room, "save", mention=True)
        (draft,) = await here.store.answers.all()
        assert (draft.state, [each.text for each in draft.variants]) == ("draft", ["Do you gift wrap presents?"])
        assert any("waits for review" in text for text in room_texts(here, room))
        assert await here.presses("publish", draft.id, by="u1") == phrases.NOT_ALLOWED
        assert "is published until" in await here.presses("publish", draft.id)
        (answer,) = await here.store.answers.all()
        assert (answer.state, answer.owner, answer.case_id) == ("approved", "Staff-1", "")
        (gap,) = await here.store.gaps.since(datetime(2020, 1, 1, tzinfo=UTC))
        assert (gap.kind, gap.answer) == ("corrected", "I do not know that.")


async def test_resolving_a_case_drafts_its_answer_and_forgetting_the_customer_takes_it_away(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("No idea."))) as here:
        await here.says("Do you gift wrap presents?")
        await here.settled()
        case, room = await escalated(here)
        await typed(here, room, ">> Yes, we wrap presents free of charge before Christmas.")
        await here.presses("resolve", case.id)
        assert [each.state for each in await here.store.answers.all()] == ["draft"]
        await here.store.persons.forget("u1")
        assert await here.store.answers.all() == []
        assert await here.store.gaps.since(datetime(2020, 1, 1, tzinfo=UTC)) == []
        assert await here.store.persons.left(["gift wrap"]) == 0


async def test_forgetting_takes_a_customers_question_from_a_published_answer(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Hi."))) as here:
        await here.says("Hello")
        await here.settled()
        case = await here.store.cases.find(THREAD)
        assert case is not None
        variants = (Variant("How long is the warranty?"), Variant("my own strange words", case.id))
        await here.store.answers.add(replace(WARRANTY, variants=variants))
        await here.store.persons.forget("u1")
        (answer,) = await here.store.answers.all()
        assert [each.text for each in answer.variants] == ["How long is the warranty?"]


def gap(question: str, kind: str = "unanswered") -> Gap:
    assert kind in ("unanswered", "corrected")
    return Gap(kind, question, datetime(2026, 3, 2, tzinfo=UTC), thread=Thread("t", "p", "c").key)


def test_gaps_about_the_same_thing_stand_together_the_largest_first() -> None:
    found = clusters(
        [
            gap("Do you repair typewriters?"),
            gap("Is there a student discount?"),
            gap("Can typewriters be repaired here?"),
            gap("Do you repair old typewriters?", "corrected"),
        ]
    )
    assert [len(each.gaps) for each in found] == [3, 1]
    assert (found[0].count("unanswered"), found[0].count("corrected")) == (2, 1)
    assert "typewriters" in found[0].topic
    assert alike("", "anything") == 0.0


@pytest.mark.parametrize("text", ["I don't know.", "The passages do not mention that.", "Ich weiß nicht, ob das geht."])
def test_an_answer_without_an_answer_is_known_as_one(text: str) -> None:
    assert does_not_know(text)


async def test_an_answer_called_not_helpful_is_a_gap_until_the_verdict_changes_or_its_words_go(tmp_path: Path) -> None:
    ever = datetime(2020, 1, 1, tzinfo=UTC)
    async with rig(tmp_path, ScriptedModel(says("Presents are wrapped in blue."))) as here:
        await here.says("Do you gift wrap presents?")
        await here.settled()
        (bad,) = [each.value for each in here.chat.closed[0].post.buttons if each.value.startswith("bad:")]
        await here.presses("feedback", bad, by="u1")
        (gap,) = await here.store.gaps.since(ever)
        assert (gap.kind, gap.question) == ("unhelpful", "Do you gift wrap presents?")
        assert gap.answer == "Presents are wrapped in blue."
        await here.presses("feedback", bad.replace("bad", "good"), by="u1")
        assert await here.store.gaps.since(ever) == []
