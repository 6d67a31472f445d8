"""A first judgement of a message by its words alone: no model, no cost, always there."""

import re
from dataclasses import dataclass
from typing import Literal

from core.guards import plain

Sentiment = Literal["angry", "negative", "neutral", "positive"]
Urgency = Literal["low", "normal", "high"]
Tier = Literal[1, 2, 3]
URGENCIES: tuple[Urgency, ...] = ("low", "normal", "high")
OTHER = "other"
"""The category of what belongs to none."""


@dataclass(frozen=True, slots=True)
class Triage:
    """What kind of message this is. `reasons` name what decided."""

    sentiment: Sentiment
    urgency: Urgency
    category: str
    should_escalate: bool
    wants_person: bool
    """The customer asked for a human being in so many words: that is never argued with."""
    reasons: tuple[str, ...]
    signals: frozenset[str] = frozenset()
    """What is beyond doubt, for routing; a model's word alone never gets here."""
    language: str = ""
    """ISO 639-1; empty where the message is too short to tell."""
    tier: Tier = 1
    """1 acts, 2 investigates, 3 is a person; the routing table has the last word."""
    confidence: float = 0.5
    """How often such a judgement of the category is right, from 0 to 1."""

    def as_data(self) -> dict[str, str | bool | float | list[str]]:
        """The judgement as it is recorded and shown."""
        return {
            "sentiment": self.sentiment,
            "urgency": self.urgency,
            "category": self.category,
            "should_escalate": self.should_escalate,
            "language": self.language,
            "tier": self.tier,
            "confidence": round(self.confidence, 3),
            "reasons": list(self.reasons),
        }


def more_urgent(first: Urgency, second: Urgency) -> Urgency:
    """The higher of two."""
    return first if URGENCIES.index(first) > URGENCIES.index(second) else second


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
GRAVE = tuple(_GRAVE)
"""Categories that no bot should settle."""
SIGNALS = (*_GRAVE, "wants_person")
"""Everything that `Triage.signals` may hold."""
_CATEGORIES = {
    "refund": _any(r"refund|money back|reimburs|erstattung|rembours|reembols|rimborso"),
    "damaged_item": _any(r"damag|broken|crushed|dented|scratched|cracked|defect"),
    "order_status": _any(r"where is my|track|parcel|package|deliver|shipp|not (come|arrived)|order (status|#?\d)"),
    "return": _any(r"\breturn|send (it )?back|exchange|umtausch|retour"),
    "password_reset": _any(
        r"\b(forgot\w*|reset\w*|lost|new|expired|remember)\b.{0,25}\bpassword|password (reset|expired|has expired)",
        r"\bpasswort (vergessen|zurucksetzen)|mot de passe oubli|oublie mon mot de passe|olvid\w* (mi|la) contrasena",
    ),
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


def triage(text: str, *, contacts: int = 1) -> Triage:
    """Judge one message by its words. Total: any text gets a judgement.

    `contacts` counts the customer's turns in this case: whoever has to come back again and again is not new.
    """
    words = plain(text)
    grave = [name for name, pattern in _GRAVE.items() if pattern.search(words)]
    categories = grave + [name for name, pattern in _CATEGORIES.items() if pattern.search(words)]
    is_angry = _ANGRY.search(words) is not None or _is_shouting(text)
    wants_person = _PERSON.search(words) is not None
    is_tired = contacts >= _TIRED_FROM
    urgency: Urgency = "high" if grave or _URGENT.search(words) else "normal" if categories else "low"
    if is_tired:
        urgency = URGENCIES[min(len(URGENCIES) - 1, URGENCIES.index(urgency) + 1)]
    return Triage(
        sentiment=_sentiment(words, is_angry=is_angry, is_grave=bool(grave)),
        urgency=urgency,
        category=categories[0] if categories else OTHER,
        should_escalate=bool(grave) or wants_person,
        wants_person=wants_person,
        reasons=(
            *grave,
            *(("asks for a person",) if wants_person else ()),
            *(("angry words",) if is_angry else ()),
            *((f"contact {contacts} in this case",) if is_tired else ()),
        ),
        signals=frozenset((*grave, *(("wants_person",) if wants_person else ()))),
        tier=3 if grave or wants_person else 1,
        confidence=_SURE if grave or wants_person else _BY_WORDS if categories else _BY_NOTHING,
    )


_TIRED_FROM = 4
"""The contact from which a case counts as one that drags on."""
_SURE, _BY_WORDS, _BY_NOTHING = 0.95, 0.6, 0.3
"""Confidence in words for grave things, in words for a category, and where no word told anything."""


def _is_shouting(text: str) -> bool:
    return len(text) > 20 and sum(char.isupper() for char in text) > 0.6 * sum(char.isalpha() for char in text)


def _sentiment(words: str, *, is_angry: bool, is_grave: bool) -> Sentiment:
    if is_angry:
        return "angry"
    if is_grave or _UNHAPPY.search(words):
        return "negative"
    return "positive" if _HAPPY.search(words) else "neutral"
