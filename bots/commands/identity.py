"""`firstline identity …`: which chat user is known as which customer."""

from datetime import timedelta

import click

from adapters.storage.store import Store
from bots.commands.running import run
from bots.hatch import Asked, Told, at_the_store
from bots.operators import operator, refusal
from bots.records import open_records
from bots.settings import Settings
from core.conversation import Thread
from core.identity import HOW, ChatUser, Link

_KEY = "PLATFORM:TENANT:USER"


@click.group()
def identity() -> None:
    """See, make and take away links between chat users and customers.

    Works on FIRSTLINE_DATABASE_URL, and with a running bot too. A chat user is written PLATFORM:TENANT:USER, as `list`
    shows them. Every change is in the audit.
    """


@identity.command("list")
@click.argument("who", default="")
def list_all(who: str) -> None:
    """All links, or those of WHO: a customer id or a platform's user id."""
    run(at_the_store("identity.list", {"who": who}))


@identity.command()
@click.argument("user", metavar=_KEY)
@click.argument("customer")
def link(user: str, customer: str) -> None:
    """Say that a chat user is a customer: only when you know it for certain."""
    _user_of(user)
    run(at_the_store("identity.link", {"user": user, "customer": customer, "by": operator()}))


@identity.command()
@click.argument("user", metavar=_KEY)
def unlink(user: str) -> None:
    """Take a link away; the next question about an account has to be proved anew."""
    _user_of(user)
    run(at_the_store("identity.unlink", {"user": user, "by": operator()}))


async def listed(store: Store, asked: Asked) -> Told:
    """The links as lines."""
    links = await store.links.all(asked.get("who", ""))
    now = store.database.now()
    return Told([_line(each, is_live=each.is_live(now)) for each in links] or ["Nobody is linked."])


async def linked(store: Store, asked: Asked) -> Told:
    """Make a link; the customer has to be on file where there are records to look into."""
    settings = Settings.read()
    customer_id, user = asked["customer"], _user_of(asked["user"])
    if why := refusal("vouch", asked["by"], Thread(user.tenant, user.platform, "")):
        return Told([why], 1)
    async with open_records(settings, settings.environment.data_folder) as records:
        directory = records.of(user.tenant)
        if directory is not None and await directory.by_id(customer_id) is None:
            return Told([f"There is no customer {customer_id} on file."], 1)
    now = store.database.now()
    until = now + timedelta(days=settings.configuration.identity.days)
    await store.links.put(Link(user, customer_id, "operator", now, until, asked["by"]))
    return Told([f"{asked['user']} is customer {customer_id} until {until:%Y-%m-%d}."])


async def unlinked(store: Store, asked: Asked) -> Told:
    """Take a link away."""
    if await store.links.remove(_user_of(asked["user"]), by=asked["by"]):
        return Told([f"{asked['user']} is linked to nobody now."])
    return Told([f"{asked['user']} was linked to nobody."], 1)


def _line(link: Link, *, is_live: bool) -> str:
    until = f"until {link.until:%Y-%m-%d}" if link.until else "for good"
    by = f", by {link.by}" if link.by else ""
    end = until if is_live else "run out"
    return f"{link.user.key}  customer {link.customer_id}  {HOW[link.how]}, {link.at:%Y-%m-%d %H:%M} UTC{by}  {end}"


def _user_of(key: str) -> ChatUser:
    parts = key.split(":")
    if len(parts) != 3 or not all(parts):
        raise click.BadParameter(f"{key!r} is no chat user. Write {_KEY}, as `firstline identity list` shows them.")
    return ChatUser(parts[1], parts[0], parts[2])
