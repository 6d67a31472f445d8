"""The workspaces that have installed the bot, over a database."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from adapters.storage import audit
from adapters.storage.database import Database
from adapters.storage.installtables import install_state, installation
from core.installing import Installation

_ALL = (
    select(installation)
    .where(installation.c.platform == bindparam("of_platform"))
    .order_by(installation.c.at, installation.c.tenant)
)
_REMOVE = delete(installation).where(
    installation.c.platform == bindparam("of_platform"), installation.c.tenant == bindparam("of_tenant")
)
_USE = delete(install_state).where(
    install_state.c.digest == bindparam("of_digest"), install_state.c.until > bindparam("now")
)
_SWEEP = delete(install_state).where(install_state.c.until <= bindparam("now"))


class StoredInstallations:
    """The `Installations` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, platform: str) -> list[Installation]:
        """Every installation of a platform, the oldest first."""
        asked = {"of_platform": platform}
        return await self._database.read(
            lambda connection: [
                Installation(row.platform, row.tenant, row.name, row.token, row.by, row.at)
                for row in connection.execute(_ALL, asked).all()
            ]
        )

    async def keep(self, new: Installation) -> None:
        """Keep it in the place of an earlier one."""
        now = self._database.now()

        def work(connection: Connection) -> None:
            connection.execute(_REMOVE, {"of_platform": new.platform, "of_tenant": new.tenant})
            connection.execute(
                insert(installation),
                {
                    "platform": new.platform,
                    "tenant": new.tenant,
                    "name": new.name,
                    "token": new.token,
                    "by": new.by,
                    "at": new.at,
                },
            )
            audit.note(
                connection, at=now, case_id="", what="installed", by=new.by, platform=new.platform, tenant=new.tenant
            )

        await self._database.write(work)

    async def remove(self, platform: str, tenant: str) -> bool:
        """Take it away, with its token."""
        now = self._database.now()

        def work(connection: Connection) -> bool:
            if not connection.execute(_REMOVE, {"of_platform": platform, "of_tenant": tenant}).rowcount:
                return False
            audit.note(
                connection, at=now, case_id="", what="uninstalled", by=platform, platform=platform, tenant=tenant
            )
            return True

        return await self._database.write(work)

    async def begin(self, state: str, *, until: datetime) -> None:
        """Remember a state; those that have run out are swept."""
        now = self._database.now()

        def work(connection: Connection) -> None:
            connection.execute(_SWEEP, {"now": now})
            connection.execute(insert(install_state), {"digest": _digest(state), "until": until})

        await self._database.write(work)

    async def finish(self, state: str) -> bool:
        """Use a state up, once."""
        used = {"of_digest": _digest(state), "now": self._database.now()}
        return await self._database.write(lambda connection: connection.execute(_USE, used).rowcount == 1)


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
