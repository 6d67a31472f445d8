"""Who is signed in, and who has tried too often."""

import hashlib
import secrets
from collections import deque
from datetime import datetime, timedelta

from adapters.web.desk.accounts import Account, Accounts
from core.deskdoor import DeskSession, DeskSessions
from core.ports import Clock

_TRIES_WITHIN = timedelta(minutes=15)
_MOST_SESSIONS = 1_000
_SEEN_EVERY = timedelta(minutes=1)
"""A look is noted no more often than that."""
_MOST_KEYS = 10_000


class Sessions:
    """Sessions by the hash of their cookie, kept as rows."""

    def __init__(
        self, accounts: Accounts, rows: DeskSessions, clock: Clock, *, session_h: float, idle_min: float
    ) -> None:
        self._accounts = accounts
        self._rows = rows
        self._clock = clock
        self._longest = timedelta(hours=session_h)
        self._idle = timedelta(minutes=idle_min)

    async def begin(self, account: Account) -> str:
        """Sign in; the cookie's value."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        new = DeskSession(_key(token), account.name, _key(account.hash), secrets.token_urlsafe(24), now, now)
        await self._rows.begin(new, most=_MOST_SESSIONS)
        return token

    async def find(self, token: str) -> tuple[DeskSession, Account] | None:
        """The session of a cookie with its account as it is now; None when there is none any more."""
        session, now = await self._rows.find(_key(token)) if token else None, self._clock.now()
        if session is None:
            return None
        account = self._accounts.get(session.name)
        if account is None or _key(account.hash) != session.mark or not self._holds(session, now):
            await self._rows.end(session.key)
            return None
        if now - session.seen_at >= min(_SEEN_EVERY, self._idle / 4):
            await self._rows.seen(session.key, now)
        return session, account

    async def end(self, token: str) -> None:
        """Sign out."""
        if token:
            await self._rows.end(_key(token))

    def _holds(self, session: DeskSession, now: datetime) -> bool:
        return now - session.began_at < self._longest and now - session.seen_at < self._idle


class Tries:
    """Counts wrong passwords by name and by address."""

    def __init__(self, clock: Clock, *, per_name: int) -> None:
        self._clock = clock
        self._limits = {"name": per_name, "address": 4 * per_name}
        self._wrong: dict[tuple[str, str], deque[datetime]] = {}

    def take(self, name: str, address: str) -> bool:
        """Count a try before it is made; False when there were too many, and it must not be made."""
        now = self._clock.now()
        keys = (("name", name.casefold()[:64]), ("address", address))
        if any(len(self._recent(key, now)) >= self._limits[key[0]] for key in keys):
            return False
        for key in keys:
            self._wrong.setdefault(key, deque()).append(now)
        if len(self._wrong) > _MOST_KEYS:
            self._wrong = {key: times for key in list(self._wrong) if (times := self._recent(key, now))}
        return True

    def forgive(self, name: str, address: str) -> None:
        """The password was right."""
        self._wrong.pop(("name", name.casefold()[:64]), None)
        if times := self._wrong.get(("address", address)):
            times.pop()

    def _recent(self, key: tuple[str, str], now: datetime) -> deque[datetime]:
        times = self._wrong.get(key, deque[datetime]())
        while times and now - times[0] >= _TRIES_WITHIN:
            times.popleft()
        return times


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
