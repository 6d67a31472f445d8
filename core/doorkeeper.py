"""Walks somebody through proving which customer they are, in private, step by step.

What a person is told depends on what that person did, never on whether an address is known: nobody learns here who is a
customer. Codes live in the mail and in the head of who reads it; no log, transcript or model sees one.
"""

import asyncio
import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal, Protocol

from core.errors import DeliveryError
from core.identity import Challenge, Challenges, ChatUser, CodeSender, Directory, Link, Links, OnFile, Step
from core.ports import Clock
from core.settings import IdentitySettings

log = logging.getLogger(__name__)

_HOUR = timedelta(hours=1)
_DIGITS = 6
_CODE = re.compile(r"(?<![\w#-])(\d{3})[ -]?(\d{3})(?![\w-])")
_CODE_ALONE = re.compile(r"\W*\d{3}[ -]?\d{3}\W*")
_ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,180}\.[^\s@<>\".]{2,24}")
_SEND_S = 60.0
_PAGES_A_CODE = 5
"""Opening the company's page costs nobody anything, so it may be done more often than sending a code."""

ASK_ADDRESS = "Which e-mail address do we have of you? We send a one-time code there."
NOT_AN_ADDRESS = "That does not look like an e-mail address. Write it like name@example.com."
SENT = (
    "If that address is on file, a code is on its way to it. It is good for {minutes} minutes, only for you in this "
    "chat. Enter it here; give it to nobody else, not even to us."
)
SENT_ON_FILE = "We have sent a code to your address on file. Enter it here; it is good for {minutes} minutes."
ENTER = "Enter the code that we sent. It is good for {minutes} minutes after you asked for it."
WRONG = "That is not the code. Look at the newest message from us and try again."
OVER = "That code is no longer good. Ask for a new one."
TOO_MANY = "You have asked for several codes already. Try again in an hour, or talk to a person."
KNOWN = "Thank you, I know who you are now."
NO_WAY = "I cannot verify anybody from here. Please talk to a person."
PAGE = "Open [your account page]({url}), where you are logged in, and confirm there. Then enter here the code it shows."
PAGE_OR_CODE = PAGE + "\n\nOr have a code sent to you: which e-mail address do we have of you?"
HEARD_WRONG = "That is not the code that we sent. Press **Verify it's me** again for a new one."


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at the door."""

    user: ChatUser
    name: str
    turn_id: str = ""


class Page(Protocol):
    """The company's own page, on which customers are logged in."""

    def address(self, caller: Caller, challenge: Challenge) -> str:
        """A one-time address of it, for this person and challenge alone."""
        ...


class Doorkeeper:
    """One a process. `run` it beside the rest: it is what sends the codes."""

    def __init__(
        self,
        *,
        links: Links,
        challenges: Challenges,
        settings: IdentitySettings,
        clock: Clock,
        directory: Directory | None = None,
        by_tenant: Mapping[str, Directory] | None = None,
        sender: CodeSender | None = None,
        page: Page | None = None,
    ) -> None:
        self._links = links
        self._challenges = challenges
        self._settings = settings
        self._clock = clock
        self._directory = directory
        self._by_tenant = by_tenant or {}
        """Records of tenants whose customers are not in the common ones."""
        self._sender = sender
        self._page = page
        self._outgoing: asyncio.Queue[tuple[OnFile, str]] = asyncio.Queue(maxsize=1_000)

    @property
    def can_verify(self) -> bool:
        """There is a way for somebody to prove who they are."""
        return self._sends or self._page is not None

    @property
    def can_vouch(self) -> bool:
        """There are records in which staff may say that somebody stands."""
        return bool(self._directory or self._by_tenant)

    @property
    def _sends(self) -> bool:
        return self.can_vouch and self._sender is not None

    async def run(self) -> None:
        """Send codes, one after the other, for ever: how long that takes tells nobody anything."""
        while True:
            to, code = await self._outgoing.get()
            try:
                async with asyncio.timeout(_SEND_S):
                    assert self._sender is not None, "only what can be sent is put into the queue"
                    await self._sender.send(to, code, minutes=int(self._settings.code_minutes))
            except (DeliveryError, TimeoutError) as error:
                log.error("a verification code was not sent", extra={"why": str(error) or type(error).__name__})
            except Exception as error:  # noqa: BLE001 - a sender may be foreign code: it may raise anything
                log.error("a verification code was not sent", extra={"why": type(error).__name__})

    async def begin(self, caller: Caller, *, anew: bool = False) -> Step:
        """The first step, or where they had got to."""
        if not self.can_verify:
            return Step(NO_WAY)
        now = self._clock.now()
        waiting = None if anew else await self._challenges.current(caller.user, now=now)
        if waiting is not None and waiting.kind == "code":
            return Step(self._with_minutes(ENTER), "code")
        link = await self._links.of(caller.user)
        if self._sends and link is not None and link.is_live(now):
            return await self._again(caller, link)
        if self._page is None:
            return Step(ASK_ADDRESS, "address")
        challenge = self._challenge(caller, "page", "", about=caller.user.key)
        if await self._open(challenge) == "person_full":
            return Step(TOO_MANY)
        text = PAGE_OR_CODE if self._sends else PAGE
        return Step(text.format(url=self._page.address(caller, challenge)), "address" if self._sends else "code")

    async def send_code(self, caller: Caller, address: str) -> Step:
        """Send a code to the address on file, if this is one; what they are told is the same either way."""
        address = address.strip().casefold()
        if _CODE_ALONE.fullmatch(address):
            return await self.try_code(caller, address)  # they came back from the page with a code
        if not self._sends:
            return Step(NO_WAY)
        if not _ADDRESS.fullmatch(address):
            return Step(NOT_AN_ADDRESS, "address")
        directory = self._directory_of(caller.user)
        try:
            found = await directory.by_address(address) if directory else None
        except DeliveryError as error:
            log.error("the customer records do not answer", extra={"why": str(error)})
            found = None
        return await self._send(caller, found, about=address, line=SENT)

    async def try_code(self, caller: Caller, text: str) -> Step:
        """Compare what they entered; right once, and only for the one who asked."""
        now = self._clock.now()
        waiting = await self._challenges.current(caller.user, now=now)
        if waiting is None or waiting.kind != "code":
            return Step(OVER, "address" if self._sends else "nothing")
        found = _CODE.search(text)
        if found is None:
            return Step(WRONG, "code")
        counted = await self._challenges.attempt(waiting.id, most=self._settings.tries, now=now)
        if counted is None:
            return Step(OVER, "address" if self._sends else "nothing")
        answer = await asyncio.to_thread(_secret_of, found[1] + found[2], counted.id)
        if not hmac.compare_digest(answer, counted.secret) or not counted.customer_id:
            is_over = counted.tries >= self._settings.tries
            return Step(OVER, "address" if self._sends else "nothing") if is_over else Step(WRONG, "code")
        how = "signed_link" if counted.about == caller.user.key else "code"
        link = Link(caller.user, counted.customer_id, how, now, now + timedelta(days=self._settings.days))
        if not await self._challenges.redeem(counted.id, link):
            return Step(OVER)
        return Step(KNOWN, is_done=True, turn_id=counted.turn_id or caller.turn_id)

    async def came_back(self, challenge_id: str, user: ChatUser, customer_id: str) -> str:
        """The company's page says who is logged in; returns the code to show there. Raises `LookupError`.

        The code has to be entered in the chat by the one who asked: whoever only passed the address on gets nothing.
        """
        code = _new_code()
        secret = await asyncio.to_thread(_secret_of, code, challenge_id)
        now = self._clock.now()
        waiting = await self._challenges.current(user, now=now)
        if not customer_id or waiting is None or waiting.id != challenge_id:
            raise LookupError(challenge_id)
        if await self._challenges.claim(challenge_id, customer_id=customer_id, secret=secret, now=now) is None:
            raise LookupError(challenge_id)
        return code

    async def vouched(self, user: ChatUser, customer_id: str, *, by: str) -> tuple[bool, str]:
        """Somebody of staff (`human:<id>`, and in a staff place: see to that) says who a chat user is."""
        staff_id = by.partition(":")[2]
        allowed = self._settings.vouchers
        if not by.startswith("human:") or (allowed and staff_id not in allowed):
            return False, "You may not vouch for anybody."
        if staff_id == user.author_id:
            return False, "Nobody vouches for themselves."
        directory = self._directory_of(user)
        if directory is None:
            return False, "Nobody can be vouched for: no customer records are connected. See docs/identity.md."
        try:
            found = await directory.by_id(customer_id) if customer_id else None
        except DeliveryError as error:
            log.error("the customer records do not answer", extra={"why": str(error)})
            return False, "The customer records do not answer just now."
        if found is None:
            return False, "There is no such customer on file. Write it like `vouch C-1001`."
        now = self._clock.now()
        until = now + timedelta(days=self._settings.days)
        await self._links.put(Link(user, found.customer_id, "vouched", now, until, by))
        return True, f"Noted: this is customer {found.customer_id} until {until:%Y-%m-%d}, on your word."

    async def knows(self, user: ChatUser) -> bool:
        """It has been proved who this is, and that still holds."""
        link = await self._links.of(user)
        return link is not None and link.is_live(self._clock.now())

    async def heard(self, caller: Caller, text: str) -> Step | None:
        """A message that holds a code which somebody was to enter in private; None for any other message."""
        if _CODE.search(text) is None:
            return None
        waiting = await self._challenges.current(caller.user, now=self._clock.now())
        if waiting is None or waiting.kind != "code":
            return None
        step = await self.try_code(caller, text)
        if step.is_done:
            return step
        return Step(HEARD_WRONG) if _CODE_ALONE.fullmatch(text) else None

    def _directory_of(self, user: ChatUser) -> Directory | None:
        return self._by_tenant.get(user.tenant, self._directory)

    async def _again(self, caller: Caller, link: Link) -> Step:
        """Somebody who is known already shows that it is still them."""
        directory = self._directory_of(caller.user)
        try:
            found = await directory.by_id(link.customer_id) if directory else None
        except DeliveryError as error:
            log.error("the customer records do not answer", extra={"why": str(error)})
            return Step(NO_WAY)
        return await self._send(caller, found, about=link.customer_id, line=SENT_ON_FILE)

    async def _send(self, caller: Caller, found: OnFile | None, *, about: str, line: str) -> Step:
        code = _new_code()
        challenge = self._challenge(caller, "code", found.customer_id if found else "", about=about)
        # The same work for an address that nobody has, so that time tells nothing either.
        challenge = replace(challenge, secret=await asyncio.to_thread(_secret_of, code, challenge.id))
        opened = await self._open(challenge)
        if opened == "person_full":
            return Step(TOO_MANY)
        if opened == "open" and found is not None:
            try:
                self._outgoing.put_nowait((found, code))
            except asyncio.QueueFull:
                log.error("a verification code was not sent", extra={"why": "too many wait to be sent"})
        return Step(self._with_minutes(line), "code")

    async def _open(self, challenge: Challenge) -> str:
        settings = self._settings
        return await self._challenges.open(
            challenge,
            per_person=settings.codes_per_hour * (1 if challenge.kind == "code" else _PAGES_A_CODE),
            per_address=settings.codes_per_hour,
            since=challenge.at - _HOUR,
        )

    def _challenge(self, caller: Caller, kind: Literal["code", "page"], customer_id: str, *, about: str) -> Challenge:
        now = self._clock.now()
        return Challenge(
            id=secrets.token_urlsafe(18),
            user=caller.user,
            kind=kind,
            customer_id=customer_id,
            about=about if about == caller.user.key else hashlib.sha256(about.encode()).hexdigest(),
            secret="",
            at=now,
            expires_at=now + timedelta(minutes=self._settings.code_minutes),
            turn_id=caller.turn_id,
        )

    def _with_minutes(self, line: str) -> str:
        return line.format(minutes=f"{self._settings.code_minutes:g}")


def _new_code() -> str:
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def _secret_of(code: str, challenge_id: str) -> str:
    """What is kept of a code: slow to guess from, and of no use for another challenge."""
    return hashlib.scrypt(code.encode(), salt=challenge_id.encode(), n=2**12, r=8, p=1).hex()
