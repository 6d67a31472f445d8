"""Companies that share one Firstline, each with a team of its own and a page of help that nobody else may read."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.rights import TenantSettings
from evals.cases_people import People
from tests.servers import discord as discords
from tests.servers import slack as slacks

TEAM = slacks.Team("T0OTHER01", "Other & Co", "U0OTHERBOT", "B0OTHER01", "xoxb-other")
"""The second workspace; the first one is the stand-in's own."""
GUILD = "1000000000000000102"
"""The second server."""
LOBBY = "1000000000000000008"
"""Where the team sits that serves Discord's direct messages, which belong to no server."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workspace or a server."""

    name: str
    platform: str
    id: str
    room: str
    """The channel in which its customers ask."""
    staff: str
    """The channel of its team."""
    canary: str = ""
    """A word of its page of help; empty: it has none."""

    @property
    def canaries(self) -> frozenset[str]:
        """Words that no other tenant may be shown."""
        return frozenset((self.canary,)) if self.canary else frozenset()


_SEATS = (
    Tenant("bench", "slack", slacks.TEAM, slacks.PUBLIC_CHANNEL, "C0STAFF01"),
    Tenant("other", "slack", TEAM.id, "C0OTHER001", "C0OTHERSTAFF"),
    Tenant("guild", "discord", discords.GUILD, discords.CHANNEL, discords.STAFF_CHANNEL),
    Tenant("club", "discord", GUILD, "1000000000000000103", "1000000000000000105"),
)
PRIVATE = Tenant("private", "discord", "dm", "", LOBBY)
"""Direct messages of Discord."""


def tenants(people: People) -> tuple[Tenant, ...]:
    """All of them, each with a word of its own."""
    return tuple(
        Tenant(each.name, each.platform, each.id, each.room, each.staff, people.word().title()) for each in _SEATS
    )


def pages(folder: Path, all_of: Iterable[Tenant]) -> None:
    """A page of help a tenant, for its readers alone."""
    folder.mkdir(exist_ok=True)
    for each in all_of:
        page = (
            f"---\ntitle: Member code\naudience:\n  tenants: [{each.id}]\n---\n\n# Member code\n\n"
            f"The member code for 12 percent off lamps is {each.canary}. Members type the member code at the till.\n"
        )
        (folder / f"{each.name}.md").write_text(page, encoding="utf-8")


def desk(all_of: Iterable[Tenant]) -> dict[str, object]:
    """Who serves whom, as settings."""
    rows = [
        TenantSettings(
            name=each.name, members=(f"{each.platform}:{each.id}",), staff=(f"{each.platform}:{each.staff}",)
        )
        for each in all_of
    ]
    return {"tenants": [row.model_dump(exclude_none=True) for row in rows]}


def furnish(all_of: Iterable[Tenant], slack: slacks.SlackSim, discord: discords.DiscordSim) -> None:
    """Workspaces, servers and channels at the stand-ins, before the bot connects."""
    slack.teams[TEAM.token] = TEAM
    slack.add_team(TEAM)
    discord.add_guild(GUILD, "Club")
    for each in all_of:
        for channel in (each.room, each.staff):
            if each.platform == "slack":
                slack.add_channel(channel, team=each.id)
            else:
                discord.add_room(channel, guild=each.id)
    discord.add_room(LOBBY, guild=discords.GUILD)
