"""The till: caps kept and calls written down for whoever is not in a transaction of their own."""

from secrets import token_hex

from sqlalchemy import Connection

from adapters.storage.database import Database
from adapters.storage.reserving import reserve_more, settle_expired, settle_tab
from core.errors import BudgetReached
from core.spending import Account, Amount, Caps, Tab


class StoredTill:
    """The `Till` port over a database."""

    def __init__(self, database: Database, caps: Caps) -> None:
        self._database = database
        self._caps = caps

    def house_tab(self) -> Tab:
        """A tab for what no turn asks for."""
        account = Account(f"house-{token_hex(8)}", 1, day=f"{self._database.now():%Y-%m-%d}")
        return Tab(account, units=account.units(self._caps))

    async def more(self, tab: Tab, least: Amount) -> Amount:
        """Reserve at least this much more. Raises `BudgetReached`; then nothing was reserved."""
        now = self._database.now()
        granted, refused = await self._database.write(
            lambda connection: reserve_more(connection, tab.account, self._caps, least, now=now)
        )
        if refused:
            raise BudgetReached(refused)
        return granted

    async def settle(self, tab: Tab) -> None:
        """Save the calls of a tab that is no turn's, and give back what was reserved and not spent."""

        def work(connection: Connection) -> None:
            settle_tab(connection, tab)

        await self._database.write(work)

    async def expire(self) -> int:
        """Pay in full what nobody settled in time; how many reservations."""
        now = self._database.now()
        return await self._database.write(lambda connection: settle_expired(connection, now=now))
