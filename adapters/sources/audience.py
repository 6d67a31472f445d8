"""Who may read a document: what its source says and what it says itself, both of which must admit a reader."""

from collections.abc import Mapping
from typing import Literal, TypeVar

from pydantic import ConfigDict, ValidationError

from adapters.sources.reading import Unreadable
from core.knowledge import Audience
from core.section import Section

_Part = TypeVar("_Part", str, int)
_WORDS = ("tenants", "tenant", "channels", "channel", "tiers", "tier", "verified_only", "audience")


class Told(Section):
    """`audience:` between the `---` lines of a Markdown file."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    tenants: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    tiers: tuple[Literal[1, 2, 3], ...] = ()
    verified_only: bool = False


def audience_of(told: Mapping[str, object], source: Audience) -> Audience:
    """The audience of one document. Raises `Unreadable` rather than show it to more people than was meant."""
    if stray := [each for each in _WORDS[:-1] if each in told]:
        raise Unreadable(f"`{stray[0]}` must stand under `audience:`")
    if not told.get("audience"):
        return source
    try:
        own = Told.model_validate(told["audience"])
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(each) for each in problem["loc"])
        raise Unreadable(f"its audience cannot be understood: {where or 'audience'}: {problem['msg']}") from error
    return Audience(
        _both(own.tenants, source.tenants),
        _both(own.channels, source.channels),
        _both(own.tiers, source.tiers),
        own.verified_only or source.verified_only,
    )


def _both(own: tuple[_Part, ...], source: tuple[_Part, ...]) -> tuple[_Part, ...]:
    if not own or not source:
        return own or source
    common = tuple(each for each in own if each in source)
    if not common:
        raise Unreadable("its audience and that of its source have nobody in common")
    return common
