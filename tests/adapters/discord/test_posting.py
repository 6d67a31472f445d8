"""Whole messages from the outbox."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from inline_snapshot import snapshot

from core.conversation import Thread
from core.errors import DeliveryError
from core.reply import Button, Citation, Post, SentFile
from tests.adapters.discord.rig import open_rig
from tests.servers.discord import CHANNEL, GUILD, OWNER, STAFF_CHANNEL

_STAFF = Thread(GUILD, "discord", STAFF_CHANNEL)
_POST = "POST /channels/{channel}/messages"
_THREAD = "POST /channels/{channel}/messages/{message}/threads"


async def test_a_staff_card_has_its_buttons_and_small_print() -> None:
    card = Post(
        "**Approval needed: Refund** — **189.00 EUR**\n- order: 88291",
        kind="card",
        buttons=(Button("approve", "A-1", "Approve", "good"), Button("deny", "A-1", "Deny", "danger")),
        citations=(Citation(1, "Refunds\nand more", "policies/refunds.md", "within 14 days"),),
        footer="Case C-1 · approval A-1",
    )
    async with open_rig() as rig:
        await rig.chat.deliver(rig.delivery(card, thread=_STAFF))
        [(_, body)] = rig.calls("POST")
        assert body == snapshot(
            {
                "content": """\
**Approval needed: Refund** — **189.00 EUR**
- order: 88291
-# [1] Refunds and more — policies/refunds.md
-# Case C-1 · approval A-1\
""",
                "components": [
                    {
                        "type": 1,
                        "components": [
                            {"type": 2, "style": 3, "label": "Approve", "custom_id": "firstline:approve:A-1"},
                            {"type": 2, "style": 4, "label": "Deny", "custom_id": "firstline:deny:A-1"},
                        ],
                    }
                ],
                "allowed_mentions": {"parse": [], "replied_user": False},
                "flags": 4,
                "nonce": "nonce-1",
                "enforce_nonce": True,
            }
        )


async def test_nothing_we_write_can_ping_anybody() -> None:
    async with open_rig() as rig:
        text = f"@everyone <@{OWNER}> <@&{GUILD}>"
        ref = await rig.chat.deliver(rig.delivery(Post(text), thread=_STAFF))
        await rig.chat.deliver(rig.delivery(Post(text + "!"), thread=_STAFF, ref=ref))
        assert [body["allowed_mentions"]["parse"] for _, body in rig.calls()] == [[], []]


async def test_a_row_that_is_delivered_twice_is_one_message() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("Once."), thread=_STAFF)
        assert await rig.chat.deliver(row) == await rig.chat.deliver(row)
        assert rig.bodies(STAFF_CHANNEL) == ["Once."]


async def test_a_post_whose_answer_got_lost_is_one_message() -> None:
    async with open_rig() as rig:
        rig.sim.script(_POST, "drop", 500)
        await rig.chat.deliver(rig.delivery(Post("Once."), thread=_STAFF))
        assert rig.bodies(STAFF_CHANNEL) == ["Once."]


async def test_new_content_is_an_edit_of_the_same_message() -> None:
    async with open_rig() as rig:
        buttons = (Button("approve", "A-1", "Approve", "good"),)
        ref = await rig.chat.deliver(rig.delivery(Post("Waiting", buttons=buttons), thread=_STAFF))
        assert await rig.chat.deliver(rig.delivery(Post("Approved"), thread=_STAFF, ref=ref)) == ref
        assert (rig.body(ref), rig.message(ref)["components"]) == ("Approved", [])


async def test_a_text_that_grows_or_shrinks_keeps_its_first_message() -> None:
    async with open_rig() as rig:
        long = "\n\n".join("word " * 300 for _ in range(3)).strip()
        ref = await rig.chat.deliver(rig.delivery(Post("short"), thread=_STAFF))
        grown = await rig.chat.deliver(rig.delivery(Post(long), thread=_STAFF, ref=ref))
        assert grown.startswith(f"{ref},")
        assert len(rig.bodies(STAFF_CHANNEL)) == 3
        assert await rig.chat.deliver(rig.delivery(Post("short again"), thread=_STAFF, ref=grown)) == ref
        assert rig.bodies(STAFF_CHANNEL) == ["short again"]


async def test_a_message_that_somebody_deleted_is_posted_anew() -> None:
    async with open_rig() as rig:
        ref = await rig.chat.deliver(rig.delivery(Post("first"), thread=_STAFF))
        rig.sim.messages[STAFF_CHANNEL].clear()
        again = await rig.chat.deliver(rig.delivery(Post("second"), thread=_STAFF, ref=ref))
        assert again != ref
        assert rig.bodies(STAFF_CHANNEL) == ["second"]


async def test_a_thread_is_begun_for_the_first_answer_and_named_after_the_question() -> None:
    async with open_rig() as rig:
        asked = await rig.asked("Where is my\n\nparcel? " + "It is late. " * 20, channel=CHANNEL)
        rig.chat.threads.expect(asked.thread, asked.text)
        for text in ("One.", "Two."):
            await rig.chat.deliver(rig.delivery(Post(text), thread=asked.thread))
        name = rig.sim.channels[asked.id]["name"]
        assert name.startswith("Where is my parcel?")
        assert len(name) <= 100
        assert rig.bodies(asked.id) == ["One.", "Two."]
        assert rig.sim.counts.calls[_THREAD] == 1
        assert rig.sim.counts.errors == {}


async def test_after_a_restart_a_thread_that_was_not_begun_is_begun() -> None:
    async with open_rig() as rig:
        asked = await rig.asked(channel=CHANNEL)
        await rig.chat.deliver(rig.delivery(Post("One."), thread=asked.thread))
        assert rig.bodies(asked.id) == ["One."]


async def test_a_thread_that_somebody_else_began_first_is_used() -> None:
    async with open_rig() as rig:
        asked = await rig.asked(channel=CHANNEL)
        rig.chat.threads.expect(asked.thread, asked.text)
        await rig.sim.open_thread(asked.id, CHANNEL)
        await rig.chat.deliver(rig.delivery(Post("One."), thread=asked.thread))
        assert rig.bodies(asked.id) == ["One."]


async def test_where_no_thread_can_be_begun_the_answer_is_a_reply_in_the_channel() -> None:
    async with open_rig() as rig:
        asked = await rig.asked(channel=CHANNEL)
        rig.chat.threads.expect(asked.thread, asked.text)
        rig.sim.script(_THREAD, 403)
        ref = await rig.chat.deliver(rig.delivery(Post("One."), thread=asked.thread))
        assert rig.message(ref)["message_reference"]["message_id"] == asked.id
        assert rig.chat.threads.of_answer(ref.partition("/")[2]) == asked.thread
        await rig.chat.deliver(rig.delivery(Post("Two."), thread=asked.thread))
        assert rig.bodies(CHANNEL) == ["One.", "Two."]
        assert rig.sim.counts.calls[_THREAD] == 1


async def test_a_deleted_private_place_is_never_answered_in_public() -> None:
    async with open_rig() as rig:
        gone = Thread(GUILD, "discord", "999")
        with pytest.raises(DeliveryError) as error:
            await rig.chat.deliver(rig.delivery(Post("Secret."), thread=gone))
        assert error.value.is_final
        assert rig.calls("POST") == []


async def test_a_post_from_just_before_a_crash_is_found_and_made_whole() -> None:
    async with open_rig() as rig:
        asked = replace(await rig.asked(), sent_at=datetime(2026, 1, 1, tzinfo=UTC))
        placeholder = await rig.chat.begin_message(asked.thread, "of the process before")
        row = rig.delivery(Post("Whole."), answers=asked)
        assert await rig.chat.deliver(row) == f"{rig.dm}/{placeholder}"
        assert rig.bodies(rig.dm) == ["Whole."]


@pytest.mark.parametrize("status", [400, 429])
async def test_in_slow_mode_a_post_waits_its_turn_and_edits_go_on(status: int) -> None:
    async with open_rig() as rig:
        asked = await rig.asked(channel=CHANNEL)
        ref = await rig.chat.deliver(rig.delivery(Post("One."), thread=asked.thread))
        rig.sim.script(_POST, ("code", status, 20016))
        await rig.chat.deliver(rig.delivery(Post("Two."), thread=asked.thread))
        await rig.chat.deliver(rig.delivery(Post("One, edited."), thread=asked.thread, ref=ref))
        assert rig.bodies(asked.id) == ["One, edited.", "Two."]


async def test_a_locked_thread_that_we_may_not_open_is_said_so_for_good() -> None:
    async with open_rig() as rig:
        asked = await rig.asked(channel=CHANNEL)
        await rig.chat.deliver(rig.delivery(Post("One."), thread=asked.thread))
        rig.sim.script(_POST, ("code", 403, 160005))
        rig.sim.script("PATCH /channels/{channel}", ("code", 403, 50013))
        with pytest.raises(DeliveryError, match="permission") as refused:
            await rig.chat.deliver(rig.delivery(Post("Two."), thread=asked.thread))
        assert refused.value.is_final


async def test_an_archived_thread_is_opened_again_to_write_in_it() -> None:
    async with open_rig() as rig:
        asked = await rig.asked(channel=CHANNEL)
        ref = await rig.chat.deliver(rig.delivery(Post("One."), thread=asked.thread))
        rig.sim.channels[asked.id]["thread_metadata"]["archived"] = True
        rig.sim.script("PATCH /channels/{channel}/messages/{message}", ("code", 400, 50083))
        await rig.chat.deliver(rig.delivery(Post("Two."), thread=asked.thread, ref=ref))
        assert rig.bodies(asked.id) == ["Two."]
        rig.sim.script(_POST, ("code", 400, 160005))
        await rig.chat.deliver(rig.delivery(Post("Three."), thread=asked.thread))
        assert not rig.sim.channels[asked.id]["thread_metadata"]["archived"]


async def test_a_post_calls_whom_it_names_and_nobody_else() -> None:
    async with open_rig() as rig:
        post = Post(
            "Callback due, <@123456789012345679> <@U0OTHER1> @everyone",
            pings=("U0LEAD01", "123456789012345678", "everyone"),
        )
        ref = await rig.chat.deliver(rig.delivery(post, thread=_STAFF))
        [(_, body)] = rig.calls("POST")
        assert str(body["content"]).startswith("<@123456789012345678> Callback due")
        assert body["allowed_mentions"] == {"parse": [], "replied_user": False, "users": ["123456789012345678"]}
        assert ref


async def test_a_picture_goes_in_the_same_message_as_its_words_and_stays_when_they_change() -> None:
    label = SentFile("label.png", "image/png", b"\x89PNG label")
    async with open_rig() as rig:
        row = rig.delivery(Post("Print this.", kind="relay"), thread=_STAFF)
        ref = await rig.chat.deliver(replace(row, files=(label,)))
        (file,) = rig.message(ref)["attachments"]
        assert (file["filename"], rig.sim.files[file["id"]]) == ("label.png", ("image/png", label.content))
        assert rig.message(ref)["content"] == "Print this."
        await rig.chat.deliver(replace(row, ref=ref, post=Post("Print that.", kind="relay")))
        assert len(rig.message(ref)["attachments"]) == 1
