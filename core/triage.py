"""A first judgement of a message by its words alone: no model, no cost, always there."""

import re
from dataclasses import dataclass
from typing import Literal

from core.guards import plain

Sentiment = Literal["angry", "negative", "neutral", "positive"]
Urgency = Literal["low", "normal", "high"]


@dataclass(frozen=True, slots=True)
class Triage:
    """What kind of message this is. `reasons` name the words that decided."""

    sentiment: Sentiment
    urgency: Urgency
    category: str
    should_escalate: bool
    wants_person: bool
    """The customer asked for a human being in so many words: that is never argued with."""
    reasons: tuple[str, ...]

    @property
    def signals(self) -> frozenset[str]:
        """What the words say beyond doubt, for routing."""
        asked = ("wants_person",) if self.wants_person else ()
        return frozenset(each for each in (*self.reasons, *asked) if each in SIGNALS)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_PERSON = _any(
    r"\b(talk|speak|chat|connect|transfer|escalate|put me through)\b.{0,30}\b(human|person|agent|someone|somebody|"
    r"representative|rep|manager|supervisor|colleague|people|staff)\b",
    r"\b(real|actual|live) (human|person|agent)\b",
    r"^\W*(human|agent|operator|representative)( please)?\W*$",
    r"\b(want|need|get me|give me)\b.{0,15}\b(a human|a person|an agent|a manager|human being)\b",
    r"\bhuman,? please\b",
    r"\bmit (einem|einer) (menschen|mitarbeiter|person)",
    r"\bparler (a|avec) (un|une) (humain|personne|conseiller|agent)",
    r"\bhablar con (un|una) (persona|humano|agente)",
)
_GRAVE = {
    "legal": _any(r"\b(lawyer|attorney|sue|suing|lawsuit|legal action|court|anwalt|avocat|abogado)\b"),
    "fraud": _any(r"\b(fraud|scam(med)?|stolen card|identity theft|unauthori[sz]ed (charge|payment|transaction))"),
    "threat": _any(r"\b(kill you|bomb|hurt you|burn (it|you) down)\b"),
    "self_harm": _any(r"\b(kill myself|suicid\w*|end my life|self.?harm|hurt myself)\b"),
    "data_loss": _any(
        r"\b(deleted|lost|wiped|erased|destroyed)\b.{0,30}\b(project|data|files?|work|account|everything|database)\b"
    ),
}
SIGNALS = (*_GRAVE, "wants_person")
"""Everything that `Triage.signals` may hold."""
_CATEGORIES = {
    "refund": _any(r"refund|money back|reimburs|erstattung|rembours|reembols|rimborso"),
    "damaged_item": _any(r"damag|broken|crushed|dented|scratched|cracked|defect"),
    "order_status": _any(r"where is my|track|parcel|package|deliver|shipp|not (come|arrived)|order (status|#?\d)"),
    "return": _any(r"\breturn|send (it )?back|exchange|umtausch|retour"),
    "account": _any(r"password|log ?in|sign ?in|account|2fa|locked out"),
    "bug": _any(r"\b(bug|crash\w*|error|exception|does ?n.t work|not working|fails?)\b"),
    "billing": _any(r"invoice|bill(ed|ing)|charge[ds]?\b|payment|subscription"),
}
_ANGRY = _any(
    r"\b(useless|ridiculous|unacceptable|terrible|worst|furious|angry|disgrace|pathetic|garbage|wtf|damn)\b",
    r"!{3,}",
)
_UNHAPPY = _any(r"\b(disappoint\w*|annoy\w*|frustrat\w*|unhappy|bad|again|still (no|not|waiting)|damaged|broken)\b")
_HAPPY = _any(r"\b(thanks|thank you|great|perfect|awesome|love it|danke|merci|gracias)\b")
_URGENT = _any(r"\b(urgent\w*|asap|immediately|right now|emergency|today|dringend|sofort|urgente)\b")


def triage(text: str) -> Triage:
    """Judge one message. Total: any text gets a judgement."""
    words = plain(text)
    grave = [name for name, pattern in _GRAVE.items() if pattern.search(words)]
    categories = grave + [name for name, pattern in _CATEGORIES.items() if pattern.search(words)]
    is_shouting = len(text) > 20 and sum(char.isupper() for char in text) > 0.6 * sum(char.isalpha() for char in text)
    is_angry = _ANGRY.search(words) is not None or is_shouting
    wants_person = _PERSON.search(words) is not None
    if is_angry:
        sentiment: Sentiment = "angry"
    elif grave or _UNHAPPY.search(words):
        sentiment = "negative"
    else:
        sentiment = "positive" if _HAPPY.search(words) else "neutral"
    urgency: Urgency = "high" if grave or _URGENT.search(words) else "normal" if categories else "low"
    reasons = [
        *grave,
        *(["asks for a person"] if wants_person else []),
        *(["angry words"] if is_angry else []),
    ]
    return Triage(
        sentiment=sentiment,
        urgency=urgency,
        category=categories[0] if categories else "other",
        should_escalate=bool(grave) or wants_person,
        wants_person=wants_person,
        reasons=tuple(reasons),
    )
