"""The shop behind the ports that the ready-made tools work on: see `core.backoffice`."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from secrets import token_urlsafe

from core.backoffice import Account, Address, BackOffice, Deed, NotDone, Note, Obstacle, Order, OrderLine, hinted
from core.tools import Money
from examples.shop.mailbox import Mailbox
from examples.shop.seed import CURRENCY
from examples.shop.store import ShopFile, deed_of, keep_deed

_RESET = (
    "Set a new password within one hour: https://shop.example/password/{token}\n\n"
    "You did not ask for it? Then ignore this mail; your password stays as it is."
)
_REFUSALS: dict[str, Obstacle] = {
    "refunded": "already_refunded",
    "cancelled": "never_charged",
    "processing": "not_sent_yet",
}


def open_shop(folder: Path) -> BackOffice:
    """The shop whose file is in this folder; it is made when it is first used."""
    file = ShopFile(folder)
    return BackOffice(ShopOrders(file), ShopAccounts(file, Mailbox(folder)), ShopDesk(file), ShopDeeds(file))


async def _once(file: ShopFile, key: str, customer_id: str, work: Callable[[sqlite3.Connection], Deed]) -> Deed:
    """What `work` does, or what it did when it was asked for under this key before."""

    def act(connection: sqlite3.Connection) -> Deed:
        return deed_of(connection, key, customer_id) or work(connection)

    return await file.run(act)


class ShopOrders:
    """See `core.backoffice.Orders`."""

    def __init__(self, file: ShopFile) -> None:
        self._file = file

    async def find(self, customer_id: str, order_id: str) -> Order:
        """See `Orders`."""
        return await self._file.run(lambda connection: _order(connection, order_id, customer_id))

    async def of_customer(self, customer_id: str) -> tuple[Order, ...]:
        """See `Orders`."""

        def work(connection: sqlite3.Connection) -> tuple[Order, ...]:
            sql = "SELECT id FROM orders WHERE customer_id = ? ORDER BY placed_on DESC, id DESC"
            ids = [str(row[0]) for row in connection.execute(sql, (customer_id,))]
            return tuple(_order(connection, each, customer_id) for each in ids)

        return await self._file.run(work)

    async def refund(
        self, customer_id: str, order_id: str, *, line_ids: tuple[str, ...], amount: Money, reason: str, key: str
    ) -> Deed:
        """See `Orders`."""

        def work(connection: sqlite3.Connection) -> Deed:
            order = _order(connection, order_id, customer_id)
            if order.state in _REFUSALS:
                raise NotDone(_REFUSALS[order.state])
            lines = [line for line in order.lines if line.id in line_ids]
            if not lines or len(lines) != len(set(line_ids)):
                raise NotDone("not_possible")
            if any(line.is_refunded for line in lines):
                raise NotDone("already_refunded")
            if not 0 < amount.amount <= sum(line.price.amount for line in lines) or amount.currency != CURRENCY:
                raise NotDone("too_much")
            deed = keep_deed(
                connection, kind="RF", key=key, customer_id=customer_id, detail=f"{order_id}: {reason}",
                amount=amount.amount,
            )  # fmt: skip
            mark = "UPDATE line SET refund_key = ? WHERE order_id = ? AND id = ?"
            connection.executemany(mark, [(key, order_id, line.id) for line in lines])
            if all(line.is_refunded for line in _order(connection, order_id, customer_id).lines):
                _set_state(connection, order_id, "refunded")
            return deed

        return await _once(self._file, key, customer_id, work)

    async def cancel(self, customer_id: str, order_id: str, *, reason: str, key: str) -> Deed:
        """See `Orders`."""

        def work(connection: sqlite3.Connection) -> Deed:
            _must_be_unsent(_order(connection, order_id, customer_id))
            _set_state(connection, order_id, "cancelled")
            today = datetime.now(UTC).date().isoformat()
            connection.execute("UPDATE orders SET event_on = ? WHERE id = ?", (today, order_id))
            detail = f"{order_id}: {reason}"
            return keep_deed(connection, kind="CN", key=key, customer_id=customer_id, detail=detail)

        return await _once(self._file, key, customer_id, work)

    async def change_address(self, customer_id: str, order_id: str, *, to: Address, key: str) -> Deed:
        """See `Orders`."""

        def work(connection: sqlite3.Connection) -> Deed:
            _must_be_unsent(_order(connection, order_id, customer_id))
            sql = "UPDATE orders SET name = ?, street = ?, postcode = ?, city = ?, country = ? WHERE id = ?"
            connection.execute(sql, (to.name, to.street, to.postcode, to.city, to.country, order_id))
            return keep_deed(connection, kind="AD", key=key, customer_id=customer_id, detail=f"{order_id}: {to}")

        return await _once(self._file, key, customer_id, work)


class ShopAccounts:
    """See `core.backoffice.Accounts`."""

    def __init__(self, file: ShopFile, mailbox: Mailbox) -> None:
        self._file = file
        self._mailbox = mailbox

    async def find(self, customer_id: str) -> Account:
        """See `Accounts`."""

        def work(connection: sqlite3.Connection) -> Account:
            name, email, country = _customer(connection, customer_id)
            sql = "SELECT detail, at FROM deed WHERE kind = 'N' AND customer_id = ? ORDER BY at DESC, id DESC"
            rows = connection.execute(sql, (customer_id,)).fetchall()
            notes = tuple(Note(text, datetime.fromisoformat(at).replace(tzinfo=UTC)) for text, at in rows)
            return Account(customer_id, name, hinted(email), country, notes=notes)

        return await self._file.run(work)

    async def add_note(self, customer_id: str, *, text: str, key: str) -> Deed:
        """See `Accounts`."""

        def work(connection: sqlite3.Connection) -> Deed:
            _customer(connection, customer_id)
            return keep_deed(connection, kind="N", key=key, customer_id=customer_id, detail=text)

        return await _once(self._file, key, customer_id, work)

    async def send_reset_link(self, customer_id: str, *, key: str) -> Deed:
        """See `Accounts`: into the demo's mailbox."""

        def work(connection: sqlite3.Connection) -> tuple[Deed, str]:
            if known := deed_of(connection, key, customer_id):
                return known, ""
            _, email, _ = _customer(connection, customer_id)
            if not email:
                raise NotDone("no_address_on_file")
            done = keep_deed(connection, kind="PW", key=key, customer_id=customer_id, detail="link", sent_to=email)
            return done, email

        deed, email = await self._file.run(work)
        if email:
            await self._mailbox.put(email, "A new password for your account", _RESET.format(token=token_urlsafe(16)))
        return deed

    async def request_recovery(self, customer_id: str, *, account: str, detail: str, key: str) -> Deed:
        """See `Accounts`."""

        def work(connection: sqlite3.Connection) -> Deed:
            said = f"{account}: {detail}"
            return keep_deed(connection, kind="AR", key=key, customer_id=customer_id, detail=said)

        return await _once(self._file, key, customer_id, work)


class ShopDesk:
    """See `core.backoffice.ServiceDesk`."""

    def __init__(self, file: ShopFile) -> None:
        self._file = file

    async def open_ticket(self, customer_id: str, *, subject: str, description: str, key: str) -> Deed:
        """See `ServiceDesk`."""
        return await self._keep("T", customer_id, f"{subject}: {description}", key)

    async def book_call(self, customer_id: str, *, at: datetime, topic: str, key: str) -> Deed:
        """See `ServiceDesk`."""
        return await self._keep("CB", customer_id, f"{at.isoformat()} {topic}", key)

    async def _keep(self, kind: str, customer_id: str, detail: str, key: str) -> Deed:
        def work(connection: sqlite3.Connection) -> Deed:
            _customer(connection, customer_id)
            return keep_deed(connection, kind=kind, key=key, customer_id=customer_id, detail=detail)

        return await _once(self._file, key, customer_id, work)


class ShopDeeds:
    """See `core.backoffice.Deeds`."""

    def __init__(self, file: ShopFile) -> None:
        self._file = file

    async def find(self, customer_id: str, key: str) -> Deed:
        """See `Deeds`."""
        found = await self._file.run(lambda connection: deed_of(connection, key, customer_id))
        if found is None:
            raise LookupError(key)
        return found


def _customer(connection: sqlite3.Connection, customer_id: str) -> tuple[str, str, str]:
    row = connection.execute("SELECT name, email, country FROM customer WHERE id = ?", (customer_id,)).fetchone()
    if row is None:
        raise NotDone("not_found")
    return row[0], row[1], row[2]


def _order(connection: sqlite3.Connection, order_id: str, customer_id: str) -> Order:
    sql = (
        "SELECT status, placed_on, event_on, carrier, tracking, name, street, postcode, city, country FROM orders "
        "WHERE id = ? AND customer_id = ?"
    )
    row = connection.execute(sql, (order_id, customer_id)).fetchone()
    if row is None:
        raise NotDone("not_found")
    found = connection.execute(
        "SELECT id, item, quantity, price, refund_key FROM line WHERE order_id = ? ORDER BY id", (order_id,)
    ).fetchall()
    is_back = row[0] == "refunded"
    lines = tuple(
        OrderLine(line[0], line[1], line[2], Money(Decimal(line[3]), CURRENCY), is_back or line[4] is not None)
        for line in found
    )
    total = Money(sum((line.price.amount for line in lines), Decimal(0)), CURRENCY)
    placed, event = date.fromisoformat(row[1]), date.fromisoformat(row[2])
    return Order(order_id, row[0], lines, total, placed, event, row[3], row[4], Address(*row[5:]))


def _set_state(connection: sqlite3.Connection, order_id: str, state: str) -> None:
    connection.execute("UPDATE orders SET status = ? WHERE id = ?", (state, order_id))


def _must_be_unsent(order: Order) -> None:
    if order.state == "cancelled":
        raise NotDone("already_cancelled")
    if order.state != "processing":
        raise NotDone("already_sent")
