"""The cases that the people of one staff place have to deal with, as a list."""

from collections.abc import Sequence

from core.case import Case, is_human
from core.conversation import Thread
from core.handoff import StaffPlaces
from core.packet import owner_line
from core.platform import Listed
from core.staffside import ANY_TENANT


def queue_of(place: Thread, cases: Sequence[Case], places: StaffPlaces) -> list[Listed]:
    """Those whose staff sit at this place: first what nobody has, then by age."""
    return listed([case for case in cases if _sits_at(places(case.thread), place)])


def listed(cases: Sequence[Case]) -> list[Listed]:
    """First what nobody has, then by age."""
    return [_listed(case) for case in sorted(cases, key=lambda case: (is_human(case.owner), case.opened_at))]


def _sits_at(places: Sequence[Thread], place: Thread) -> bool:
    return any(
        (each.platform, each.channel) == (place.platform, place.channel) and each.tenant in (place.tenant, ANY_TENANT)
        for each in places
    )


def _listed(case: Case) -> Listed:
    since = f"since {case.opened_at:%d %b %H:%M} UTC"
    title = f"{case.id}, tier {case.tier}, {case.priority}, {since}"
    line = f"**{case.id}** · tier {case.tier} · {case.priority} · {since} · {owner_line(case)}\n{case.reason}"
    return Listed(case.id, title, line, is_free=not is_human(case.owner))
