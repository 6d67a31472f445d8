"""Real processes, killed in mid-turn, over both databases; judged from the outside. `make chaos` is the long form."""

import pytest

from evals.chaos import Tally, chaos
from tests.servers.postgres import is_available


def violations(tally: Tally) -> list[str]:
    return [
        *tally.unanswered,
        *tally.doubled,
        *tally.unfinished,
        *tally.overpaid,
        *tally.foreign,
        *tally.disordered,
    ]


async def test_processes_killed_in_mid_turn_lose_and_double_nothing() -> None:
    tally = await chaos(rounds=2, users=6, databases=["sqlite"], seed=20, platforms=["slack"])
    assert tally.faulted >= 4
    assert violations(tally) == []


async def test_on_discord_they_neither_lose_nor_double_anything_either() -> None:
    tally = await chaos(rounds=2, users=6, databases=["sqlite"], seed=22, platforms=["discord"])
    assert tally.faulted >= 4
    assert violations(tally) == []


@pytest.mark.postgres
@pytest.mark.skipif(not is_available(), reason="no PostgreSQL here")
async def test_the_work_of_a_killed_replica_is_taken_over() -> None:
    tally = await chaos(rounds=1, users=6, databases=["postgres"], seed=21, platforms=["slack"])
    assert tally.faulted >= 2
    assert violations(tally) == []
