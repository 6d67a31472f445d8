"""The shop's own database: customers, orders and what was done about them, in one SQLite file.

Every query names the customer, so nobody's rows are reachable for anybody else. Whatever changes something takes a
key, and the same key again gives the first result.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from core.backoffice import Deed, hinted
from core.tools import Money
from examples.shop.seed import CURRENCY, CUSTOMERS, ORDERS, SeedOrder

T = TypeVar("T")

_VERSION = 2
_TABLES = ("customer", "orders", "line", "deed", "refund", "request")
_SCHEMA = """
CREATE TABLE customer (id TEXT PRIMARY KEY, name TEXT, email TEXT, country TEXT, street TEXT, postcode TEXT, city TEXT);
CREATE TABLE orders (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customer, status TEXT, placed_on TEXT, event_on TEXT,
    carrier TEXT, tracking TEXT, name TEXT, street TEXT, postcode TEXT, city TEXT, country TEXT);
CREATE TABLE line (
    order_id TEXT NOT NULL REFERENCES orders, id TEXT NOT NULL, item TEXT, quantity INTEGER, price TEXT,
    refund_key TEXT REFERENCES deed, PRIMARY KEY (order_id, id));
CREATE TABLE deed (
    key TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, customer_id TEXT NOT NULL, detail TEXT,
    amount TEXT, sent_to TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP);
"""


class ShopFile:
    """Opened anew for each call; SQLite makes that cheap and any number of processes safe."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "shop.sqlite3"

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Work inside one transaction, which takes the file for itself from its first statement on."""

        def run() -> T:
            with closing(self._open()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                with connection:
                    return work(connection)

        return await asyncio.to_thread(run)

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        try:
            if _version_of(connection) != _VERSION:
                _create(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    """A fresh shop. One of an older form holds nothing but made-up orders, so it is not carried over."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if _version_of(connection) == _VERSION:
            return  # somebody else was faster
        for table in reversed(_TABLES):
            connection.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        _seed(connection)
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def _seed(connection: sqlite3.Connection) -> None:
    today = date.today()  # noqa: DTZ011 - a made-up shop lives in its owner's time zone
    customers = {each.id: each for each in CUSTOMERS}
    for each in CUSTOMERS:
        row = (each.id, each.name, each.email, each.country, each.street, each.postcode, each.city)
        connection.execute("INSERT INTO customer VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    for order in ORDERS:
        owner = customers[order.customer_id]
        placed, event = (today - timedelta(days=n) for n in (order.placed_days_ago, order.event_days_ago))
        row = (order.id, owner.id, order.status, placed.isoformat(), event.isoformat(), order.carrier, order.tracking)
        where = (owner.name, owner.street, owner.postcode, owner.city, owner.country)
        connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *where))
        connection.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, NULL)", _lines(order))


def _lines(order: SeedOrder) -> list[tuple[str, str, str, int, str]]:
    rest = sum((Decimal(each.price) for each in order.more), Decimal(0))
    first = (order.id, "1", order.item, 1, str(Decimal(order.total) - rest))
    return [first, *((order.id, str(n), each.item, each.quantity, each.price) for n, each in enumerate(order.more, 2))]


def deed_of(connection: sqlite3.Connection, key: str, customer_id: str) -> Deed | None:
    """What was done under a key for this customer."""
    sql = "SELECT id, amount, sent_to FROM deed WHERE key = ? AND customer_id = ?"
    row = connection.execute(sql, (key, customer_id)).fetchone()
    if row is None:
        return None
    return Deed(row[0], Money(Decimal(row[1]), CURRENCY) if row[1] else None, row[2])


def keep_deed(
    connection: sqlite3.Connection,
    *,
    kind: str,
    key: str,
    customer_id: str,
    detail: str,
    amount: Decimal | None = None,
    sent_to: str = "",
) -> Deed:
    """Write down what was done, under a number of its own."""
    count = connection.execute("SELECT count(*) FROM deed").fetchone()[0]
    row = (key, f"{kind}-{4001 + count}", kind, customer_id, detail, str(amount) if amount is not None else None)
    connection.execute(
        "INSERT INTO deed (key, id, kind, customer_id, detail, amount, sent_to) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*row, hinted(sent_to)),
    )
    done = deed_of(connection, key, customer_id)
    assert done is not None
    return done
