"""How many tokens a prompt has at most, before anybody is asked.

Byte-level tokenizers make at least one token of every few bytes. English takes 4 to 5 bytes a token, German and
French 3.5, Chinese and Japanese 3 to 4, code 3; counted is one for every three bytes, so that reservations hold.
"""

import json

from core.modelling import ModelRequest, PromptMessage, ToolSpec

_BYTES_PER_TOKEN = 3
_PER_MESSAGE = 8
"""Tokens of the template around one message."""
_PER_PICTURE = 2_000
"""What vision models take for a picture of the size that is shown to them."""

_specs: dict[str, tuple[ToolSpec, int]] = {}


def size_bytes(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def message_bytes(message: PromptMessage) -> int:
    """Bytes of a message without its pictures."""
    size = size_bytes(message.text)
    for call in message.calls:
        size += size_bytes(call.name) + size_bytes(call.arguments)
    return size


def tools_bytes(tools: tuple[ToolSpec, ...]) -> int:
    """Bytes of the functions that are offered; each is measured once."""
    size = 0
    for spec in tools:
        known = _specs.get(spec.name)
        if known is None or known[0] is not spec:
            text = json.dumps(spec.parameters, ensure_ascii=False)
            known = _specs[spec.name] = (spec, size_bytes(spec.name + spec.description + text))
        size += known[1]
    return size


def most_tokens(request: ModelRequest) -> int:
    """Tokens that a request takes at most, answer included."""
    size = tools_bytes(request.tools)
    around = 0
    for message in request.messages:
        size += message_bytes(message)
        around += _PER_MESSAGE + _PER_PICTURE * len(message.pictures)
    return -(-size // _BYTES_PER_TOKEN) + around + request.max_tokens
