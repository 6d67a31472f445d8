"""Who is signed in, and who has tried too often. Kept in memory: a restart signs everybody out."""

import hashlib
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.web.desk.accounts import Account, Accounts
from core.ports import Clock

_TRIES_WITHIN = timedelta(minutes=15)
_MOST_SESSIONS = 1_000
_MOST_KEYS = 10_000


@dataclass(slots=True)
class Session:
    """One browser that is signed in."""

    name: str
    mark: str
    """The password's hash at sign-in: another one ends the session."""
    began_at: datetime
    seen_at: datetime
    form_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """What forms of this session bring along, so that no other page can send them."""


class Sessions:
    """Sessions by the hash of their cookie: what stands in memory opens nothing."""

    def __init__(self, accounts: Accounts, clock: Clock, *, session_h: float, idle_min: float) -> None:
        self._accounts = accounts
        self._clock = clock
        self._longest = timedelta(hours=session_h)
        self._idle = timedelta(minutes=idle_min)
        self._open: dict[str, Session] = {}

    def begin(self, account: Account) -> str:
        """Sign in; the cookie's value."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        self._open = {key: each for key, each in self._open.items() if self._holds(each, now)}
        while len(self._open) >= _MOST_SESSIONS:
            del self._open[next(iter(self._open))]
        self._open[_key(token)] = Session(account.name, account.hash, now, now)
        return token

    def find(self, token: str) -> tuple[Session, Account] | None:
        """The session of a cookie with its account as it is now; None when there is none any more."""
        session, now = self._open.get(_key(token)), self._clock.now()
        if session is None:
            return None
        account = self._accounts.get(session.name)
        if account is None or account.hash != session.mark or not self._holds(session, now):
            del self._open[_key(token)]
            return None
        session.seen_at = now
        return session, account

    def end(self, token: str) -> None:
        """Sign out."""
        self._open.pop(_key(token), None)

    def _holds(self, session: Session, now: datetime) -> bool:
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
