"""People whom their platform itself vouches for: the company's own staff, by their confirmed address."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from core.conversation import Author, Thread
from core.errors import DeliveryError
from core.identity import ChatUser, Directory, Link, Links, NativeMail
from core.ports import Clock
from core.settings import IdentitySettings

log = logging.getLogger(__name__)

_HOLDS = timedelta(hours=12)
"""After that the platform is asked again: people leave."""


class WorkspaceLinks:
    """Implements `core.identity.NativeLinks`."""

    def __init__(
        self,
        links: Links,
        mail: NativeMail,
        directory: Directory | None,
        *,
        settings: IdentitySettings,
        clock: Clock,
        by_tenant: Mapping[str, Directory] | None = None,
    ) -> None:
        self._links = links
        self._mail = mail
        self._directory = directory
        self._by_tenant = by_tenant or {}
        self._domains = {each.casefold().lstrip("@") for each in settings.workspace_domains}
        self._workspaces = frozenset(settings.workspaces)
        self._clock = clock

    async def renewed(self, author: Author, place: Thread) -> Link | None:
        """See `core.identity.NativeLinks`."""
        if self._workspaces and place.tenant not in self._workspaces:
            return None  # others decide themselves which addresses their members have
        address = (await self._mail.of(author, place)).casefold()
        if address.rpartition("@")[2] not in self._domains:
            return None
        try:
            directory = self._by_tenant.get(place.tenant, self._directory)
            found = await directory.by_address(address) if directory else None
        except DeliveryError as error:
            log.warning("the customer records do not answer", extra={"why": str(error)})
            return None
        if found is None:
            return None
        now = self._clock.now()
        link = Link(ChatUser.of(author.id, place), found.customer_id, "workspace", now, now + _HOLDS)
        await self._links.put(link)
        return link
