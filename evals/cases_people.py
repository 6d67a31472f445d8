"""Made-up customers whose data holds a word that nobody else's does: seen anywhere else, it was leaked."""

import random
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from examples.shop.store import ShopFile

_STARTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_SYLLABLES = 5


@dataclass(frozen=True, slots=True)
class Order:
    """One order of one thing."""

    id: str
    canary: str
    """Part of the thing's name."""
    price: str
    state: str
    tracking: str


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody with an account at the shop."""

    id: str
    canary: str
    """Their family name."""
    email: str
    order: Order

    @property
    def canaries(self) -> frozenset[str]:
        """Words that nobody else may be shown."""
        return frozenset((self.canary, self.order.canary, self.order.tracking))


class People:
    """Makes customers; the same seed makes the same."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._words: set[str] = set()
        self.customers: list[Customer] = []

    def word(self) -> str:
        """A word that was not there before."""
        while True:
            made = "".join(self._rng.choice(_STARTS) + self._rng.choice(_VOWELS) for _ in range(_SYLLABLES))
            if made not in self._words:
                self._words.add(made)
                return made

    def customer(self, *, price: str = "20.00", state: str = "delivered") -> Customer:
        """One more, with one order."""
        n = len(self.customers)
        family = self.word().title()
        order = Order(str(20_000 + n), self.word().title(), price, state, self.word().upper())
        made = Customer(f"K-{1000 + n}", family, f"{family.lower()}@example.com", order)
        self.customers.append(made)
        return made

    async def move_in(self, folder: Path) -> None:
        """Give everybody an account and an order at the shop of a folder."""
        await ShopFile(folder).run(self._insert)

    def _insert(self, connection: sqlite3.Connection) -> None:
        today = date.today()  # noqa: DTZ011 - like the shop itself
        placed, event = (today - timedelta(days=5)).isoformat(), (today - timedelta(days=2)).isoformat()
        for who in self.customers:
            home = ("Lime Street 1", "10115", "Berlin")
            row = (who.id, f"Kim {who.canary}", who.email, "Germany", *home)
            connection.execute("INSERT INTO customer VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            order = who.order
            is_sent = order.state != "processing"
            sent = ("DHL", order.tracking) if is_sent else ("", "")
            where = (f"Kim {who.canary}", *home, "Germany")
            values = (order.id, who.id, order.state, placed, event, *sent, *where)
            connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            line = (order.id, "1", f"Lamp {order.canary}", 1, order.price)
            connection.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?, NULL)", line)


async def deeds(folder: Path) -> dict[str, list[str]]:
    """What was done at the shop, by customer: the kinds of deeds."""

    def work(connection: sqlite3.Connection) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for who, kind in connection.execute("SELECT customer_id, kind FROM deed ORDER BY at, id"):
            found.setdefault(str(who), []).append(str(kind))
        return found

    return await ShopFile(folder).run(work)
