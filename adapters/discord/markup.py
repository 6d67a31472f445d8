"""What people write in Discord, as Markdown for the core."""

import re
from collections.abc import Callable

_TOKEN = re.compile(
    r"<(?:@!?(?P<user>\d+)|@&(?P<role>\d+)|#(?P<channel>\d+)|a?:(?P<emoji>\w+):\d+|/(?P<command>[^:>]+):\d+)>"
)

NameOf = Callable[[str, str], str]
"""Kind (`user`, `role`, `channel`) and id to a name; empty where it is not known."""


def to_markdown(text: str, *, own: frozenset[str], name_of: NameOf) -> str:
    """Mentions as names, emoji as `:name:`, mentions of the bot (its user or role id in `own`) removed."""

    def replace(match: re.Match[str]) -> str:
        kind, value = str(match.lastgroup), str(match.group(str(match.lastgroup)))
        if kind in ("user", "role"):
            return "" if value in own else f"@{name_of(kind, value) or value}"
        if kind == "channel":
            return f"#{name_of(kind, value) or value}"
        return f":{value}:" if kind == "emoji" else f"/{value}"

    return _TOKEN.sub(replace, text).strip()
