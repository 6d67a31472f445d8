"""The command `firstline`. Each subcommand is imported only when it runs, so help is instant."""

import importlib
import os
from typing import Any

import click

_COMMANDS = {
    "answers": ("bots.commands.answers", "answers", "Texts that a person approved: add, review, renew, retire."),
    "gaps": ("bots.commands.gaps", "gaps", "What the knowledge lacks, by what customers asked."),
    "approvals": ("bots.commands.approvals", "approvals", "See and decide what waits for a person."),
    "case": ("bots.commands.case", "case", "Explain a case, or print its transcript."),
    "chat": ("bots.commands.chat", "chat", "Talk to the bot in this terminal."),
    "cost": ("bots.commands.cost", "cost", "What models cost, will cost, and would cost at other prices."),
    "db": ("bots.commands.db", "db", "Bring the database up to date, or see whether it is."),
    "customer": ("bots.commands.customer", "customer", "Export or forget all that is kept about a person."),
    "demo": ("bots.commands.chat", "demo", "Open the playground: customer and staff side by side in a browser."),
    "desk": ("bots.commands.desk", "desk", "Say who may look at the desk in a browser."),
    "discord": ("bots.commands.discord", "discord", "Set up Discord."),
    "doctor": ("bots.commands.doctor", "doctor", "Look whether everything is set up, and name what is missing."),
    "kb": ("bots.commands.kb", "kb", "Knowledge: add sources, sync, search and look at them."),
    "identity": ("bots.commands.identity", "identity", "See and change which chat user is known as which customer."),
    "report": ("bots.commands.report", "report", "What was resolved, by whom, how fast and at what use of models."),
    "route": ("bots.commands.route", "route", "Explain where a message would go, and why."),
    "run": ("bots.commands.run", "run", "Run a process until it is told to stop (SIGTERM or Ctrl-C)."),
    "slack": ("bots.commands.slack", "slack", "Set up Slack."),
    "triage": ("bots.commands.triage", "triage", "Teach the first pass of triage, and see how well it knows."),
}
"""Name to: module, the command in it, its line of help."""


class LazyGroup(click.Group):
    """A group whose commands are known by a line of help until one of them is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, imported now; None for an unknown one."""
        if cmd_name not in _COMMANDS:
            return None
        module, name, _ = _COMMANDS[cmd_name]
        # Read once when numpy is imported. Searches are short: threads that wait for each other made them longer.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        command: Any = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][2]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="firstline")
def main() -> None:
    """Firstline: the support agent that answers first, in Slack and Discord."""
