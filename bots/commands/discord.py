"""`firstline discord …`: what has to be opened in Discord."""

import click

from adapters.discord.invite import invite_url


@click.group()
def discord() -> None:
    """Set up Discord."""


@discord.command()
@click.argument("application_id")
def invite(application_id: str) -> None:
    """Print the address that invites the bot into a server, with no more permissions than it uses."""
    if not application_id.isdecimal():
        raise click.BadParameter(
            f"{application_id!r} is not an application id: copy it from discord.com/developers, General Information."
        )
    click.echo(invite_url(application_id))
