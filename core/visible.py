"""Text as it is safe to print where characters can be commands: a terminal, a log, a title.

Works character by character, so a stream may be printed piece by piece.
"""

import re

_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line feed, and what turns the direction of writing around."""
_PICTURES = 0x2400
"""Where Unicode keeps pictures of the control characters."""


def printable(text: str) -> str:
    """The text with every command in it made a visible sign; a carriage return is dropped, since it would overwrite."""
    return _COMMANDS.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    char = match.group()
    if char == "\r":
        return ""
    if char < " ":
        return chr(_PICTURES + ord(char))
    if char == "\x7f":
        return "␡"
    return f"\\u{ord(char):04x}"
