"""Ready-made tools about the account: the customer's record, notes on it, a new password, an account that was lost."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, JsonValue

from core.backoffice import Account, Deed, NotDone
from core.errors import ToolRefused
from core.officewords import Assurances, explained, joined, status_line
from core.orderwork import OfficeFor
from core.tools import Tool, ToolContext, ToolResult, tool

PASSWORD_WORDS = (
    "password", "passwort", "kennwort", "contraseña", "mot de passe", "log in", "login", "sign in", "salasana",
)  # fmt: skip
RECOVERY_WORDS = ("account", "konto", "compte", "cuenta", "hacked", "locked", "recover", "access", "gehackt", "pirat")
NOTE_WORDS = ("note", "notier", "remember", "keep in mind", "write down", "on my record", "on my account", "merken")

FRESH_MINUTES = 15.0
"""How old a proof of who asks may be before a link for a new password is mailed."""
_MOST_LISTED = 20


class AccountWork:
    """The tools, over the back end that a call goes to."""

    def __init__(self, office_for: OfficeFor, assures: Assurances) -> None:
        self._office_for = office_for
        self._assures = assures

    def tools(self) -> list[Tool]:
        """In the order in which models are offered them."""
        return [self._record(), self._password(), self._recovery(), self._note()]

    async def find_customer(self, context: ToolContext) -> ToolResult:
        """Look up the customer's own record with a list of their orders. Use it when no order number is known."""
        account = await self._account(context)
        orders = await self._office_for(context).orders.of_customer(account.customer_id)
        today = datetime.now(UTC).date()
        lines = [f"- {status_line(each, today, self._assures)}" for each in orders[:_MOST_LISTED]]
        more = [f"- and {len(orders) - _MOST_LISTED} older ones"] if len(orders) > _MOST_LISTED else []
        where = f" ({account.country})" if account.country else ""
        head = f"You are registered as {account.name}{where}. Your orders:"
        data: dict[str, JsonValue] = {
            "name": account.name,
            "country": account.country,
            "orders": [each.id for each in orders],
            "standing": account.standing,
            "notes": [f"{each.at:%Y-%m-%d}: {each.text}" for each in account.notes],
        }
        return ToolResult("\n".join([head, *(lines or ["- no orders yet"]), *more]), data)

    async def send_password_reset(self, context: ToolContext) -> ToolResult:
        """Mail the customer a link to set a new password, to the address on file and to no other."""
        try:
            deed = await self._office_for(context).accounts.send_reset_link(
                context.principal.customer_id, key=context.key
            )
        except NotDone as problem:
            raise explained(problem, "your account") from problem
        return self._sent(deed)

    async def request_account_recovery(
        self,
        context: ToolContext,
        account: Annotated[
            str, Field(min_length=2, max_length=200, description="Which account: name, customer number or e-mail.")
        ],
        problem: Annotated[str, Field(min_length=3, max_length=500, description="What happened.")],
    ) -> ToolResult:
        """Ask the team to give a lost, locked or hacked account back, when a new password does not help."""
        try:
            deed = await self._office_for(context).accounts.request_recovery(
                context.principal.customer_id, account=account, detail=problem, key=context.key
            )
        except NotDone as refusal:
            raise explained(refusal, "this account") from refusal
        return _recovery_asked(deed)

    async def add_note(
        self,
        context: ToolContext,
        note: Annotated[str, Field(min_length=3, max_length=500, description="What to keep, in the customer's words.")],
    ) -> ToolResult:
        """Write a note on the customer's record, when they ask to have something noted."""
        try:
            deed = await self._office_for(context).accounts.add_note(
                context.principal.customer_id, text=note, key=context.key
            )
        except NotDone as problem:
            raise explained(problem, "your account") from problem
        return _noted(deed, note)

    async def _account(self, context: ToolContext) -> Account:
        try:
            return await self._office_for(context).accounts.find(context.principal.customer_id)
        except NotDone as problem:
            raise ToolRefused("I cannot find your customer record.") from problem

    def _sent(self, deed: Deed) -> ToolResult:
        where = f"{deed.sent_to}, the address on file" if deed.sent_to else "the address on file"
        summary = f"A password reset link was sent to {where}."
        return ToolResult(joined(summary, self._assures.reset_link), {"sent_to": deed.sent_to}, reference=deed.id)

    async def _earlier_link(self, context: ToolContext) -> ToolResult:
        return self._sent(await self._earlier(context))

    async def _earlier_recovery(self, context: ToolContext, account: str, problem: str) -> ToolResult:
        return _recovery_asked(await self._earlier(context))

    async def _earlier_note(self, context: ToolContext, note: str) -> ToolResult:
        return _noted(await self._earlier(context), note)

    async def _earlier(self, context: ToolContext) -> Deed:
        return await self._office_for(context).deeds.find(context.principal.customer_id, context.key)

    def _record(self) -> Tool:
        return tool(
            title="Looking up your customer record",
            shows=("name", "country", "orders"),
            examples=(("Show me my account and all my orders.", {}),),
        )(self.find_customer)

    def _password(self) -> Tool:
        return tool(
            title="Sending a link for a new password",
            effect="write",
            proof="fresh",
            fresh_minutes=FRESH_MINUTES,
            asked_with=PASSWORD_WORDS,
            again="later",
            again_after_h=1,
            look_up=self._earlier_link,
            examples=(
                ("I forgot my password and can't log in.", {}),
                ("How long must a password be?", None),
            ),
        )(self.send_password_reset)

    def _recovery(self) -> Tool:
        return tool(
            title="Asking for account recovery",
            effect="write",
            whose="nobody",
            tier=2,
            asked_with=RECOVERY_WORDS,
            acts_on=("account",),
            again="later",
            look_up=self._earlier_recovery,
            examples=(
                (
                    "Somebody has hacked my account kim@example.com and changed the e-mail.",
                    {"account": "kim@example.com", "problem": "hacked, and the e-mail was changed"},
                ),
            ),
        )(self.request_account_recovery)

    def _note(self) -> Tool:
        return tool(
            title="Writing a note on your record",
            effect="write",
            asked_with=NOTE_WORDS,
            again="later",
            look_up=self._earlier_note,
            examples=(
                (
                    "Please note on my record that I am only at home in the evening.",
                    {"note": "only at home in the evening"},
                ),
            ),
        )(self.add_note)


def _recovery_asked(deed: Deed) -> ToolResult:
    summary = (
        f"A request for account recovery was opened ({deed.id}). A person checks it first and writes to the address on "
        "file; nothing about the account is told or changed before that."
    )
    return ToolResult(summary, {"request_id": deed.id}, reference=deed.id)


def _noted(deed: Deed, note: str) -> ToolResult:
    return ToolResult(f"Noted on your record: {note}", {"note_id": deed.id}, reference=deed.id)
