"""Workspaces that have installed the bot, and the one-time states that lead there."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from adapters.storage.store import Store
from core.installing import Installation
from tests.adapters.storage.scene import NOW
from tests.fakes.clock import StillClock

ONE = Installation("slack", "T1", "One", "xoxb-one", "U1", NOW)
OTHER = replace(ONE, tenant="T2", name="Other", token="xoxb-other", at=NOW + timedelta(minutes=1))


async def test_each_workspace_has_one_installation_the_newest(store: Store) -> None:
    await store.installations.keep(ONE)
    await store.installations.keep(OTHER)
    newer = replace(ONE, token="xoxb-newer", at=NOW + timedelta(minutes=2))
    await store.installations.keep(newer)
    assert await store.installations.all("slack") == [OTHER, newer]
    assert await store.installations.all("discord") == []


async def test_what_is_taken_out_leaves_no_token(store: Store) -> None:
    await store.installations.keep(ONE)
    assert await store.installations.remove("slack", "T1")
    assert not await store.installations.remove("slack", "T1")
    assert await store.installations.all("slack") == []
    noted = await store.database.read(lambda connection: [*connection.execute(text("SELECT what, detail FROM audit"))])
    assert [row.what for row in noted] == ["installed", "uninstalled"]
    assert "xoxb" not in str(noted)


async def test_a_state_is_used_once_in_time_and_not_kept_readable(store: Store, clock: StillClock) -> None:
    await store.installations.begin("s1", until=NOW + timedelta(minutes=10))
    await store.installations.begin("s2", until=NOW + timedelta(minutes=10))
    kept = await store.database.read(
        lambda connection: [*connection.execute(text("SELECT digest FROM install_state")).scalars()]
    )
    assert not {"s1", "s2"} & set(kept)
    assert [await store.installations.finish("s1") for _ in range(2)] == [True, False]
    clock.move(minutes=11)
    assert not await store.installations.finish("s2")
    assert not await store.installations.finish("never")
