"""What staff correct is kept once a case, with the customer's first words, and goes with the person."""

from pathlib import Path

from adapters.storage.store import open_store
from tests.adapters.storage.scene import begun, says
from tests.fakes.clock import StillClock


async def test_the_last_correction_of_a_case_counts_and_brings_the_first_words(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path / 'a.sqlite3'}", clock=StillClock()) as store:
        await says(store, "My kettle came in pieces")
        turn = await begun(store)
        assert await store.corrections.keep(turn.case.id, "refund", by="ada")
        assert await store.corrections.keep(turn.case.id, "damaged_item", by="ada")
        assert await store.corrections.examples() == [("My kettle came in pieces", "damaged_item")]
        assert not await store.corrections.keep("C-none", "refund", by="ada")
