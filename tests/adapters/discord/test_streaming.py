"""Replies as they are written, by edits of one message."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.rendering import messages_of
from core.errors import DeliveryError, RateLimited
from core.reply import Button, Notice, Post, ReplyEvent, TextDelta, TextReset, ToolFinished, ToolStarted
from tests.adapters.discord.rig import Rig, open_rig
from tests.servers.discord import CHANNEL, Config

EDIT = "PATCH /channels/{channel}/messages/{message}"
_TOOL = ToolStarted("1", "get_order_status", "Looking up order #88291", "{}")


def _edits(rig: Rig) -> list[str]:
    return [body["content"] for _, body in rig.calls("PATCH")]


async def test_the_first_words_are_shown_at_once_and_the_last_are_exact() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("Three days, I think."), answers=await rig.asked())
        stream = await rig.chat.open_reply(row)
        assert rig.body(stream.ref) == "-# …"
        await stream.show(TextDelta("Three"))
        assert rig.body(stream.ref) == "Three"
        for word in (" days,", " I", " think."):
            await stream.show(TextDelta(word))
        assert await stream.close(row) == stream.ref
        assert rig.body(stream.ref) == "Three days, I think."
        assert _edits(rig) == ["Three", "Three days, I think."]


async def test_drafts_come_no_faster_than_a_second_apart() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("abcd"), answers=await rig.asked())
        stream = await rig.chat.open_reply(row)
        for letter in "abc":
            await stream.show(TextDelta(letter))
            rig.clock.at += 0.6
        await stream.close(row)
        assert _edits(rig) == ["a", "abc", "abcd"]


async def test_an_answer_that_is_shown_whole_already_is_not_written_again() -> None:
    async with open_rig() as rig:
        await rig.answer([TextDelta("Yes.")], Post("Yes."))
        assert _edits(rig) == ["Yes."]


async def test_a_tool_at_work_is_shown_until_words_come() -> None:
    async with open_rig() as rig:
        events: Sequence[ReplyEvent] = (
            Notice("Reading", "status"),
            _TOOL,
            ToolFinished("1", "get_order_status", "done", "sent"),
            TextDelta("It is on its way."),
        )
        await rig.answer(events, Post("It is on its way."))
        assert _edits(rig) == ["-# Reading …", "-# Looking up order #88291 …", "It is on its way."]


async def test_what_was_withdrawn_is_not_in_the_last_text() -> None:
    async with open_rig() as rig:
        ref = await rig.answer([TextDelta("I refunded it."), TextReset(2), TextDelta("cannot.")], Post("I cannot."))
        assert rig.body(ref) == "I cannot."


async def test_buttons_come_with_the_last_text() -> None:
    async with open_rig() as rig:
        post = Post("Yes.", buttons=(Button("escalate", "C-1", "Talk to a person"),))
        ref = await rig.answer([TextDelta("Yes.")], post)
        [row] = rig.message(ref)["components"]
        assert [each["custom_id"] for each in row["components"]] == ["firstline:escalate:C-1"]


async def test_a_long_answer_is_several_messages_in_order() -> None:
    async with open_rig() as rig:
        text = "\n\n".join(f"{n} " + "word " * 120 for n in range(8)).strip()
        ref = await rig.answer([TextDelta(text)], Post(text))
        shown = [rig.body(ref, n) for n in range(len(ref.split(",")))]
        assert len(shown) == 3
        assert all(len(each) <= 2_000 for each in shown)
        assert " ".join(" ".join(shown).split()) == " ".join(text.split())
        assert rig.bodies(rig.dm) == shown


async def test_an_answer_taken_up_after_a_crash_goes_on_in_the_same_message() -> None:
    async with open_rig() as rig:
        asked = await rig.asked()
        first = await rig.chat.open_reply(rig.delivery(Post(""), answers=asked))
        await first.show(TextDelta("Half an"))
        row = rig.delivery(Post("A whole answer."), answers=asked, ref=first.ref)
        again = await rig.chat.open_reply(row)
        assert rig.bodies(rig.dm) == ["-# …"]
        await again.show(TextDelta("A whole"))
        await again.close(row)
        assert rig.bodies(rig.dm) == ["A whole answer."]


async def test_a_draft_that_discord_fails_at_costs_nothing_and_the_last_text_comes() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("All of it."), answers=await rig.asked())
        stream = await rig.chat.open_reply(row)
        rig.sim.config.failures = {EDIT: 500}
        await stream.show(TextDelta("All"))
        assert len([each for each in rig.sim.counts.calls if each == EDIT]) == 1
        rig.sim.config.failures = {}
        await stream.close(row)
        assert rig.body(stream.ref) == "All of it."


async def test_a_last_edit_that_fails_for_a_moment_is_tried_again() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("All of it."), answers=await rig.asked())
        stream = await rig.chat.open_reply(row)
        rig.sim.script(EDIT, 502, "drop", 429)
        await stream.close(row)
        assert rig.body(stream.ref) == "All of it."


async def test_an_answer_that_cannot_be_closed_is_left_to_the_outbox_and_delivered_later() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("All of it."), answers=await rig.asked())
        stream = await rig.chat.open_reply(row)
        rig.sim.script(EDIT, 403)
        with pytest.raises(DeliveryError) as error:
            await stream.close(row)
        assert error.value.is_final
        later = rig.delivery(row.post, answers=row.answers, ref=stream.ref)
        assert await rig.chat.deliver(later) == stream.ref
        assert rig.bodies(rig.dm) == ["All of it."]


async def test_drafts_leave_the_last_edits_of_all_answers_in_a_channel_their_room() -> None:
    async with open_rig(config=Config(rate_limits=True)) as rig:
        rows = [rig.delivery(Post(f"answer {n} whole"), answers=await rig.asked()) for n in range(3)]
        streams = [await rig.chat.open_reply(row) for row in rows]
        for piece in ("answer", " …", " …", " …", " …", " …"):
            for n, stream in enumerate(streams):
                await stream.show(TextDelta(piece.replace("answer", f"answer {n}")))
            rig.clock.at += 0.4
        for row, stream in zip(rows, streams, strict=True):
            await stream.close(row)
        assert rig.bodies(rig.dm) == [f"answer {n} whole" for n in range(3)]
        assert rig.sim.counts.rate_limited == {}


async def test_a_limit_that_lasts_is_the_outbox_s_to_wait_for() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("All of it."), answers=await rig.asked())
        stream = await rig.chat.open_reply(row)
        rig.sim.script(EDIT, (429, 40.0))
        with pytest.raises(RateLimited) as limit:
            await stream.close(row)
        assert limit.value.retry_after_s == 40.0


_FAULTS = st.sampled_from([None, None, None, 429, 500, 502, "drop"])
_PIECES = st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(pieces=_PIECES, faults=st.lists(_FAULTS, max_size=3), gap_s=st.floats(0, 3))
async def test_no_fault_changes_the_last_text(pieces: list[str], faults: list[Any], gap_s: float) -> None:
    async with open_rig() as rig:
        text = "".join(pieces).strip() or "."
        row = rig.delivery(Post(text), answers=await rig.asked())
        stream = await rig.chat.open_reply(row)
        # Three faults in a row are overcome by the call itself; more are the outbox's.
        rig.sim.script(EDIT, *faults)
        for piece in pieces:
            await stream.show(TextDelta(piece))
            rig.clock.at += gap_s
        ref = await stream.close(row)
        assert rig.bodies(rig.dm) == [rig.body(ref)] == messages_of(Post(text))


async def test_an_answer_in_a_channel_goes_into_its_thread() -> None:
    async with open_rig() as rig:
        asked = await rig.asked(channel=CHANNEL)
        row = rig.delivery(Post("Yes."), answers=asked)
        stream = await rig.chat.open_reply(row)
        await stream.close(row)
        assert rig.bodies(asked.id) == ["Yes."]
        assert rig.bodies(CHANNEL) == []
