"""Where staff sit, for customers of each platform."""

from collections.abc import Mapping

from core.conversation import Thread
from core.handoff import StaffPlaces
from core.staffside import ANY_TENANT


def staff_places(channels: Mapping[str, str]) -> StaffPlaces:
    """Platform to staff channel. A customer's own platform comes first; without one, all others take it."""
    known = {platform: channel for platform, channel in channels.items() if channel}

    def places(thread: Thread) -> tuple[Thread, ...]:
        if thread.platform in known:
            return (Thread(thread.tenant, thread.platform, known[thread.platform]),)
        return tuple(Thread(ANY_TENANT, platform, channel) for platform, channel in known.items())

    return places
