"""Long cases: the first message stays, the far past becomes a summary that names messages, the budget holds."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.storage.store import open_store
from core.conversation import Line
from core.counting import Counter, message_bytes
from core.errors import ModelError
from core.modelling import ModelProfile, ModelRequest, PromptMessage
from core.past import Past, Summary, condensed
from core.remembering import Memory
from core.settings import AgentSettings
from core.turn import Turn
from tests.adapters.storage.scene import THREAD, answered, begun
from tests.adapters.storage.scene import says as post
from tests.core.rig import rig
from tests.fakes.clock import StillClock
from tests.fakes.model import ScriptedModel, says

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FACT = "My order is #88291 and the serial number is KX-4471."
PROFILE = ModelProfile("scripted", "a scripted model")


def chatter(tokens: int) -> list[Line]:
    """A thread of about so many tokens, whose first message holds the fact."""
    lines = [Line("customer", "Ada", FACT, AT, message_id="root-1", seq=1)]
    text = "The parcel counter told me to wait for the van, and then the van came and went without a word. " * 4
    while sum(len(line.text) for line in lines) < tokens * 4:
        n = len(lines) + 1
        speaker = "bot" if n % 2 else "customer"
        lines.append(Line(speaker, "" if n % 2 else "Ada", f"{text} (part {n})", AT, message_id=f"msg-{n}", seq=n))
    return lines


async def a_turn(folder: Path) -> Turn:
    async with open_store(f"sqlite:///{folder / 'turn.sqlite3'}", clock=StillClock()) as store:
        await post(store, "What was my serial number again?")
        return await begun(store)


@pytest.mark.parametrize("tokens", [10_000, 60_000])
async def test_a_long_thread_fits_its_budget_and_keeps_what_the_first_message_said(tmp_path: Path, tokens: int) -> None:
    lines = chatter(tokens)
    model = ScriptedModel(*[says("The van came twice [msg-4] and [msg-999999].")] * 30)
    turn = replace(await a_turn(tmp_path), history=tuple(lines[-40:]), past=Past(lines[0], None, tuple(lines[1:-40])))
    memory = Memory(model=lambda: model, limit_tokens=6_000)
    told = await memory.conversation(turn, PROFILE)
    assert sum(map(message_bytes, told)) <= 6_000 * 3
    assert FACT in told[0].text
    assert "[msg-4]" in told[1].text
    assert "msg-999999" not in told[1].text
    assert told[-1].text.startswith(lines[-1].text[:40])
    asked = [request.messages[-1].text for request in model.requests]
    assert all("[msg-" in text and len(text) < 30_000 for text in asked)


async def test_a_short_thread_is_told_word_for_word_and_asks_no_model(tmp_path: Path) -> None:
    lines = chatter(800)
    turn = replace(await a_turn(tmp_path), history=tuple(lines))
    told = await Memory(model=lambda: ScriptedModel()).conversation(turn, PROFILE)
    assert [each.text for each in told] == [line.text for line in lines]


async def test_where_no_model_makes_a_summary_the_telling_sentences_stay(tmp_path: Path) -> None:
    lines = chatter(10_000)
    lines[5] = replace(lines[5], text="Your colleague promised a refund of 129 € by Friday.")
    turn = replace(await a_turn(tmp_path), history=tuple(lines[-40:]), past=Past(lines[0], None, tuple(lines[1:-40])))
    model = ScriptedModel([ModelError("down")])
    told = await Memory(model=lambda: model, limit_tokens=3_000).conversation(turn, PROFILE)
    assert "[msg-6] Ada: Your colleague promised a refund of 129 €" in told[1].text
    assert sum(map(message_bytes, told)) <= 3_000 * 3


async def test_a_summary_is_kept_grows_and_spares_the_next_turn_its_making(tmp_path: Path) -> None:
    long = "I have waited at the door all day and nobody came, which is not what was promised to me. " * 12
    model = ScriptedModel(says("First [1]."), says("Notes: nobody came [2]."), says("Second."), says("Third."))
    async with rig(tmp_path, model, agent=AgentSettings(conversation_tokens=1_500, history_lines=3)) as here:
        await here.says(FACT)
        await here.settled()
        case = await here.store.cases.find(here.message(1, "").thread)
        assert case is not None
        for n in range(6):
            await here.store.cases.note(case, Line("customer", "Ada", f"{n} {long}", AT, message_id=f"x{n}"))
        await here.says("And now?")
        await here.settled()
        prompt = model.requests[2].messages
        assert FACT in prompt[2].text
        assert "nobody came" in prompt[3].text
        await here.says("Thank you so far, what was my serial number?")
        await here.settled()
        assert "nobody came" in "".join(each.text for each in model.requests[3].messages)


async def test_a_number_that_only_the_summary_still_holds_may_be_said_back(tmp_path: Path) -> None:
    long = "I have waited at the door all day and nobody came, which is not what was promised to me. " * 12
    answer = "You wrote that the receipt has the code QF-9302."
    notes = says("The receipt has the code QF-9302 [x0].")
    model = ScriptedModel(says("First."), notes, says("I see."), says(answer), says("It has the code QF-9303."))
    async with rig(tmp_path, model, agent=AgentSettings(conversation_tokens=1_500, history_lines=3)) as here:
        await here.says(FACT)
        await here.settled()
        case = await here.store.cases.find(here.message(1, "").thread)
        assert case is not None
        for n in range(6):
            told = "The receipt has the code QF-9302. " if n == 0 else ""
            await here.store.cases.note(case, Line("customer", "Ada", f"{told}{long}", AT, message_id=f"x{n}"))
        for asked in ("And now?", "What was the code on my receipt?", "Are you sure?"):
            await here.says(asked)
            await here.settled()
        assert here.texts[2] == answer
        assert "QF-9303" not in here.texts[3]


async def test_a_store_tells_the_root_the_summary_and_what_lies_between(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path / 'a.sqlite3'}", clock=StillClock()) as store:
        await post(store, FACT, id="1")
        await answered(store)
        await post(store, "And?", id="2")
        case_id = (await begun(store)).case.id
        await store.summaries.keep(case_id, Summary("It was about a parcel.", 2))
        await store.summaries.keep(case_id, Summary("Older.", 1))
        turn = await store.turns.begin(THREAD, history_lines=1)
        assert turn is not None
        assert turn.past.root is not None
        assert turn.past.root.text == FACT
        assert turn.past.summary == Summary("It was about a parcel.", 2)


@given(st.text(max_size=4_000), st.integers(200, 2_000), st.text(max_size=80))
def test_a_condensed_text_fits_and_begins_and_ends_as_the_whole(text: str, limit: int, question: str) -> None:
    short = condensed(text, limit_chars=limit, question=question)
    assert len(short) <= limit + 60
    assert text.startswith(short[: min(len(text), limit // 3)])
    assert short.endswith(text[len(text) - min(len(text), limit // 6) :])


def test_tokens_are_counted_as_the_endpoint_counts_them() -> None:
    counter = Counter()
    assert counter.bytes_per_token("m") == 3
    counter.learn("m", ModelRequest((PromptMessage("user", "a" * 4_000),)), 800)
    assert counter.bytes_per_token("m") == pytest.approx(4.5)
    counter.learn("m", ModelRequest((PromptMessage("user", "a" * 4_000),)), 2_000)
    assert counter.bytes_per_token("m") == pytest.approx(1.8)


def test_a_tokenizer_that_is_known_counts_prompts_and_budgets() -> None:
    counter = Counter()
    counter.know("m", lambda text: len(text.split()))
    request = ModelRequest((PromptMessage("user", "one two three"),), max_tokens=100)
    assert counter.most_tokens("m", request) == 3 + 8 + 100
    assert counter.bytes_per_token("m", ["aaa", "aaa"]) == 3.5
    assert counter.bytes_per_token("m") == 3, "nothing to count"


def test_what_was_seen_to_be_denser_is_reserved_for_and_strictly_every_byte() -> None:
    counter, request = Counter(), ModelRequest((PromptMessage("user", "a" * 3_000),), max_tokens=1)
    assert counter.most_tokens("m", request) == 1_009
    counter.learn("m", request, 1_500)
    assert counter.most_tokens("m", request) == 1_676
    assert counter.most_tokens("m", request, is_strict=True) == 3_009
