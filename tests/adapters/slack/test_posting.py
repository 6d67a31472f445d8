"""Whole messages from the outbox."""

import json
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from adapters.slack.chat import SlackChat
from core.conversation import Thread
from core.errors import DeliveryError, RateLimited
from core.mentions import pings
from core.reply import Button, Citation, Post, SentFile
from tests.adapters.slack.rig import open_rig, settings_for
from tests.servers.slack import PUBLIC_CHANNEL, TEAM, Config

_STAFF = Thread(TEAM, "slack", "C0STAFF01")


async def test_a_staff_card_has_its_buttons_and_small_print() -> None:
    card = Post(
        "**Approval needed: Refund** — **189.00 EUR**\n- order: 88291",
        kind="card",
        buttons=(Button("approve", "A-1", "Approve", "good"), Button("deny", "A-1", "Deny", "danger")),
        citations=(Citation(1, "Refunds <b>", "policies/refunds.md", "within 14 days"),),
        footer="Case C-1 · approval A-1",
    )
    async with open_rig() as rig:
        ref = await rig.chat.deliver(rig.delivery(card, thread=_STAFF))
        assert rig.message(ref)["blocks"] == snapshot(
            [
                {
                    "type": "markdown",
                    "text": "**Approval needed: Refund** — **189.00 EUR**\n- order: 88291",
                },
                {
                    "type": "context",
                    "elements": [{"type": "mrkdwn", "text": "[1] Refunds &lt;b&gt; · policies/refunds.md"}],
                },
                {
                    "type": "context",
                    "elements": [{"type": "mrkdwn", "text": "Case C-1 · approval A-1"}],
                },
                {
                    "type": "actions",
                    "elements": [
                        {
                            "type": "button",
                            "action_id": "firstline:approve",
                            "text": {"type": "plain_text", "text": "Approve", "emoji": True},
                            "value": "A-1",
                            "style": "primary",
                        },
                        {
                            "type": "button",
                            "action_id": "firstline:deny",
                            "text": {"type": "plain_text", "text": "Deny", "emoji": True},
                            "value": "A-1",
                            "style": "danger",
                        },
                    ],
                },
            ]
        )
        assert "thread_ts" not in rig.message(ref)


async def test_a_post_answers_in_its_thread() -> None:
    async with open_rig() as rig:
        asked = rig.asked(channel=PUBLIC_CHANNEL)
        ref = await rig.chat.deliver(rig.delivery(Post("Hello", kind="notice"), answers=asked))
        assert rig.message(ref)["thread_ts"] == asked.thread.root


async def test_a_delivery_with_a_ref_edits_that_message() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("Waiting", buttons=(Button("approve", "A-1", "Approve"),)), thread=_STAFF)
        ref = await rig.chat.deliver(row)
        assert await rig.chat.deliver(replace(row, ref=ref, post=Post("Approved by Bo"))) == ref
        assert rig.body(ref) == "Approved by Bo"
        assert len(rig.message(ref)["blocks"]) == 1
        assert len(rig.sim.messages["C0STAFF01"]) == 1


async def test_a_post_whose_row_outlived_the_process_is_not_posted_twice() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("Once"), answers=rig.asked())
        first = await rig.chat.deliver(row)
        async with SlackChat(settings_for(rig.sim.url)) as after_a_restart:
            assert await after_a_restart.deliver(row) == first
        posted = [each for each in rig.sim.messages[rig.dm].values() if each.get("bot_id")]
        assert len(posted) == 1


async def test_a_post_without_an_answer_is_looked_for_before_it_is_posted_again() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("Once"), answers=rig.asked())
        rig.sim.config.failures["chat.postMessage"] = "http_500"
        with pytest.raises(DeliveryError):
            await rig.chat.deliver(row)
        rig.sim.config.failures.clear()
        assert rig.body(await rig.chat.deliver(row)) == "Once"
        assert [name for name, _ in rig.calls()][-2:] == ["conversations.replies", "chat.postMessage"]


async def test_a_long_post_becomes_several_and_shrinks_again() -> None:
    async with open_rig() as rig:
        text = "\n\n".join(f"Paragraph {n} {'text ' * 90}".rstrip() for n in range(50))
        row = rig.delivery(Post(text), answers=rig.asked())
        ref = await rig.chat.deliver(row)
        stamps = ref.partition("/")[2].split(",")
        assert len(stamps) > 1
        assert "\n\n".join(rig.body(ref, n) for n in range(len(stamps))) == text
        short = await rig.chat.deliver(replace(row, ref=ref, post=Post("Short")))
        assert short == f"{rig.dm}/{stamps[0]}"
        assert len([each for each in rig.sim.messages[rig.dm].values() if each.get("bot_id")]) == 1


async def test_posts_too_fast_for_one_channel_are_told_different_waits() -> None:
    config = Config(rate_limits=True, echo_events=False)
    async with open_rig(config=config) as rig:
        rows = [rig.delivery(Post(f"Post {n}"), thread=_STAFF) for n in range(4)]
        waits: list[float] = []
        for row in rows:
            try:
                await rig.chat.deliver(row)
            except RateLimited as limit:
                waits.append(limit.retry_after_s)
        assert len(waits) == 3
        assert waits == sorted(set(waits))
        assert waits[-1] - waits[0] >= 2


@pytest.mark.parametrize(
    ("code", "is_final"),
    [("channel_not_found", True), ("is_archived", True), ("internal_error", False), ("http_500", False)],
)
async def test_a_refusal_says_whether_trying_again_helps(code: str, is_final: bool) -> None:
    async with open_rig() as rig:
        rig.sim.config.failures["chat.postMessage"] = code
        with pytest.raises(DeliveryError) as error:
            await rig.chat.deliver(rig.delivery(Post("Hi"), thread=_STAFF))
        assert error.value.is_final is is_final


async def test_nothing_in_a_post_can_ping() -> None:
    async with open_rig() as rig:
        post = Post(
            "<!channel> <@U1> <!subteam^S1> @everyone", footer="<!here>", citations=(Citation(1, "<!here>", "x", ""),)
        )
        ref = await rig.chat.deliver(rig.delivery(post, thread=_STAFF))
        assert pings(json.dumps(rig.message(ref), ensure_ascii=False)) == []


async def test_a_post_calls_whom_it_names_and_nobody_else() -> None:
    async with open_rig() as rig:
        post = Post(
            "Callback due, <@123456789012345679> <@U0OTHER1> @everyone",
            pings=("U0LEAD01", "123456789012345678", "U1><!channel>"),
        )
        ref = await rig.chat.deliver(rig.delivery(post, thread=_STAFF))
        assert rig.message(ref)["blocks"][1] == {"type": "section", "text": {"type": "mrkdwn", "text": "<@U0LEAD01>"}}
        assert pings(rig.body(ref)) == []


_LABEL = SentFile("label.png", "image/png", b"\x89PNG label")


async def test_a_picture_follows_the_words_it_goes_with_and_goes_with_them() -> None:
    async with open_rig() as rig:
        delivery = rig.delivery(Post("Print this.", kind="relay"), answers=rig.asked())
        ref = await rig.chat.deliver(replace(delivery, files=(_LABEL,)))
        channel, stamp, file = ref.split("/")
        shared = [each for each in rig.sim.messages[channel].values() if each.get("files")]
        assert [(each["thread_ts"], each["files"][0]["id"]) for each in shared] == [(delivery.thread.root, file)]
        assert rig.sim.file_bytes[file] == _LABEL.content
        edited = await rig.chat.deliver(replace(delivery, ref=ref, post=Post("Print that.", kind="relay")))
        assert edited == ref
        assert rig.sim.messages[channel][stamp]["text"] == "Print that."
        await rig.chat.deliver(replace(delivery, ref=ref, post=Post("", kind="gone")))
        assert file not in rig.sim.files


async def test_a_picture_whose_sharing_got_no_answer_is_not_shared_twice() -> None:
    async with open_rig() as rig:
        delivery = replace(rig.delivery(Post("Print this.", kind="relay")), files=(_LABEL,))
        rig.sim.config.failures["files.completeUploadExternal"] = "lost"
        with pytest.raises(DeliveryError):
            await rig.chat.deliver(delivery)
        rig.sim.config.failures.clear()
        await rig.chat.deliver(delivery)
        names = [name for name, _ in rig.calls("files.complete")]
        assert names == ["files.completeUploadExternal"]


async def test_a_cards_pictures_are_the_first_replies_in_its_thread() -> None:
    async with open_rig() as rig:
        card = replace(rig.delivery(Post("Case C-1", kind="card"), thread=_STAFF), files=(_LABEL,))
        channel, stamp, _ = (await rig.chat.deliver(card)).split("/")
        (shared,) = [each for each in rig.sim.messages[channel].values() if each.get("files")]
        assert shared["thread_ts"] == stamp


async def test_words_arrive_where_files_may_not_be_shared() -> None:
    refusing = Config(echo_events=False, failures={"files.getUploadURLExternal": "missing_scope"})
    async with open_rig(config=refusing) as rig:
        delivery = replace(rig.delivery(Post("Print this.", kind="relay")), files=(_LABEL,))
        assert (await rig.chat.deliver(delivery)).count("/") == 1
