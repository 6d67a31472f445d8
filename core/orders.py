"""What a message in a case's room asks for. Pure."""

import re
from dataclasses import dataclass

from core.conversation import Message
from core.reply import Enclosed, enclosed_in

_TO_CUSTOMER = re.compile(r"\s*(?:>>|&gt;&gt;)[ \t]*")
MARKS = re.compile(r"\s*(?:(?:>>|&gt;&gt;)|reply\b[:,]?)[ \t]*", re.IGNORECASE)
"""What stands before words for the customer."""
_VERB = re.compile(
    r"\s*(reply|note|save|vouch|claim|take over|take|release|return|resolve|callback|priority|transcript|reassign|"
    r"snooze|send draft|discard|category|help)\b[:,]?\s*",
    re.IGNORECASE,
)
_VERBS = {"take over": "take_over", "take": "claim", "return": "hand_back", "send draft": "send_draft"}
HELP = (
    "Here only our team reads along. `>> text` or `@me reply text` goes to the customer; `@me claim`, `take over`, "
    "`release`, `return`, `resolve`, `send draft`, `discard`, `reassign name` (or `tier 2`), `snooze 14:00` (or `2h`), "
    "`save`, `transcript`, `note text`, `vouch CUSTOMER`, `priority low`, `category sizing`, "
    "`callback 2026-11-26 15:00 why`. In any staff place: `@me away until 14:00`, `available`, `who`."
)


@dataclass(frozen=True, slots=True)
class Order:
    """What a message in a room asks for."""

    verb: str
    """`reply`, `note`, `claim`, `take_over`, `release`, `hand_back`, `resolve`, `callback`, `priority`, `save`,
    `transcript`, `reassign`, `snooze`, `send_draft`, `discard`, `category`, `vouch`, `help`; `talk`: nothing."""
    text: str = ""
    enclosed: tuple[Enclosed, ...] = ()
    """Pictures that go to the customer with it."""


def order_of(message: Message) -> Order:
    """Read a message of a room. Without a mark it is talk among the team, whatever it says."""
    if marked := _TO_CUSTOMER.match(message.text):
        return Order("reply", message.text[marked.end() :].strip(), enclosed_in(message))
    if not message.mentions_us:
        return Order("talk", message.text)
    found = _VERB.match(message.text)
    if found is None:
        return Order("help")
    verb = found[1].lower()
    return Order(_VERBS.get(verb, verb), message.text[found.end() :].strip(), enclosed_in(message))
