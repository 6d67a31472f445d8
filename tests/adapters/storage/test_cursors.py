"""How far channels were read survives a crash in the middle of reading back."""

from adapters.storage.store import Store
from core.conversation import Thread
from core.turn import Cursor
from tests.adapters.storage.scene import THREAD, answered, begun, says

CHANNEL = Thread("t1", "slack", "C1")


async def behind(store: Store) -> list[Cursor]:
    return await store.cursors.behind("slack", "t1")


async def test_a_kept_message_moves_its_channels_cursor_and_never_back(store: Store) -> None:
    await says(store, id="100.5")
    await says(store, id="99.9")
    assert await behind(store) == [Cursor(CHANNEL, "100.5")]
    assert await store.cursors.behind("slack", "t2") == []


async def test_what_comes_in_live_does_not_hide_what_was_missed(store: Store) -> None:
    await says(store, id="100.1")
    assert await behind(store) == [Cursor(CHANNEL, "100.1")]
    await says(store, id="100.9")
    assert await behind(store) == [Cursor(CHANNEL, "100.1")]
    await store.cursors.caught_up(CHANNEL)
    assert await behind(store) == [Cursor(CHANNEL, "100.9")]


async def test_direct_channels_are_known_as_such(store: Store) -> None:
    await store.cursors.move(Thread("t1", "slack", "D1", "5.0"), "5.0", is_direct=True)
    assert await behind(store) == [Cursor(Thread("t1", "slack", "D1"), "5.0", is_direct=True)]


async def test_threads_with_an_open_case_are_listed_with_their_newest_message(store: Store) -> None:
    await says(store, id="1.0")
    await answered(store)
    await says(store, id="2.0")
    await begun(store)
    assert await store.cursors.open_threads("slack", "t1", limit=9) == [Cursor(THREAD, "2.0")]
