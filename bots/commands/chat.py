"""`firstline chat` and `firstline demo`: talk to it on this machine."""

from pathlib import Path

import click

from bots.commands.running import run

_AS = click.option("--as", "customer", default="", metavar="CUSTOMER", help="Play this demo customer (id or name).")


@click.command()
@click.option("--once", metavar="TEXT", help="Send one message, wait for its answer, end.")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON event a line.")
@click.option(
    "--image",
    "images",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A picture to send with the (first) message; may be given several times.",
)
@_AS
def chat(once: str | None, is_json: bool, images: tuple[Path, ...], customer: str) -> None:
    """Talk to the bot in this terminal."""
    from bots import terminal_chat

    run(terminal_chat.chat(once=once, is_json=is_json, images=images, customer=customer))


@click.command()
@click.option("--reset", is_flag=True, help="Begin with a fresh demo shop and an empty history.")
@_AS
def demo(reset: bool, customer: str) -> None:
    """Open the playground: customer and staff side by side in a browser."""
    from bots import web

    run(web.run(reset=reset, customer=customer))
