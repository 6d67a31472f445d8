"""What a message carries besides what it is about: pasted code, or a question of rules. Pure text in, answers out."""

import re

from core.guards import plain

_FENCE = "```"
_CODE_LINE = re.compile(
    r"^\s*(?:"
    r"Traceback \(most recent call last\):|File \".+\", line \d+|at [\w$.<>]+\(.*(?::\d+)?\)|"
    r"(?:def|class|func|fn|function|import|public|private|const|let|var|SELECT|INSERT|UPDATE|#include)\b.*[;:{(=]|"
    r"from [\w.]+ import |return .*;|"
    r".*[;{}]\s*$|<\/?[a-z][\w-]*(?:\s[^<>]*)?>|[\w.]+\s*=\s*[\w.]+\(.*\)|\$ \w+.*|>>> .+|[+-]{3} [ab]/.+|"
    r"\"?[\w-]+\"?:\s*[\[{\"].*"
    r")"
)
_LEAST_LINES = 2
"""Lines that look like code; one alone may be a turn of phrase."""
_POLICY = re.compile(
    r"\b(policy|policies|terms|conditions?|warranty|guarantee|entitle[sd]?|eligib\w+|rights?|law|statutory|"
    r"contract|clause|liab\w+|compensat\w+|exception|deadline|allowed|permitted|regulation\w*|agb|garantie|"
    r"gewahrleistung|widerruf\w*|anspruch|recht|garantia|derecho|politica|droit|conditions)\b"
)


def has_code(text: str) -> bool:
    """Code, a stack trace, markup or a log was pasted, fenced or not."""
    if _FENCE in text:
        return True
    return sum(_CODE_LINE.match(line) is not None for line in text.splitlines()) >= _LEAST_LINES


def asks_policy(text: str) -> bool:
    """The words are about rules, rights and terms."""
    return _POLICY.search(plain(text)) is not None
