"""The two parties of a case, whatever platform they sit at, and what messages there say."""

from collections.abc import Callable
from typing import Any, Protocol

Json = dict[str, Any]


class Customer(Protocol):
    """Whoever needs something."""

    async def says(self, text: str) -> None:
        """Write it to the bot."""
        ...

    async def mends(self, text: str) -> bool:
        """Change the last words; False where a platform knows no such thing."""
        ...

    async def goes(self, *, is_gone: bool) -> bool:
        """Become unreachable, or reachable again; False where that cannot be."""
        ...

    async def until(self, there: Callable[["Customer"], Any]) -> None:
        """Wait until they see something."""
        ...

    def reads(self, text: str) -> bool:
        """They see these words, and nothing else in one message."""
        ...

    @property
    def files(self) -> list[str]:
        """Names of the files they see."""
        ...


class Team(Protocol):
    """A person of the team, in the case's room."""

    async def presses(self, action: str) -> None:
        """A button of ours, once it is there."""
        ...

    async def writes(self, text: str, *, file: tuple[str, bytes] | None = None) -> Json:
        """Type into the room; the message."""
        ...

    async def changes(self, message: Json, text: str) -> None:
        """Type it otherwise."""
        ...

    async def takes_back(self, message: Json) -> None:
        """Delete it."""
        ...

    async def until_reads(self, text: str) -> None:
        """Wait until the bot has said it, in the room or the channel."""
        ...


def parts(whole: Json, name: str) -> list[Json]:
    """What is listed under a name; nothing where it is missing."""
    return whole.get(name) or []


def slack_text(message: Json) -> str:
    """The Markdown a message of ours shows; its plain text where it has none."""
    blocks = parts(message, "blocks")
    return str(blocks[0]["text"]) if blocks and blocks[0]["type"] == "markdown" else str(message.get("text", ""))


def discord_text(message: Json) -> str:
    """What a message says, without its small print."""
    return "\n".join(line for line in str(message["content"]).split("\n") if not line.startswith("-# ")).strip()
