"""Text in which nothing can call anybody, on Slack and on Discord alike.

Whatever a model or a customer wrote passes `neutral` before an adapter sends it, code included: a mention in
a code block still pings on some surfaces. An invisible word joiner goes into each form that would ping, late
enough that ordinary words (`@heron`, `<!-- comment -->`, `List<@NonNull X>`) are left alone.

What an adapter may rely on: `neutral(text)` begins with `neutral(beginning)` for every beginning of `text`, so
a stream can be sent piece by piece, wherever the pieces break; and `neutral` leaves neutral text as it is.
"""

import regex

JOINER = "\u2060"
"""Word joiner: nothing is seen, and what it stands in is no longer a mention."""

_HIDDEN = r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]*"
"""What is not seen: a platform that drops such characters must not find a mention behind them."""

_CALLS = ("everyone", "channel", "here")
_SLACK_CALLS = ("everyone", "channel", "here", "group", "subteam")


def _spelled(word: str) -> str:
    return _HIDDEN.join(word)


def _before_last(lead: str, word: str) -> str:
    """Between the last two letters of a word, which can be told before anything that follows it is known."""
    return rf"(?<={lead}{_HIDDEN}{_spelled(word[:-1])}{_HIDDEN})(?<!{JOINER})(?={word[-1]})"


_PLACES = regex.compile(
    "|".join(
        [
            # No mail address: `ann@hereford.example`.
            *(rf"(?<![\w.+-]@{word[:-1]}){_before_last('[@＠﹫]', word)}" for word in _CALLS),
            *(_before_last(rf"<{_HIDDEN}!", word) for word in _SLACK_CALLS),
            # <@U…> and <#C…> of Slack; <@1…>, <@!1…>, <@&1…> and <#1…> of Discord.
            rf"(?<=<{_HIDDEN}[@#]{_HIDDEN}[UWBCGD]{_HIDDEN})(?<!{JOINER})(?=[A-Z0-9])",
            rf"(?<=<{_HIDDEN}[@#]{_HIDDEN}[!&]?{_HIDDEN})(?<!{JOINER})(?=\d)",
        ]
    ),
    regex.IGNORECASE,
)
_SIGNS = regex.compile("[@＠﹫]|<[^a-z/]", regex.IGNORECASE)
_PINGS = regex.compile(
    r"""
      (?<![\w.+-])[@＠﹫](?:everyone|channel|here)
    | <!(?:everyone|channel|here|group|subteam)
    | <[@\#][UWBCGD][A-Z0-9]
    | <[@\#][!&]?\d
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_UNSEEN = regex.compile(_HIDDEN.removesuffix("*").replace(r"\u2060-\u2064", r"\u2061-\u2064"))


def neutral(text: str) -> str:
    """The same text to the eye, in which nothing pings."""
    # Most texts have neither sign, and looking behind every letter costs a millisecond a kilobyte.
    return _PLACES.sub(JOINER, text) if _SIGNS.search(text) else text


def pings(text: str) -> list[str]:
    """Every form in a text that could call somebody, hidden characters aside; for checks on what was sent."""
    return [match.group() for match in _PINGS.finditer(_UNSEEN.sub("", text))]
