"""Where staff sit, for customers of each platform."""

from collections.abc import Mapping

from core.conversation import Thread
from core.handoff import StaffPlaces

_ANY_TENANT = "-"
"""A staff channel of the other platform: its tenant is not known before it has connected, and not needed to post."""


def staff_places(channels: Mapping[str, str]) -> StaffPlaces:
    """Platform to staff channel. A customer's own platform comes first; without one, all others take it."""
    known = {platform: channel for platform, channel in channels.items() if channel}

    def places(thread: Thread) -> tuple[Thread, ...]:
        if thread.platform in known:
            return (Thread(thread.tenant, thread.platform, known[thread.platform]),)
        return tuple(Thread(_ANY_TENANT, platform, channel) for platform, channel in known.items())

    return places
