"""Answers as they are written into Slack's native streams."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RateLimited
from core.marking import plain_lines
from core.mentions import pings
from core.reply import (
    Button,
    Citation,
    FindingMade,
    Notice,
    Post,
    ReplyEvent,
    TextDelta,
    TextReset,
    ToolFinished,
    ToolStarted,
)
from tests.adapters.slack.rig import open_rig
from tests.servers.slack import PUBLIC_CHANNEL, Config

_WORDS = [f"w{n:03} " for n in range(200)]
_ANSWER = "".join(_WORDS).rstrip()
_BUTTONS = (
    Button("feedback", "good:t1", "Helpful"),
    Button("feedback", "bad:t1", "Not helpful"),
    Button("escalate", "C-1", "Talk to a person"),
)


def _deltas(*texts: str) -> list[ReplyEvent]:
    return [TextDelta(text) for text in texts]


async def test_an_answer_of_200_tokens_takes_five_calls_with_its_status_line() -> None:
    async with open_rig() as rig:
        ref = await rig.answer(_deltas(*_WORDS), Post(_ANSWER, buttons=_BUTTONS, footer="Small model"))
        assert rig.message(ref)["text"] == _ANSWER
        assert rig.message(ref)["streaming_state"] == "completed"
        assert sorted(rig.writes()) == [
            "assistant.threads.setStatus",
            "chat.appendStream",
            "chat.appendStream",
            "chat.startStream",
            "chat.stopStream",
        ]


async def test_a_reply_is_opened_empty_and_the_first_words_are_sent_at_once() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("Hello there"), answers=rig.asked())
        stream = await rig.chat.open_reply(row)
        assert rig.message(stream.ref)["text"] == ""
        await stream.show(TextDelta("He"))
        assert rig.message(stream.ref)["text"] == "He"


async def test_in_a_channel_a_stream_names_the_one_it_is_for() -> None:
    async with open_rig() as rig:
        ref = await rig.answer(_deltas("Hi"), Post("Hi"), channel=PUBLIC_CHANNEL)
        assert rig.message(ref)["text"] == "Hi"
        [(_, started)] = rig.calls("chat.startStream")
        assert started["recipient_user_id"] == rig.user


async def test_sources_small_print_and_buttons_come_with_the_end_of_the_stream() -> None:
    async with open_rig() as rig:
        post = Post(
            "Hi [1]",
            citations=(Citation(1, "Returns", "https://shop.example/r", "14 days"),),
            buttons=_BUTTONS,
            footer="Demo",
        )
        ref = await rig.answer(_deltas("Hi [1]"), post)
        kinds = [block["type"] for block in rig.message(ref)["blocks"]]
        assert kinds == ["context", "context", "context_actions", "actions"]
        assert "chat.update" not in rig.writes()


async def test_tool_steps_are_drawn_as_tasks() -> None:
    async with open_rig() as rig:
        events: list[ReplyEvent] = [
            Notice("Reading the picture", "status"),
            FindingMade("box.png", "a crushed parcel", is_text_only=False),
            ToolStarted("c1", "get_order_status", "Looking up order #88291", "{}"),
            ToolFinished("c1", "get_order_status", "done", "delivered"),
            TextDelta("It was delivered."),
        ]
        ref = await rig.answer(events, Post("It was delivered."))
        chunks: list[dict[str, Any]] = []
        for _, args in rig.calls("chat."):
            chunks += args.get("chunks") or []
        tasks = [(chunk["title"], chunk["status"]) for chunk in chunks if chunk["type"] == "task_update"]
        assert tasks == [
            ("Reading the picture", "complete"),
            ("Looked at box.png", "complete"),
            ("Looking up order #88291", "in_progress"),
            ("Looking up order #88291", "complete"),
        ]
        assert rig.message(ref)["text"] == "It was delivered."


async def test_withdrawn_text_is_replaced_in_the_final_message() -> None:
    async with open_rig() as rig:
        events = [TextDelta("I have refunded you."), TextReset(0), TextDelta("It waits for approval.")]
        ref = await rig.answer(events, Post("It waits for approval."))
        assert rig.body(ref) == "It waits for approval."
        assert rig.writes()[-2:] == ["chat.stopStream", "chat.update"]


async def test_a_stream_that_slack_closed_still_ends_in_the_whole_text() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("One two three"), answers=rig.asked())
        stream = await rig.chat.open_reply(row)
        await stream.show(TextDelta("One"))
        rig.sim.config.stream_lifetime_s = -1
        await stream.show(TextDelta(" two" * 300))
        ref = await stream.close(row)
        assert rig.body(ref) == "One two three"


async def test_an_append_without_an_answer_ends_in_the_whole_text_once() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("One two three"), answers=rig.asked())
        stream = await rig.chat.open_reply(row)
        rig.sim.config.failures["chat.appendStream"] = "http_500"
        await stream.show(TextDelta("One"))
        rig.sim.config.failures.clear()
        await stream.show(TextDelta(" two three"))
        ref = await stream.close(row)
        assert rig.body(ref) == "One two three"


async def test_a_refused_end_still_shows_the_whole_text_and_is_ended_later() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("One two three"), answers=rig.asked())
        stream = await rig.chat.open_reply(row)
        await stream.show(TextDelta("One"))
        rig.chat.api.pace.refused("chat.stopStream", "", 30)
        with pytest.raises(RateLimited) as limit:
            await stream.close(row)
        assert limit.value.retry_after_s == 30
        assert rig.message(stream.ref)["text"] == "One two three"
        rig.clock.at += 31
        again = rig.delivery(row.post, answers=row.answers, ref=stream.ref)
        assert await rig.chat.deliver(again) == stream.ref
        assert rig.message(stream.ref)["streaming_state"] == "completed"


async def test_no_stream_is_opened_that_could_not_be_ended() -> None:
    async with open_rig() as rig:
        rig.chat.api.pace.refused("chat.stopStream", "", 30)
        with pytest.raises(RateLimited):
            await rig.chat.open_reply(rig.delivery(Post("Hi"), answers=rig.asked()))
        assert rig.writes() == []


async def test_a_stream_refused_for_pace_leaves_the_answer_to_one_post() -> None:
    async with open_rig(config=Config(rate_limits=True, rate_scale=0.05, echo_events=False)) as rig:
        rows = [rig.delivery(Post(f"Answer {n}"), answers=rig.asked()) for n in range(3)]
        await rig.chat.open_reply(rows[0])
        with pytest.raises(RateLimited):
            await rig.chat.open_reply(rows[1])
        rig.sim.config.rate_limits = False
        ref = await rig.chat.deliver(rows[1])
        assert rig.body(ref) == "Answer 1"


@pytest.mark.parametrize("code", ["unknown_method", "feature_not_enabled", "method_deprecated"])
async def test_where_there_are_no_streams_a_message_is_edited(code: str) -> None:
    async with open_rig() as rig:
        rig.sim.config.failures["chat.startStream"] = code
        for n in range(2):
            ref = await rig.answer(_deltas("Hel", "lo"), Post("Hello", buttons=_BUTTONS))
            assert rig.body(ref) == "Hello", n
        assert rig.writes().count("chat.startStream") == 1


async def test_streaming_can_be_switched_off() -> None:
    async with open_rig(streaming=False) as rig:
        await rig.answer(_deltas("Hello"), Post("Hello"))
        assert "chat.startStream" not in rig.writes()


async def test_after_a_crash_the_same_message_goes_on() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("The whole answer"), answers=rig.asked())
        first = await rig.chat.open_reply(row)
        await first.show(TextDelta("The whole an"))
        again = rig.delivery(row.post, answers=row.answers, ref=first.ref)
        second = await rig.chat.open_reply(again)
        await second.show(TextDelta("The whole answer"))
        assert await second.close(again) == first.ref
        assert rig.message(first.ref)["blocks"][0]["text"] == "The whole answer"
        assert len([each for each in rig.sim.messages[rig.dm].values() if each.get("bot_id")]) == 1


async def test_an_answer_too_long_for_one_message_goes_on_in_the_next() -> None:
    async with open_rig() as rig:
        paragraphs = [f"Paragraph {n}. {'text ' * 100}".rstrip() for n in range(60)]
        text = "\n\n".join(paragraphs)
        ref = await rig.answer(_deltas(*(f"{each}\n\n" for each in paragraphs)), Post(text, buttons=_BUTTONS))
        stamps = ref.partition("/")[2].split(",")
        texts = [rig.body(ref, n) for n in range(len(stamps))]
        assert len(texts) > 2
        assert "\n\n".join(texts) == text
        assert rig.message(ref, len(stamps) - 1)["blocks"][-1]["type"] == "actions"


async def test_after_slack_closed_a_stream_the_answer_goes_on_by_edits() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("One two three"), answers=rig.asked())
        stream = await rig.chat.open_reply(row)
        await stream.show(TextDelta("One"))
        rig.sim.config.stream_lifetime_s = -1
        rig.clock.at += 3
        await stream.show(TextDelta(" two"))
        await stream.show(TextDelta(" three"))
        assert rig.body(stream.ref) == "One two three"
        assert await stream.close(row) == stream.ref
        assert rig.body(stream.ref) == "One two three"


async def test_thirty_who_ask_at_once_all_get_their_whole_answer_within_the_limits() -> None:
    async with open_rig(config=Config(rate_limits=True, echo_events=False)) as rig:

        async def one(n: int) -> str:
            user = rig.sim.user(n)
            asked = rig.asked("help", channel=rig.sim.dm(user))
            row = rig.delivery(Post(_ANSWER, buttons=_BUTTONS), answers=asked)
            try:
                stream = await rig.chat.open_reply(row)
            except RateLimited:
                return await rig.chat.deliver(row)
            for word in _WORDS:
                await stream.show(TextDelta(word))
            return await stream.close(row)

        async with asyncio.TaskGroup() as group:
            running = [group.create_task(one(n)) for n in range(1, 31)]
        assert [rig.body(task.result()) for task in running] == [_ANSWER] * 30
        assert rig.writes().count("chat.postMessage") == 10


async def test_drafts_by_edits_leave_room_for_the_last_one() -> None:
    async with open_rig(streaming=False) as rig:
        row = rig.delivery(Post("word " * 2_000), answers=rig.asked())
        stream = await rig.chat.open_reply(row)
        for _ in range(2_000):
            rig.clock.at += 0.02
            await stream.show(TextDelta("word "))
        await stream.close(row)
        assert 2 < rig.writes().count("chat.update") <= 27
        assert rig.body(stream.ref) == ("word " * 2_000).strip()


async def test_while_a_tool_runs_an_edited_reply_says_so() -> None:
    async with open_rig(streaming=False) as rig:
        row = rig.delivery(Post("Delivered."), answers=rig.asked())
        stream = await rig.chat.open_reply(row)
        await stream.show(ToolStarted("c1", "get_order_status", "Looking up order #88291", "{}"))
        assert rig.body(stream.ref) == "_Looking up order #88291…_"
        await stream.show(ToolFinished("c1", "get_order_status", "done", "delivered"))
        await stream.close(row)
        assert rig.body(stream.ref) == "Delivered."


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(["<", "!", "channel>", "<@U1>", "@every", "one", "text ", "\n\n", "`", "é", "x" * 300]),
        min_size=1,
        max_size=25,
    )
)
async def test_where_the_pieces_break_never_changes_the_final_text(pieces: list[str]) -> None:
    text = "".join(pieces).strip() or "…"
    async with open_rig() as rig:
        ref = await rig.answer(_deltas(*pieces), Post(text))
        body = rig.body(ref)
        assert plain_lines(body).replace("\u2060", "") == plain_lines(text)
        assert pings(body) == []
