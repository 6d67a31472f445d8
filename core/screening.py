"""Screening of text from outside before it is kept as knowledge: what speaks to a machine, or hides from people.

Pure text in, text and reasons out. It finds the usual ways of writing such things, not all of them: what protects
customers is that knowledge is data and authority is code; this keeps the plain cases out of answers altogether.
"""

import re

from core.guards import plain

_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_JOINERS = re.compile("(?<=[A-Za-z0-9])[\u200c\u200d]+(?=[A-Za-z0-9])")
"""Joiners are letters' business in many scripts and of pictures; between Latin letters they only hide words."""
_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")
_FEW = r"(?:[\w'-]+,? ){0,5}"
_TWO = r"(?:[\w'-]+ ){0,2}"
_MACHINE = r"(?:ai(?: model)?|gpt-?\d?|a\.i\.|llms?|language models?|chat ?bots?|(?:ai|virtual|automated|support) (?:assistants?|agents?)|crawlers?)"
_ENCODED = re.compile(r"(?<![\w/+,;=-])(?=[A-Za-z0-9+/]*\d)(?=[A-Za-z0-9+/]*[A-Z])[A-Za-z0-9+/]{160,}={0,2}")
_QUOTED_CHARS = 80
_LEAST_HIDDEN_WORDS = 3

_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.MULTILINE))
    for reason, pattern in (
        (
            "tells its reader to ignore instructions",
            rf"\b(?:ignore|disregard|forget|override|bypass|skip|neglect) {_FEW}(?:\w{{0,3}}structions?|rules|prompts?|guidelines?"
            rf"|directives?|constraints|restrictions|training|programming|(?:said|written|told) (?:above|before))\b"
            rf"|\b(?:do not|don't|stop) (?:follow|obey|apply)\w* {_FEW}(?:instructions?|rules|prompts?|guidelines?)\b"
            rf"|\b(?:new|updated|real|actual|following|override) (?:system )?(?:instructions?|directives?) ?(?:for you|:|override)"
            rf"|\bignorier\w* {_FEW}(?:anweisung\w*|regeln|vorgaben|befehle\w*)|\bvergiss {_FEW}(?:anweisung\w*|regeln)"
            rf"|\b(?:ignore[zr]?|oublie[zr]?) {_FEW}(?:consignes|instructions|regles)"
            rf"|\b(?:ignor[ae]|olvida|ignorar|ignorate|dimentica) {_FEW}(?:instruccion\w*|instrucoes|istruzioni|reglas|regras)",
        ),
        (
            "gives its reader another role",
            r"\byou are (?:now|no longer) (?:an? (?:[\w-]+ ){0,3}(?:ai|assistant|bot|model|agent|system|expert|hacker)\b"
            r"|bound|restricted|limited to your|in \w+ mode|acting|operating|dan\b|free of|free from)|\bfrom now on,? (?:you|act|answer|respond|reply|always)\b"
            rf"|\b(?:act|behave|respond|answer) as (?:if you (?:are|were)|(?:an? |the )?(?:{_MACHINE}|system|root|admin\w*|dan)\b)"
            r"|\bpretend (?:to be|you are|that you)\b|\b(?:developer|god|dan|debug|maintenance) mode\b|\bjailbreak",
        ),
        (
            "speaks to a machine",
            rf"\b(?:attention|notes? (?:to|for)|messages? (?:to|for)|to you|instructions? (?:to|for)|dear|hey|hello|if you are|you are)"
            rf",? (?:all |any |the |an? )?{_MACHINE}\b|\b(?:the|your) (?:original )?task (?:that )?i gave you\b|\bas an? (?:ai|language model)\b|\bsystem prompts?\b"
            rf"|\b{_MACHINE} (?:reading|processing|summari[sz]ing|indexing|answering|that reads?|must|shall)\b"
            r"|\bwhen (?:asked|the (?:user|customer) asks),? (?:always |only )?(?:say|answer|reply|respond|tell)\b",
        ),
        (
            "asks to keep something from people",
            rf"\b(?:do not|don't|never|without) {_TWO}(?:tell|telling|inform|informing|mention|mentioning|notify|notifying"
            rf"|alert|alerting)(?: (?:this|it|anything|any of this|that))?(?: to)? (?:the |any |your |our )?(?:users?|humans?"
            rf"|customers? (?:about|of) (?:this|these|it))\b",
        ),
        (
            "asks to send away what is secret",
            rf"\b(?:send|forward|post|upload|e-?mail|transmit|leak|exfiltrate|print|reveal|output|repeat) {_FEW}(?:(?:entire|whole|full|complete) conversation"
            r"|chat history|system message|credentials|api keys?|secrets?|your (?:instructions|prompt|rules))\b",
        ),
        (
            "asks people for a secret at an address",
            r"\b(?:enter|type|give|send|tell|confirm|submit|share) (?:in )?(?:your|their) (?:[\w'-]+ ){0,2}(?:password|passcode|pin"
            r"|card number|cvv|cvc|security code|one-time code|seed phrase)s?\b[^.!?\n]{0,60}https?://",
        ),
        (
            "imitates the marks of a conversation with a model",
            r"<\|?(?:im_start|im_end|system|assistant|user|endoftext)\|?>|\[/?inst\]|<</?sys>>"
            r"|^\W{0,4}(?:system|assistant|developer)\W{0,3}:(?=\s)|^#{2,} ?\(?(?:system|instructions?|response)(?:[_ ]message)?\)? ?(?::|$|\))"
            r"|#{2,} ?\(system[_ ]message\)"
            r"|</?(?:passages?|picture|events|function_results?|tool_calls?)\b",
        ),
    )
)


def screened(text: str, *, title: str = "") -> tuple[str, tuple[str, ...]]:
    """The text without characters that nobody sees, and why it should not be quoted; nothing for most texts."""
    clean = _JOINERS.sub("", _UNSEEN.sub("", text))
    flags = list(reasons(f"{title}\n{clean}"))
    if hidden := hidden_tags(text):
        flags.append(f"holds words in invisible characters: “{_short(hidden)}”")
    return clean, tuple(flags)


def reasons(text: str) -> tuple[str, ...]:
    """What in a text speaks to a machine, each with the words that do."""
    seen = _JOINERS.sub("", _UNSEEN.sub("", text))
    compared = re.sub(r"[ \t]+", " ", plain(seen)).replace("’", "'")
    found = [f"{why}: “{_short(match[0])}”" for why, pattern in _REASONS if (match := pattern.search(compared))]
    if encoded := _ENCODED.search(seen):
        found.append(f"holds a long encoded text: “{encoded[0][:24]}…”")
    return tuple(found)


def hidden_tags(text: str) -> str:
    """Words written in Unicode's invisible tag characters."""
    return " ".join("".join(chr(ord(char) - 0xE0000) for char in each) for each in _TAGS.findall(text))


def hidden_note(hidden: str) -> str:
    """What to tell of a hidden text; empty for one that is too short to say anything."""
    words = hidden.split()
    if len(words) < _LEAST_HIDDEN_WORDS:
        return ""
    return f"hidden text of {len(words)} words left out: “{_short(hidden)}”"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED_CHARS else text[: _QUOTED_CHARS - 1] + "…"
