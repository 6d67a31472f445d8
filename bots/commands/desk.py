"""`firstline desk …`: who may look at the desk in a browser."""

import click

from adapters.storage.store import Store
from adapters.web.desk.accounts import LEAST_CHARS
from bots.commands.running import run
from bots.hatch import Asked, Told, at_the_store
from bots.settings import Settings
from bots.webdesk import accounts_of
from core.casebook import Reach
from core.errors import SettingsError


@click.group()
def desk() -> None:
    """Say who may look at the desk in a browser: queue, cases, why, search, reports. They can change nothing.

    Accounts stand in a file of the data folder, also while the bot runs. Switch the desk on with [desk.web] enabled.
    """


@desk.command("add-user")
@click.argument("name")
@click.option("--tenant", "tenants", multiple=True, metavar="PLATFORM:ID", help="A workspace or server they may see.")
@click.option("--all-tenants", is_flag=True, help="They may see the cases of every workspace and server.")
@click.option("--replace", is_flag=True, help="Give somebody who is there a new password and new tenants.")
def add_user(name: str, tenants: tuple[str, ...], all_tenants: bool, replace: bool) -> None:
    """Let somebody in. The password is asked for, and kept only as a hash."""
    run(_add(name, Reach(frozenset(tenants), is_all=all_tenants), is_new=not replace))


@desk.command("remove-user")
@click.argument("name")
def remove_user(name: str) -> None:
    """Take somebody's way in; a page they have open is their last."""
    run(_remove(name))


@desk.command("sign-out")
@click.argument("name")
def sign_out(name: str) -> None:
    """End all sessions of somebody, who can sign in again."""
    run(at_the_store("desk.sign_out", {"name": name}))


async def signed_out(store: Store, asked: Asked) -> Told:
    """Sign somebody out everywhere."""
    count = await store.desk_sessions.end_all(asked["name"])
    return Told([f"{asked['name']} was signed in {count} times and is no more." if count else "Nobody was signed in."])


@desk.command("users")
def users() -> None:
    """Everybody who may look, and at what."""
    run(_users())


async def _add(name: str, reach: Reach, *, is_new: bool) -> int:
    accounts = accounts_of(Settings.read())
    if is_new and accounts.get(name) is not None:
        raise SettingsError([f"{name} is there already: --replace gives them a new password and new tenants."])
    if not (reach.tenants or reach.is_all):
        raise SettingsError(["Say whose cases they see: --tenant slack:T0123ABCD (more than once), or --all-tenants."])
    password: str = click.prompt(
        f"Password, at least {LEAST_CHARS} characters", hide_input=True, confirmation_prompt=True, err=True
    )
    account = accounts.put(name, password, reach)
    click.echo(f"{account.name} may look at {'every tenant' if account.is_for_all else ', '.join(account.tenants)}.")
    return 0


async def _remove(name: str) -> int:
    if not accounts_of(Settings.read()).remove(name):
        raise SettingsError([f"There is no {name}. `firstline desk users` lists everybody."])
    click.echo(f"{name} may not look any more.")
    return 0


async def _users() -> int:
    accounts = accounts_of(Settings.read()).all()
    for each in accounts:
        click.echo(f"{each.name:<24} {each.role}  {'every tenant' if each.is_for_all else ', '.join(each.tenants)}")
    if not accounts:
        click.echo("Nobody yet: firstline desk add-user NAME --all-tenants")
    return 0
