"""Personal data: how much of it is found, and how much of what is found is some."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.redaction import CONTACTS, Found, Kind, find
from evals.scorecard import Row
from evals.sets import Folders, Record, records

SET = "pii_presidio"
_KIND_OF: dict[str, Kind] = {
    "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "CREDIT_CARD": "CARD", "IBAN_CODE": "IBAN", "US_SSN": "SSN",
    "IP_ADDRESS": "IP", "STREET_ADDRESS": "ADDRESS", "ZIP_CODE": "ADDRESS", "PERSON": "NAME", "DOMAIN_NAME": "URL",
    "AGE": "AGE",
}  # fmt: skip
"""Types of the set that are looked for. Places, organisations, titles, dates and peoples are not masked."""
_ENOUGH = 0.5


@dataclass(slots=True)
class Tally:
    """Counts by kind."""

    gold: Counter[Kind] = field(default_factory=Counter[Kind])
    covered: Counter[Kind] = field(default_factory=Counter[Kind])
    found: Counter[Kind] = field(default_factory=Counter[Kind])
    right: Counter[Kind] = field(default_factory=Counter[Kind])

    def recall(self, kinds: Iterable[Kind]) -> float | None:
        """Of the gold values of these kinds, how many are masked at least by half."""
        return _share(self.covered, self.gold, list(kinds))

    def precision(self, kinds: Iterable[Kind]) -> float | None:
        """Of what was masked as these kinds, how much is personal data of any type."""
        return _share(self.right, self.found, list(kinds))


def _share(part: Counter[Kind], whole: Counter[Kind], kinds: list[Kind]) -> float | None:
    total = sum(whole[kind] for kind in kinds)
    return sum(part[kind] for kind in kinds) / total if total else None


def tally(items: Iterable[Record]) -> Tally:
    """Look at every text."""
    counts = Tally()
    for item in items:
        spans: list[Record] = item.get("spans") or []
        found = find(str(item["text"]))
        for span in spans:
            if kind := _KIND_OF.get(str(span["type"])):
                counts.gold[kind] += 1
                counts.covered[kind] += _overlap(span, found) >= _ENOUGH * (span["end"] - span["start"])
        for each in found:
            counts.found[each.kind] += 1
            inside = sum(_overlap(span, [each]) for span in spans)
            counts.right[each.kind] += inside >= _ENOUGH * (each.end - each.start)
    return counts


def _overlap(span: Record, found: Iterable[Found]) -> int:
    return sum(max(0, min(each.end, span["end"]) - max(each.start, span["start"])) for each in found)


def rows() -> list[Row]:
    """Contacts and ids are promised; names and addresses are found as far as rules carry."""
    files = Folders.from_environment().find(SET, "part_*.jsonl", "*.jsonl")
    counts = tally(records(files))
    note = "" if files else f"{SET} is not there"
    everything: tuple[Kind, ...] = tuple(dict.fromkeys(_KIND_OF.values()))
    return [
        Row("pii_recall", counts.recall(CONTACTS), 0.97, note=note or "e-mail, phone, card, IBAN, SSN, IP"),
        Row("pii_precision", counts.precision(CONTACTS), 0.95, note=note),
        Row("pii_recall_all", counts.recall(everything), 0.7, note=note or "names, addresses, links, ages too"),
        Row("pii_precision_all", counts.precision(everything), 0.9, note=note),
        Row("pii_recall_names", counts.recall(["NAME"]), 0.55, note=note or "rules alone, no model looks"),
        Row("pii_recall_addresses", counts.recall(["ADDRESS"]), 0.7, note=note),
    ]
