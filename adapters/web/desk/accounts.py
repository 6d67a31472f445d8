"""Who may look at the desk: names, password hashes and tenants, kept in one file that only its owner can read."""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from core.casebook import Reach
from core.errors import SettingsError

FILE_NAME = "desk-accounts.json"
LEAST_CHARS = 12
_MOST_CHARS = 512
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_TENANT = re.compile(r"[a-z]+:[^\s:]+")
# 32 MB and some 0.1 s of one core for a guess: the first of the parameters that OWASP names for scrypt, N halved twice.
_N, _R, _P = 2**15, 8, 1
_MEMORY_BYTES = 64 * 1024 * 1024


class Account(BaseModel):
    """Somebody who may look."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    role: Literal["viewer"] = "viewer"
    """Viewers read; nobody does more here."""
    tenants: tuple[str, ...] = ()
    """`platform:tenant` each."""
    is_for_all: bool = False
    salt: str
    hash: str

    @property
    def reach(self) -> Reach:
        """Whose cases they see."""
        return Reach(frozenset(self.tenants), is_all=self.is_for_all)


_ACCOUNTS = TypeAdapter(tuple[Account, ...])
_NOBODY = Account(name="", salt="00" * 16, hash="00" * 32)


class Accounts:
    """The file. It is read again when it has changed, so whoever is removed is out at their next look."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at: tuple[int, int] | None = None
        self._known: dict[str, Account] = {}

    def all(self) -> list[Account]:
        """Everybody, by name. Raises `SettingsError` for a file that cannot be read."""
        self._refresh()
        return sorted(self._known.values(), key=lambda account: account.name)

    def get(self, name: str) -> Account | None:
        """Somebody by name."""
        self._refresh()
        return self._known.get(name.casefold())

    def check(self, name: str, password: str) -> Account | None:
        """The account if the password is right. Takes as long for a name that is not known; blocks."""
        account = self.get(name) or _NOBODY
        is_right = hmac.compare_digest(_hash(password[:_MOST_CHARS], account.salt), account.hash)
        return account if is_right and account is not _NOBODY else None

    def put(self, name: str, password: str, reach: Reach) -> Account:
        """Add somebody, or give them a new password and tenants. Raises `SettingsError` naming what is wrong."""
        name = name.casefold()
        if problems := _problems(name, password, reach):
            raise SettingsError(problems)
        salt = secrets.token_hex(16)
        account = Account(
            name=name,
            tenants=tuple(sorted(reach.tenants)),
            is_for_all=reach.is_all,
            salt=salt,
            hash=_hash(password, salt),
        )
        self._refresh()
        self._write({**self._known, name: account})
        return account

    def remove(self, name: str) -> bool:
        """Take somebody's way in; False when there was none."""
        self._refresh()
        left = {each: account for each, account in self._known.items() if each != name.casefold()}
        if len(left) == len(self._known):
            return False
        self._write(left)
        return True

    def _refresh(self) -> None:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            self._known, self._read_at = {}, None
            return
        if self._read_at == (found.st_mtime_ns, found.st_ino):
            return
        try:
            accounts = _ACCOUNTS.validate_json(self._file.read_bytes())
        except (OSError, ValidationError) as error:
            raise SettingsError(
                [f"{self._file} cannot be read as accounts of the desk. Mend it, or remove it and add them anew."]
            ) from error
        self._known = {account.name: account for account in accounts}
        self._read_at = (found.st_mtime_ns, found.st_ino)

    def _write(self, known: dict[str, Account]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_name(f".{self._file.name}.{secrets.token_hex(4)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(_ACCOUNTS.dump_json(tuple(known.values()), indent=1))
            out.flush()
            os.fsync(out.fileno())
        # A reader finds the old file or the new one, never half of either.
        draft.replace(self._file)


def _problems(name: str, password: str, reach: Reach) -> list[str]:
    problems: list[str] = []
    if not _NAME.fullmatch(name):
        problems.append(f"{name!r} is no name for an account: up to 64 letters, digits and . _ @ -")
    if not LEAST_CHARS <= len(password) <= _MOST_CHARS:
        problems.append(f"A password has {LEAST_CHARS} to {_MOST_CHARS} characters: choose a few words.")
    problems += [
        f"{each!r} is no tenant: write it like slack:T0123ABCD or discord:246813579246813579."
        for each in sorted(reach.tenants)
        if not _TENANT.fullmatch(each)
    ]
    if not (reach.tenants or reach.is_all):
        problems.append(
            "Say whose cases they see: --tenant slack:T0123ABCD, more than once if needed, or --all-tenants."
        )
    return problems


def _hash(password: str, salt: str) -> str:
    made = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=_N, r=_R, p=_P, maxmem=_MEMORY_BYTES, dklen=32)
    return made.hex()
