"""Where staff sit, for customers of each platform, and who of them may do what."""

from collections.abc import Mapping

from bots.settings import Configuration
from core.conversation import Thread
from core.handoff import StaffPlaces
from core.rights import Rights
from core.staffside import ANY_TENANT


def rights_of(configuration: Configuration) -> Rights:
    """Roles and tenants, as they are set."""
    desk = configuration.desk
    channels = {"slack": configuration.slack.staff_channel, "discord": configuration.discord.staff_channel}
    shared = [f"{platform}:{channel}" for platform, channel in channels.items() if channel]
    return Rights(desk.roles, desk.tenants, approvers=configuration.approvals.approvers, shared=shared)


def groups_of(configuration: Configuration) -> tuple[str, ...]:
    """All ids that give somebody a role."""
    tables = [configuration.desk.roles, *(each.roles for each in configuration.desk.tenants if each.roles)]
    named = [each for table in tables for each in (*table.leads, *table.agents, *table.viewers)]
    return tuple(dict.fromkeys((*named, *configuration.approvals.approvers)))


def staff_places(channels: Mapping[str, str], rights: Rights | None = None) -> StaffPlaces:
    """Platform to staff channel. A customer's own platform comes first; without one, all others take it.

    A tenant of the table has its own places and no others; a place of the table serves nobody else.
    """
    table = rights or Rights()
    known = {
        platform: channel
        for platform, channel in channels.items()
        if channel and channel not in table.staff_channels(platform)
    }

    def places(thread: Thread) -> tuple[Thread, ...]:
        own = table.staff_of(thread)
        if own is not None:
            pairs = [each.partition(":") for each in own]
            return tuple(
                Thread(ANY_TENANT, platform, channel) for platform, _, channel in pairs if platform in channels
            )
        if thread.platform in known:
            return (Thread(ANY_TENANT, thread.platform, known[thread.platform]),)
        return tuple(Thread(ANY_TENANT, platform, channel) for platform, channel in known.items())

    return places
