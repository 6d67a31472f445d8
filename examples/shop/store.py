"""The shop's own database: orders, refunds, callbacks and tickets in one SQLite file.

Every query names the customer, so nobody's rows are reachable for anybody else. Whatever changes
something takes a key, and the same key again gives the first result.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from examples.shop.seed import CURRENCY, CUSTOMERS, ORDERS

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS customer (id TEXT PRIMARY KEY, name TEXT, email TEXT, country TEXT);
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customer, item TEXT, total TEXT, status TEXT,
    placed_on TEXT, event_on TEXT, carrier TEXT, tracking TEXT);
CREATE TABLE IF NOT EXISTS refund (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, order_id TEXT NOT NULL UNIQUE REFERENCES orders, amount TEXT, reason TEXT);
CREATE TABLE IF NOT EXISTS request (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, customer_id TEXT NOT NULL, detail TEXT);
"""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of one customer."""

    id: str
    item: str
    total: Decimal
    currency: str
    status: str
    placed_on: date
    event_on: date
    carrier: str
    tracking: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's record."""

    id: str
    name: str
    email: str
    country: str


class Shop:
    """Opened anew for each call; SQLite makes that cheap and any number of processes safe."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "shop.sqlite3"

    async def customer(self, customer_id: str) -> Customer | None:
        """A customer's record."""

        def work(connection: sqlite3.Connection) -> Customer | None:
            row = connection.execute("SELECT * FROM customer WHERE id = ?", (customer_id,)).fetchone()
            return Customer(*row) if row else None

        return await self._run(work)

    async def customer_with(self, address: str) -> Customer | None:
        """The one customer with this mail address, however it is written."""

        def work(connection: sqlite3.Connection) -> Customer | None:
            rows = connection.execute("SELECT * FROM customer WHERE lower(email) = ?", (address.strip().lower(),))
            found = [Customer(*row) for row in rows]
            return found[0] if len(found) == 1 else None

        return await self._run(work)

    async def order(self, order_id: str, customer_id: str) -> Order | None:
        """An order, if it is this customer's."""

        def work(connection: sqlite3.Connection) -> Order | None:
            return _order(connection, order_id, customer_id)

        return await self._run(work)

    async def orders(self, customer_id: str) -> list[Order]:
        """All orders of a customer, the newest first."""

        def work(connection: sqlite3.Connection) -> list[Order]:
            sql = "SELECT id FROM orders WHERE customer_id = ? ORDER BY placed_on DESC, id DESC"
            ids = [row[0] for row in connection.execute(sql, (customer_id,))]
            return [order for each in ids if (order := _order(connection, each, customer_id))]

        return await self._run(work)

    async def refund(self, *, order_id: str, customer_id: str, reason: str, key: str) -> str:
        """Refund an order once; returns the refund's id. Raises `LookupError` when it cannot be refunded."""

        def work(connection: sqlite3.Connection) -> str:
            known = connection.execute("SELECT id FROM refund WHERE key = ?", (key,)).fetchone()
            if known:
                return str(known[0])
            order = _order(connection, order_id, customer_id)
            if order is None or order.status not in ("delivered", "shipped"):
                raise LookupError(order_id)
            refund_id = f"RF-{order_id}"
            row = (key, refund_id, order_id, str(order.total), reason)
            connection.execute("INSERT INTO refund VALUES (?, ?, ?, ?, ?)", row)
            connection.execute("UPDATE orders SET status = 'refunded' WHERE id = ?", (order_id,))
            return refund_id

        return await self._run(work)

    async def refund_of(self, key: str) -> str:
        """The id of the refund that was made under a key. Raises `LookupError` when none was."""

        def work(connection: sqlite3.Connection) -> str:
            known = connection.execute("SELECT id FROM refund WHERE key = ?", (key,)).fetchone()
            if known is None:
                raise LookupError(key)
            return str(known[0])

        return await self._run(work)

    async def request(self, *, kind: str, customer_id: str, detail: str, key: str) -> str:
        """Keep a ticket or a callback once; returns its id."""

        def work(connection: sqlite3.Connection) -> str:
            known = connection.execute("SELECT id FROM request WHERE key = ?", (key,)).fetchone()
            if known:
                return str(known[0])
            count = connection.execute("SELECT count(*) FROM request").fetchone()[0]
            request_id = f"{kind}-{4001 + count}"
            connection.execute(
                "INSERT INTO request VALUES (?, ?, ?, ?, ?)", (key, request_id, kind, customer_id, detail)
            )
            return request_id

        return await self._run(work)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def run() -> T:
            with closing(self._open()) as connection, connection:
                return work(connection)

        return await asyncio.to_thread(run)

    def _open(self) -> sqlite3.Connection:
        is_new = not self._path.exists()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=10, isolation_level="IMMEDIATE")
        if is_new or not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'request'").fetchone():
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
            _seed(connection)
        return connection


def _order(connection: sqlite3.Connection, order_id: str, customer_id: str) -> Order | None:
    sql = "SELECT * FROM orders WHERE id = ? AND customer_id = ?"
    row = connection.execute(sql, (order_id, customer_id)).fetchone()
    if row is None:
        return None
    return Order(
        id=row[0],
        item=row[2],
        total=Decimal(row[3]),
        currency=CURRENCY,
        status=row[4],
        placed_on=date.fromisoformat(row[5]),
        event_on=date.fromisoformat(row[6]),
        carrier=row[7],
        tracking=row[8],
    )


def _seed(connection: sqlite3.Connection) -> None:
    today = date.today()  # noqa: DTZ011 - a made-up shop lives in its owner's time zone
    customers = [(each.id, each.name, each.email, each.country) for each in CUSTOMERS]
    orders = [
        (
            each.id,
            each.customer_id,
            each.item,
            each.total,
            each.status,
            (today - timedelta(days=each.placed_days_ago)).isoformat(),
            (today - timedelta(days=each.event_days_ago)).isoformat(),
            each.carrier,
            each.tracking,
        )
        for each in ORDERS
    ]
    with connection:
        connection.executemany("INSERT OR IGNORE INTO customer VALUES (?, ?, ?, ?)", customers)
        connection.executemany("INSERT OR IGNORE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", orders)
