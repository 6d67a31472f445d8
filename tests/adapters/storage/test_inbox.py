"""The inbox keeps every event once."""

import asyncio
from dataclasses import replace

import pytest

from adapters.storage.store import Store, open_store
from core.conversation import Attachment, Thread
from core.errors import StoreError
from core.turn import InboxEvent
from tests.adapters.storage.scene import THREAD, answered, begun, message, says
from tests.fakes.clock import StillClock


async def test_a_message_delivered_again_is_kept_once(store: Store) -> None:
    assert await says(store)
    assert not await says(store)
    assert len((await begun(store)).messages) == 1


async def test_any_known_key_makes_an_event_a_duplicate_and_none_of_its_other_keys_is_learnt(store: Store) -> None:
    assert await store.inbox.save(InboxEvent("message", message(id="1", keys=("event:a",))))
    assert not await store.inbox.save(InboxEvent("message", message(id="2", keys=("event:a", "event:b"))))
    assert await store.inbox.save(InboxEvent("message", message(id="2", keys=("event:b",))))


async def test_of_many_deliveries_at_the_same_moment_one_is_kept(store: Store) -> None:
    event = InboxEvent("message", message(keys=("event:a",)))
    kept = await asyncio.gather(*(store.inbox.save(event) for _ in range(50)))
    assert sum(kept) == 1


async def test_a_message_comes_back_whole(store: Store) -> None:
    file = Attachment("F1", "broken.png", "image/png", 1_000, "https://files.example/F1")
    sent = message("Grüße 🙂\x00 end", keys=("event:a",))
    sent = type(sent)(sent.id, sent.thread, sent.author, sent.text, sent.sent_at, (file,), sent.keys, is_private=True)
    await store.inbox.save(InboxEvent("message", sent))
    # PostgreSQL keeps no NUL in a text.
    kept = replace(sent, text=sent.text.replace("\x00", "\ufffd")) if store.replicas.is_shared else sent
    assert (await begun(store)).messages == (kept,)


async def test_threads_wait_in_the_order_of_their_oldest_message(store: Store) -> None:
    other = Thread("t1", "slack", "C2")
    await says(store, id="1", thread=other)
    await says(store, id="2")
    await says(store, id="3", thread=other)
    assert await store.inbox.waiting() == [other, THREAD]
    await answered(store, thread=other)
    assert await store.inbox.waiting() == [THREAD]


async def test_what_was_kept_is_still_owed_after_a_restart(url: str, clock: StillClock) -> None:
    async with open_store(url, clock=clock) as store:
        await says(store)
    async with open_store(url, clock=clock) as store:
        assert await store.inbox.waiting() == [THREAD]
        assert not await says(store)


async def test_a_decision_about_an_action_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no action"):
        await store.inbox.save(InboxEvent("decision", action_key="refund:1"))
