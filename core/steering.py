"""What pictures change about a turn: its category, and the words that knowledge is searched with."""

from collections.abc import Sequence
from dataclasses import replace

from core.finding import Finding
from core.triage import Triage

_MOST_WORDS_CHARS = 400


def steered(judged: Triage, findings: Sequence[Finding]) -> Triage:
    """The judgement with what was seen; a picture gives a category where words gave none, and lowers nothing."""
    if judged.category not in ("other", "order_status"):
        return judged
    if any(each.shows_damage for each in findings):
        return replace(judged, category="damaged_item", reasons=(*judged.reasons, "damage in a picture"))
    if judged.category == "other" and any(each.error_codes or each.error_messages for each in findings):
        return replace(judged, category="bug", reasons=(*judged.reasons, "an error in a picture"))
    return judged


def search_words(finding: Finding) -> str:
    """What of a finding helps to find the passage that answers: errors first, then what is seen, no numbers."""
    damage = f"{finding.product} arrived damaged" if finding.shows_damage else finding.product
    errors = " ".join((*finding.error_codes, *finding.error_messages))
    words = errors or damage or (finding.text if finding.is_text_only else finding.summary)
    return " ".join(words.split())[:_MOST_WORDS_CHARS]
