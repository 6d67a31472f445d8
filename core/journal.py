"""What a turn has finished so far, so that after a restart it goes on from there.

A step is known by its kind and its number within the turn: the same turn over the same messages asks in the
same order. What was shown is not kept; a step that is known is simply not made again.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

from pydantic import JsonValue, TypeAdapter

T = TypeVar("T")


class KeepStep(Protocol):
    """Saves a finished step."""

    async def __call__(self, key: str, result: JsonValue) -> None:
        """Durable on return. Raises `LostTurn` when somebody else works on the turn by now."""
        ...


async def _forget(key: str, result: JsonValue) -> None:
    """For turns that nobody will go on with."""


class Journal:
    """The steps of one attempt at a turn."""

    def __init__(self, known: Mapping[str, JsonValue] | None = None, keep: KeepStep = _forget) -> None:
        self._known = dict(known or {})
        self._keep = keep
        self._counts: Counter[str] = Counter()
        self._later: list[tuple[str, JsonValue]] = []
        self._has_kept = False

    @property
    def has_kept(self) -> bool:
        """A step of this attempt was saved."""
        return self._has_kept

    def next_key(self, kind: str) -> str:
        """The name of the next step of its kind, in the order in which they are begun."""
        self._counts[kind] += 1
        return f"{kind}:{self._counts[kind]}"

    def known(self, key: str, kind: TypeAdapter[T]) -> T | None:
        """What an earlier attempt finished under this key."""
        found = self._known.get(key)
        return None if found is None else kind.validate_python(found)

    async def keep(self, key: str, kind: TypeAdapter[T], result: T) -> None:
        """Save a finished step, and those before it that were to be kept later."""
        steps, self._later = [*self._later, (key, kind.dump_python(result, mode="json"))], []
        self._has_kept = True
        for each, made in steps:
            await self._keep(each, made)

    def keep_later(self, key: str, kind: TypeAdapter[T], result: T) -> None:
        """Save a finished step with the next one. The end of the turn makes it needless: nothing is saved then."""
        self._later.append((key, kind.dump_python(result, mode="json")))

    async def once(self, key: str, kind: TypeAdapter[T], make: Callable[[], Awaitable[T]]) -> T:
        """The known result, or the one that is made and saved now."""
        if (found := self.known(key, kind)) is not None:
            return found
        made = await make()
        await self.keep(key, kind, made)
        return made
