"""The same case between every two platforms, over the real adapters and sockets.

The customer asks for a person; somebody claims, answers with a file, changes an answer, takes one back. Then the
customer cannot be reached: the team is told at once, and Retry brings the words to them once they can be again.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from adapters.storage.store import open_store
from bots.clock import SystemClock
from evals.desk_parties import Customer, Team
from evals.desk_sides import WebCustomer, discord_customer, discord_team, slack_customer, slack_team
from evals.scorecard import Row
from tests.bots.stage import STAFF, Stage, staged
from tests.servers import discord

PAIRS = (
    ("discord", "slack"),
    ("slack", "discord"),
    ("slack", "slack"),
    ("discord", "discord"),
    ("web", "slack"),
    ("web", "discord"),
)
"""Customer and team."""
_FILE = ("steps.txt", b"1. Switch it off.\n2. Wait.\n3. Switch it on.\n")
_STAFF = {
    "slack": f'[slack]\nstaff_channel = "{STAFF}"\n',
    "discord": f'[discord]\nstaff_channel = "{discord.STAFF_CHANNEL}"\n',
}
_LIMIT_S = 240


async def played(folder: Path, customer: str, team: str) -> list[str]:
    """What went otherwise than it should; nothing is good."""
    settings = _STAFF[team] + ('[desk]\nvisitors = "platforms"\n' if customer == "web" else "")
    platforms = sorted({customer, team} - {"web"})
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(staged(folder, settings=settings, platforms=platforms))
        theirs = await _customer(stage, customer, stack)
        ours: Team = slack_team(stage.workspace) if team == "slack" else discord_team(stage.server)
        await _play(theirs, ours)
        await stage.service.stop()
    return await _differences(folder, theirs)


async def _customer(stage: Stage, platform: str, stack: AsyncExitStack) -> Customer:
    if platform == "web":
        return await stack.enter_async_context(WebCustomer.open(stage.service.address))
    return slack_customer(stage.workspace) if platform == "slack" else discord_customer(stage.server)


async def _play(theirs: Customer, ours: Team) -> None:
    await theirs.says("Let me talk to a person, please.")
    await ours.presses("claim")
    await ours.until_reads("is with")
    await ours.writes(">> Follow these steps.", file=_FILE)
    await theirs.until(lambda them: them.reads("Follow these steps.") and _FILE[0] in them.files)
    changed = await ours.writes(">> It takes two days.")
    await theirs.until(lambda them: them.reads("It takes two days."))
    await ours.changes(changed, ">> It takes three days.")
    await theirs.until(lambda them: them.reads("It takes three days."))
    wrong = await ours.writes(">> Never mind.")
    await theirs.until(lambda them: them.reads("Never mind."))
    await ours.takes_back(wrong)
    await theirs.until(lambda them: not them.reads("Never mind."))
    await theirs.says("Thank yuo!")
    await ours.until_reads("Thank yuo!")
    if await theirs.mends("Thank you!"):
        await ours.until_reads("Thank you!")
    await ours.writes("among ourselves")
    if await theirs.goes(is_gone=True):
        await ours.writes(">> Are you still there?")
        await ours.until_reads("did not reach the customer")
        await theirs.goes(is_gone=False)
        await ours.presses("retry")
        await theirs.until(lambda them: them.reads("Are you still there?"))


async def _differences(folder: Path, theirs: Customer) -> list[str]:
    """The map of what crossed against what the customer sees."""
    wrong = ["what the team says among itself reached the customer"] if theirs.reads("among ourselves") else []
    async with open_store(f"sqlite:///{folder / 'data' / 'firstline.sqlite3'}", clock=SystemClock()) as store:
        (case,) = {each.case_id for each in await store.ledger.events() if each.what == "hand_over"}
        crossed = await store.staff.of_case(case)
    to_customer = [each for each in crossed if each.direction == "to_customer"]
    wrong += [f"not delivered: {each.text!r}" for each in crossed if each.state != "sent"]
    wrong += [
        f"the customer does not see {each.text!r}" for each in to_customer if each.text and not theirs.reads(each.text)
    ]
    said = [each.text for each in to_customer if each.text]
    if said[:2] != ["Follow these steps.", "It takes three days."]:
        wrong.append(f"the map says {said}")
    return wrong


def rows(pairs: Sequence[tuple[str, str]] = PAIRS) -> list[Row]:
    """One row a pair."""
    return [_row(*pair) for pair in pairs]


def _row(customer: str, team: str) -> Row:
    name = f"pair_{customer}_{team}"
    note = "file, edit, deletion, answer back" + ("" if customer == "web" else ", mended words, unreachable, Retry")

    async def limited(folder: Path) -> list[str]:
        async with asyncio.timeout(_LIMIT_S):
            return await played(folder, customer, team)

    try:
        with tempfile.TemporaryDirectory() as folder:
            wrong = asyncio.run(limited(Path(folder)))
    except (TimeoutError, ExceptionGroup) as error:
        return Row(name, None, 1.0, note=f"it did not come to its end: {error!r}")
    return Row(name, float(not wrong), 1.0, note="; ".join(wrong) or f"customer on {customer}, team on {team}: {note}")
