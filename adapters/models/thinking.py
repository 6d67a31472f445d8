"""Keep a reasoning model's spoken thoughts out of its answer.

Pure text in, text out. Some endpoints send thoughts inside the answer, between `<think>` tags at its start.
"""

_OPEN, _CLOSE = "<think>", "</think>"


class ThoughtFilter:
    """Drops a `<think>…</think>` block that begins an answer, and the blank lines around it."""

    __slots__ = ("_held", "_state")

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"

    def feed(self, text: str) -> str:
        """The part of the answer that can be shown now."""
        if self._state == "answer":
            return text
        self._held += text
        if self._state == "start":
            begun = self._held.lstrip()
            if not begun.startswith(_OPEN):
                if _OPEN.startswith(begun):
                    return ""
                return self._answer(self._held)
            self._state = "thought"
        _, closed, rest = self._held.partition(_CLOSE)
        if self._state == "thought" and closed:
            self._state, self._held = "after", rest
        if self._state == "after" and self._held.lstrip():
            return self._answer(self._held.lstrip())
        return ""

    def end(self) -> str:
        """What was held back and turned out to be no thought."""
        return self._answer(self._held) if self._state == "start" else ""

    def _answer(self, text: str) -> str:
        self._state, self._held = "answer", ""
        return text
