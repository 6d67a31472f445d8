"""Function calls in plain text: how they are asked for, written and found.

Pure text in, values out.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, cast
from uuid import uuid4

from adapters.models.json_text import json_in
from core.modelling import PromptMessage, ToolCall, ToolSpec

_MARKERS = ("{", "[{", "```", "<tool_call>")
_OBJECT = re.compile(r"[{\[]")


def instruction(tools: Sequence[ToolSpec]) -> str:
    """What a model is told about the functions; the same for the same functions, so that caches hit."""
    listed = "\n".join(
        json.dumps({"name": each.name, "description": each.description, "parameters": dict(each.parameters)})
        for each in tools
    )
    return (
        "You can call these functions:\n"
        f"{listed}\n"
        "To call one, answer with nothing but this JSON, and no other word:\n"
        '{"name": "function_name", "arguments": {"argument": "value"}}\n'
        "To call several at once, answer with a JSON list of these. You then get the results and go on. "
        "When no call is needed, answer the customer in plain text, without JSON."
    )


def as_text(messages: Sequence[PromptMessage]) -> list[PromptMessage]:
    """The same conversation without calls and results of the endpoint's own kind."""
    names = {call.id: call.name for message in messages for call in message.calls}
    plain: list[PromptMessage] = []
    for each in messages:
        if each.role == "tool":
            plain.append(PromptMessage("user", f"Result of {names.get(each.call_id, 'the call')}:\n{each.text}"))
        elif each.calls:
            said = [each.text] if each.text else []
            plain.append(PromptMessage("assistant", "\n".join([*said, *map(_written, each.calls)])))
        else:
            plain.append(each)
    return plain


def _written(call: ToolCall) -> str:
    try:
        arguments: object = json.loads(call.arguments)
    except ValueError:
        arguments = call.arguments
    return json.dumps({"name": call.name, "arguments": arguments}, ensure_ascii=False)


class CallGate:
    """Lets an answer's text through as it comes, and keeps back what may be a call.

    A line that begins with a brace, a code fence or a call tag is kept back, with all that follows.
    """

    __slots__ = ("_is_open", "_line", "held")

    def __init__(self) -> None:
        self._line = ""
        self._is_open = False
        self.held = ""

    def feed(self, text: str) -> str:
        """The part that can be shown now."""
        if self.held:
            self.held += text
            return ""
        self._line += text
        shown = ""
        while self._line:
            line, end, rest = self._line.partition("\n")
            begin = line.lstrip()
            if not self._is_open and begin.startswith(_MARKERS):
                self.held, self._line = self._line, ""
            elif self._is_open or end or not any(each.startswith(begin) for each in _MARKERS):
                shown += line + end
                self._line, self._is_open = rest, not end
            else:
                break
        return shown

    def end(self, names: Collection[str]) -> tuple[str, tuple[ToolCall, ...]]:
        """What is left at the end: text to show, or the calls it turned out to be."""
        left = self.held + self._line
        calls = calls_in(left, names) if self.held else ()
        return ("", calls) if calls else (left, ())


def calls_in(text: str, names: Collection[str]) -> tuple[ToolCall, ...]:
    """Calls of known functions that a text consists of, in the shapes that models write them."""
    found = [call for value in _values(text) for call in _calls(value, names)]
    return tuple(found)


def _values(text: str) -> Iterator[object]:
    decoder, at, has_any = json.JSONDecoder(), 0, False
    while begin := _OBJECT.search(text, at):
        try:
            value, at = decoder.raw_decode(text, begin.start())
        except ValueError:
            break
        has_any = True
        yield value
    if not has_any:
        try:
            yield json_in(text)
        except ValueError:
            return


def _calls(value: object, names: Collection[str]) -> Iterator[ToolCall]:
    if isinstance(value, list):
        for each in cast("list[object]", value):
            yield from _calls(each, names)
    if not isinstance(value, dict):
        return
    call = cast("dict[str, Any]", value)
    if isinstance(call.get("function"), dict):
        call = cast("dict[str, Any]", call["function"])
    if "tool_calls" in call:
        yield from _calls(call["tool_calls"], names)
    name = call.get("name") or call.get("tool") or call.get("function")
    if not isinstance(name, str) or name not in names:
        return
    arguments: Any = next((call[key] for key in ("arguments", "parameters", "args") if call.get(key)), "{}")
    written = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    yield ToolCall(f"call_{uuid4().hex[:16]}", name, written)
