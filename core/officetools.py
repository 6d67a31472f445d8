"""All ready-made tools over one back end, and the two that make work for people."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field

from core.accountwork import AccountWork
from core.backoffice import Deed, NotDone
from core.errors import ToolRefused
from core.officewords import Assurances, explained, joined
from core.orderwork import OfficeFor, OrderWork
from core.tools import Tool, ToolContext, ToolResult, tool

_CALL_WORDS = ("call", "phone", "ring me", "anruf", "rückruf", "appel", "llam", "chiam", "bel me", "telefon", "soita")
_TICKET_WORDS = ("ticket", "report", "bug", "complain", "error", "problem", "fault", "beschwer", "fehler")

Subject = Annotated[str, Field(min_length=3, max_length=120)]
Description = Annotated[str, Field(min_length=3, max_length=1_000)]


def office_tools(office_for: OfficeFor, assures: Assurances | None = None) -> list[Tool]:
    """What first and second line are asked for most, ready to use."""
    said = assures or Assurances()
    status, refund, *orders = OrderWork(office_for, said).tools()
    record, *account = AccountWork(office_for, said).tools()
    call, ticket = ServiceWork(office_for, said).tools()
    return [status, refund, record, call, ticket, *orders, *account]


class ServiceWork:
    """Callbacks and tickets, over the back end that a call goes to."""

    def __init__(self, office_for: OfficeFor, assures: Assurances) -> None:
        self._office_for = office_for
        self._assures = assures

    def tools(self) -> list[Tool]:
        """In the order in which models are offered them."""
        return [self._call(), self._ticket()]

    async def schedule_callback(
        self,
        context: ToolContext,
        when: Annotated[datetime, Field(description="Date and time with time zone offset, ISO 8601.")],
        topic: Annotated[str, Field(min_length=2, max_length=200, description="What the call is about.")],
    ) -> ToolResult:
        """Have a colleague call the customer at a time they named, on the number on file."""
        if when.tzinfo is None:
            raise ToolRefused("Please tell me the time zone of the callback too, for example 15:00 Berlin time.")
        now = datetime.now(UTC)
        if not now + timedelta(minutes=15) <= when <= now + timedelta(days=60):
            raise ToolRefused("A callback can be between 15 minutes and 60 days from now. Which time suits you?")
        try:
            deed = await self._office_for(context).desk.book_call(
                context.principal.customer_id, at=when, topic=topic, key=context.key
            )
        except NotDone as problem:
            raise explained(problem, "a callback") from problem
        return _booked(deed, when)

    async def create_ticket(self, context: ToolContext, subject: Subject, description: Description) -> ToolResult:
        """Open a ticket for something that needs looking into, such as a fault or a complaint."""
        try:
            deed = await self._office_for(context).desk.open_ticket(
                context.principal.customer_id, subject=subject, description=description, key=context.key
            )
        except NotDone as problem:
            raise explained(problem, "a ticket") from problem
        return self._opened(deed, subject)

    def _opened(self, deed: Deed, subject: str) -> ToolResult:
        summary = f"Ticket **{deed.id}** was opened: {subject}."
        return ToolResult(joined(summary, self._assures.ticket), {"ticket_id": deed.id}, reference=deed.id)

    async def _earlier_call(self, context: ToolContext, when: datetime, topic: str) -> ToolResult:
        deed = await self._office_for(context).deeds.find(context.principal.customer_id, context.key)
        return _booked(deed, when)

    async def _earlier_ticket(self, context: ToolContext, subject: str, description: str) -> ToolResult:
        deed = await self._office_for(context).deeds.find(context.principal.customer_id, context.key)
        return self._opened(deed, subject)

    def _call(self) -> Tool:
        return tool(
            title="Scheduling a callback",
            effect="write",
            asked_with=_CALL_WORDS,
            acts_on=("when",),
            look_up=self._earlier_call,
        )(self.schedule_callback)

    def _ticket(self) -> Tool:
        return tool(
            title="Opening a ticket",
            effect="write",
            asked_with=_TICKET_WORDS,
            acts_on=("subject",),
            again="later",
            look_up=self._earlier_ticket,
            examples=(
                (
                    "Your website shows an error when I log in. Please tell your technicians.",
                    {"subject": "error at login", "description": "The website shows an error when I log in."},
                ),
            ),
        )(self.create_ticket)


def _booked(deed: Deed, when: datetime) -> ToolResult:
    said = f"{when:%A, %-d %B %Y at %H:%M} (UTC{when:%z})"
    summary = f"A callback is scheduled for {said}, on the number on file ({deed.id})."
    return ToolResult(summary, {"callback_id": deed.id}, reference=deed.id)
