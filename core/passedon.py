"""What somebody quotes or passes on is said by somebody else: it is answered to, but wishes for nothing."""

_MARK = ">"


def own_words(text: str) -> str:
    """A message without its quotations."""
    if _MARK not in text:
        return text
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(_MARK)).strip()


def passed_on(text: str) -> str:
    """Somebody else's message as a quotation."""
    return "\n".join(f"{_MARK} {line}" for line in text.splitlines())
