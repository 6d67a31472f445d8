"""`make eval-actions`: can the agent be trusted with money and data. Each row is a share or a count."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable

from evals.actions_access import access
from evals.actions_flows import flows
from evals.actions_injection import injections
from evals.actions_money import money
from evals.actions_mutations import mutations
from evals.actions_replay import WORLDS, Domain, differences, read_domain, replay, unwanted
from evals.actions_schemas import schemas
from evals.actions_tally import Tally
from evals.scorecard import Row, report
from evals.sets import Folders


async def gold_and_mutations(folders: Folders) -> list[Row]:
    """`gold_*` and `mutations_noticed`."""
    rows: list[Row] = []
    noticed, kinds = Tally(), dict[str, int]()
    for name in WORLDS:
        domain, equal = read_domain(folders, name), Tally()
        for gold in domain.golds if domain else ():
            assert domain is not None
            run = await replay(domain, gold, domain.wanted(gold))
            found = differences(domain, gold, run)
            equal.add(not found, f"{gold['task_id']}: {', '.join(found)} differ")
            await _mutate(domain, gold, noticed, kinds)
        rows.append(equal.row(f"gold_{name}", note="outputs, receipts, changes and checks equal"))
    said = ", ".join(f"{kind} {count}" for kind, count in kinds.items())
    rows.append(noticed.row("mutations_noticed", note=said))
    return rows


async def _mutate(domain: Domain, gold: dict[str, object], noticed: Tally, kinds: dict[str, int]) -> None:
    """A mutated run has to differ, and what the customer did not want must not have reached the back end."""
    for kind, calls in mutations(domain, gold):
        run = await replay(domain, gold, calls)
        is_noticed = bool(differences(domain, gold, run)) and not unwanted(domain, gold, run)
        noticed.add(is_noticed, f"{domain.name} {gold['task_id']} {kind}")
        kinds[kind] = kinds.get(kind, 0) + 1


PARTS: tuple[Callable[[Folders], Awaitable[list[Row]]], ...] = (
    gold_and_mutations,
    schemas,
    injections,
    money,
    access,
    flows,
)


async def measure(folders: Folders) -> list[Row]:
    """All rows, always all of them."""
    return [row for part in PARTS for row in await part(folders)]


def main() -> int:
    """Print and write the card; the exit status."""
    logging.disable(logging.WARNING)  # outcomes that are unknown on purpose
    return report("actions", asyncio.run(measure(Folders.from_environment())))


if __name__ == "__main__":
    sys.exit(main())
