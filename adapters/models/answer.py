"""One model answer, put together from the chunks that an endpoint streams.

Chunks are read leniently: every field may be missing, null, or of a shape that another vendor made up.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import uuid4

from adapters.models.failures import PassingError
from adapters.models.thinking import ThoughtFilter
from core.errors import ModelError
from core.modelling import ToolCall, Used

Json = Mapping[str, Any]

_CHARS_PER_TOKEN = 4


class _Call:
    __slots__ = ("arguments", "id", "index", "name")

    def __init__(self, index: int | None) -> None:
        self.index = index
        self.id = self.name = self.arguments = ""


class Answer:
    """What came so far."""

    __slots__ = ("_calls", "_filter", "_usage", "chars", "finish", "is_done", "thought")

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._filter = ThoughtFilter()
        self._usage: Json = {}
        self.chars = 0
        """Characters of text and arguments, for an estimate of use."""
        self.finish = ""
        self.is_done = False
        """The endpoint said that the answer is whole."""
        self.thought = False
        """Reasoning came, which is not part of the answer."""

    def take(self, chunk: Json) -> str:
        """Take one chunk in; returns the text it adds to the answer. Raises `ModelError` for an error event."""
        if error := chunk.get("error"):
            raise _error_event(error)
        if isinstance(usage := chunk.get("usage"), dict):
            self._usage = cast("Json", usage)
        choices = chunk.get("choices")
        if not isinstance(choices, list) or not choices:
            return ""
        choice = cast("Json", choices[0])
        if error := choice.get("error"):
            raise _error_event(error)
        if reason := choice.get("finish_reason"):
            self.finish, self.is_done = str(reason), True
        delta: Any = choice.get("delta") or choice.get("message")
        return self._take_delta(cast("Json", delta)) if isinstance(delta, dict) else ""

    def _take_delta(self, delta: Json) -> str:
        if calls := delta.get("tool_calls"):
            for call in cast("Sequence[Json]", calls):
                self._take_call(call)
        elif isinstance(call := delta.get("function_call"), dict):
            self._take_call({"index": 0, "function": call})
        if delta.get("reasoning_content") or delta.get("reasoning"):
            self.thought = True
        content = delta.get("content")
        if not content:
            return ""
        text = content if isinstance(content, str) else _text_of_parts(content)
        self.chars += len(text)
        return self._filter.feed(text)

    def end(self) -> str:
        """Text that was held back, once the answer is whole."""
        return self._filter.end()

    def _take_call(self, part: Json) -> None:
        function = cast("Json", part.get("function") or {})
        call = self._call_for(part.get("index"), str(part.get("id") or ""), str(function.get("name") or ""))
        arguments = function.get("arguments")
        if isinstance(arguments, dict | list):
            arguments = json.dumps(arguments, ensure_ascii=False)
        if arguments:
            call.arguments += str(arguments)
            self.chars += len(str(arguments))

    def _call_for(self, index: object, call_id: str, name: str) -> _Call:
        """The call that a part belongs to: by index, else by id, else a name begins a new one."""
        found: _Call | None = None
        if isinstance(index, int):
            found = next((each for each in reversed(self._calls) if each.index == index), None)
            # Some servers number every call 0: another id with a name is another call all the same.
            if found and name and call_id and found.id and call_id != found.id:
                found = None
        elif call_id:
            found = next((each for each in self._calls if each.id == call_id), None)
        elif self._calls and not name:
            found = self._calls[-1]
        if found is None:
            found = _Call(index if isinstance(index, int) else None)
            self._calls.append(found)
        found.id = found.id or call_id
        found.name = found.name or name
        return found

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The functions asked for, each with an id even where the endpoint gave none."""
        ids: set[str] = set()
        calls: list[ToolCall] = []
        for each in (each for each in self._calls if each.name):
            call_id = each.id if each.id and each.id not in ids else f"call_{uuid4().hex[:16]}"
            ids.add(call_id)
            calls.append(ToolCall(call_id, each.name, each.arguments or "{}"))
        return tuple(calls)

    def used(self, model: str, prompt_chars: int, endpoint: str = "") -> Used:
        """What it took, as the endpoint tells or as an estimate."""
        prompt, completion = self._usage.get("prompt_tokens"), self._usage.get("completion_tokens")
        if isinstance(prompt, int) and isinstance(completion, int):
            details = cast("Json", self._usage.get("prompt_tokens_details") or {})
            cached = details.get("cached_tokens") or self._usage.get("prompt_cache_hit_tokens") or 0
            return Used(model, prompt, completion, int(cached), endpoint=endpoint)
        tokens_in, tokens_out = -(-prompt_chars // _CHARS_PER_TOKEN), -(-self.chars // _CHARS_PER_TOKEN)
        return Used(model, tokens_in, tokens_out, is_estimate=True, endpoint=endpoint)


def _text_of_parts(content: object) -> str:
    if not isinstance(content, list):
        return ""
    parts = cast("list[object]", content)
    texts = (cast("Json", part).get("text") if isinstance(part, dict) else part for part in parts)
    return "".join(text for text in texts if isinstance(text, str))


def _error_event(error: object) -> ModelError:
    code = cast("Json", error).get("code") if isinstance(error, dict) else None
    detail = f" ({code})" if isinstance(code, int) else ""
    return PassingError(f"The endpoint reported an error in place of an answer{detail}.")
