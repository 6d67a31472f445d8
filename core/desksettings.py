"""Settings of the desk: when people are there, how fast they answer, who is who, and what becomes of quiet cases."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from core.feastdays import either, public_holidays
from core.hours import OpenHours, holidays_of, week_of, zone_of
from core.rights import RoleSettings, TenantSettings
from core.section import Count, Section


class HoursSettings(Section):
    """When people are there."""

    zone: str = "UTC"
    """Time zone of the hours, like `Europe/Berlin`; also said to customers whose own is not known."""
    open: tuple[str, ...] = ()
    """Rows like `mon-fri 09:00-17:00`; empty: always."""
    holidays: tuple[str, ...] = ()
    """Days on which nobody is there: `2026-12-24`, or `12-25` for each year."""
    holidays_of: str = ""
    """A country whose public holidays count too: `DE`, or `DE-BY` for a part of it; needs the extra `desk`."""

    @model_validator(mode="after")
    def _is_read(self) -> Self:
        self.hours()
        return self

    def hours(self) -> OpenHours:
        """The hours, read."""
        named = holidays_of(self.holidays)
        is_holiday = either(named, public_holidays(self.holidays_of)) if self.holidays_of else named
        return OpenHours(zone_of(self.zone), week_of(self.open), is_holiday)


class CallbackSettings(Section):
    """Promises to get back to somebody."""

    slot_minutes: PositiveInt = 30
    """Callbacks are offered on marks of this length."""
    notice_minutes: Count = 30
    """The soonest moment that is promised, from now."""
    most_days: PositiveInt = 60
    """The latest moment that is promised, from now."""
    late_minutes: PositiveInt = 15
    """A promise that no person has kept so long after its moment is late, and its customer is told."""


class Minutes(Section):
    """Open minutes that a clock may run, by priority; 0: measured, not held to anything."""

    high: NonNegativeFloat = 0
    normal: NonNegativeFloat = 0
    low: NonNegativeFloat = 0


class TargetSettings(Section):
    """What the team promises itself."""

    first: Minutes = Minutes(high=15, normal=60, low=240)
    """From the hand-over to a person's first words."""
    next: Minutes = Minutes(high=30, normal=120, low=480)
    """From a customer's words to a person's."""
    resolution: Minutes = Minutes(high=480, normal=2400, low=4800)
    """From the hand-over to the end."""
    warn_share: Annotated[float, Field(gt=0, le=1)] = 0.75
    """The lead is warned when so much of a limit is used up. 1: no warning."""


class PersonSettings(Section):
    """Somebody of a team."""

    id: str
    """Platform user id."""
    name: str
    skills: tuple[str, ...] = ()
    """Categories of triage that come to them first: `billing`, `bug`, …"""
    languages: tuple[Annotated[str, Field(pattern="^[a-z]{2}$")], ...] = ()
    """ISO 639-1 codes of languages whose cases come to them first: `de`, `fr`, …"""


class TeamSettings(Section):
    """The people of one tier."""

    tier: PositiveInt
    tenant: str = ""
    """Of which of `[[desk.tenants]]`; needed where there are several."""
    leads: tuple[str, ...] = ()
    """Platform user ids of those who are warned when a clock runs out; nobody else is called."""
    people: tuple[PersonSettings, ...] = ()
    """Who takes cases in turn."""
    on_call: tuple[str, ...] = ()
    """Platform user ids, out of `people` or not, who are called for pressing cases while the team is away."""
    hours: HoursSettings | None = None
    """Without: those of `[desk.hours]`."""
    targets: TargetSettings | None = None
    """Without: those of `[desk.targets]`."""


class DeskSettings(Section):
    """How people are seen, and what is kept private."""

    alias: str = "{name}, a person of our team"
    """What stands under a person's words to the customer; `{name}` is the name on the staff's platform."""
    claim_minutes: PositiveFloat = 30
    """A claim without activity runs out after it, and the case is free again."""
    assume_h: PositiveFloat = 24
    """Hours of silence after which an answer or a resolution counts as assumed."""
    close_h: PositiveFloat = 72
    """Hours after which a resolved case is closed for good; then a new message begins a linked case."""
    mask_before_model: bool = True
    """Mask e-mail addresses, phone, card and account numbers before a hosted model sees them."""
    hours: HoursSettings = HoursSettings()
    callbacks: CallbackSettings = CallbackSettings()
    targets: TargetSettings = TargetSettings()
    teams: tuple[TeamSettings, ...] = ()
    """One a tier."""
    roles: RoleSettings = RoleSettings()
    tenants: tuple[TenantSettings, ...] = ()
    """Which places belong together; without any, all do."""
    away: Literal["release", "keep"] = "release"
    """What becomes of the cases of somebody who says that they are away, while it is their turn to answer: free for
    the next person, or theirs until the claim runs out."""
    visitors: Literal["page", "platforms"] = "page"
    """Who looks after visitors of the page in `firstline run all`: whoever sits at the page, or the staff channels."""
    assign: bool = True
    """Give a queued case to the next person of its team who is there."""
    on_call_from: Literal["high", "normal", "low"] = "high"
    """The priority from which somebody is called while the team is away."""
    remind_h: NonNegativeFloat = 4
    """Open hours that a case waits in a queue until its team is reminded, once. 0: never."""
    nudge_h: NonNegativeFloat = 24
    """Hours after which a customer who owes us an answer is asked for it, once. 0: never."""
    give_up_h: NonNegativeFloat = 72
    """Hours of the customer's silence after which such a case counts as resolved. 0: never."""
