"""What an answer says of policy is told by a source of this very turn, or is not said.

A sentence with a figure (an amount, a span, a share, a date, a time, a weekday, a number) stands only if each of them
occurs in a passage found for this turn or in a result of this turn. Else the passage's own sentence is quoted in its
place, and where none fits the sentence is left out with an honest line. Marks like `[1]` and links are checked too.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from core import phrases
from core.figures import Figure, figures
from core.figurewords import DAY_MINUTES, GLUE, MEASURES
from core.guards import plain
from core.knowledge import Hit
from core.linking import addresses, with_links_of
from core.sayings import said_in
from core.tongues import language_of

_MARK = re.compile(r"[ \t]*\[(\d{1,2})\]")
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\d\.)\s+|\n+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_ECHO = re.compile(
    r"\b(?:call(?:back| you)?|appointment|slot|schedul\w+|book\w*|you (?:said|wrote|mentioned|told|asked|describe[ds]?|"
    r"ordered|bought|placed|paid|received|sent)|r[üu]ckruf\w*|termin\w*|sie schr\w+|rendez.vous|cita|appuntamento)\b",
    re.IGNORECASE,
)
_OF_PICTURE = re.compile(
    r"\b(?:picture|photo|image|screenshot|scan|receipt|invoice|bild|foto|photo|imagen|immagine|capture)\w*", re.I
)
_LEAST_MARKED = 0.2
"""Share of a sentence's words that the passage it marks must have; below it the passage is about something else."""
_LEAST_QUOTED = 0.5
_LEAST_WORDS = 2
"""The same for a passage's sentence that takes the place of one without a source."""
_STEM = 5
_LONGEST_DAYS = 3_660
_SMALL_WORDS = {
    "en": "the and you your for with can is are this that from not have will our within".split(),
    "de": "der die das und sie ihr ihre mit kann ist sind wir nicht von für ein eine innerhalb werden".split(),
    "fr": "le la les et vous votre pour avec est sont nous pas des une dans vos peut".split(),
    "es": "el la los las y usted su para con es son nosotros no del una en puede".split(),
    "it": "il la gli e lei suo per con è sono noi non del una nel può".split(),
    "pt": "o a os as e você seu para com é são nós não do uma em pode".split(),
    "nl": "de het en u uw voor met is zijn wij niet van een binnen kan".split(),
}


class Grounding:
    """Judges the sentences of one answer. `told` gives the words of this turn's results so far."""

    def __init__(
        self,
        hits: Sequence[Hit],
        *,
        told: Callable[[], str],
        said: str = "",
        seen: str = "",
        link_hosts: Collection[str] = (),
    ) -> None:
        self._passages = [f"{hit.passage.title}\n{hit.passage.text}" for hit in hits]
        self._told = told
        self._said = said
        self._seen = seen
        self.used: set[int] = set()
        """Numbers of the passages that a figure of the answer stands in."""
        self.held_back: list[str] = []
        """Sentences that no source told, for the trace."""
        self.links_left_out = 0
        """Addresses that no source told, for the trace."""
        self._loose_marks = 0
        self._link_hosts = link_hosts
        self._addresses = [
            _addresses(f"{hit.passage.source} {text}") for hit, text in zip(hits, self._passages, strict=True)
        ]

    @property
    def loose_marks(self) -> int:
        """How many marks named a passage that does not say what the sentence says."""
        return self._loose_marks

    def grounded(self, sentence: str) -> str:
        """The sentence as it may stand: itself, with its marks and links put right, or what is true in its place."""
        return self._linked(self._told_right(sentence))

    def _linked(self, sentence: str) -> str:
        """Without addresses that no source of this turn names; what a source names makes it a source of the answer."""
        named = addresses(sentence)
        if not named:
            return sentence
        by_results = addresses(self._told())
        by_customer = frozenset(each for each in addresses(self._said) if "@" in each)
        known = by_results.union(by_customer, *self._addresses)
        instead = said_in(_language(sentence) or _language(self._said), phrases.LINK_LEFT_OUT)
        text, stayed = with_links_of(sentence, known.__contains__, instead=instead, hosts=self._link_hosts)
        self.links_left_out += len(named - stayed)
        if by_passages := stayed - by_results - by_customer:
            self.used |= {n for n, each in enumerate(self._addresses, start=1) if each & by_passages}
        return text

    def _told_right(self, sentence: str) -> str:
        wanted = figures(sentence)
        missing = [each for each in wanted if not self._is_told(each, sentence)]
        if missing:
            self.held_back.append(sentence.strip())
            return self._instead(sentence, missing)
        marked = {int(number) for number in _MARK.findall(sentence)}
        holding = self._holding(wanted)
        if not marked:
            self.used |= holding
            return sentence
        return self._marked_right(sentence, wanted, marked, holding)

    def _is_told(self, figure: Figure, sentence: str) -> bool:
        if any(figure.is_told_by(each) for known in map(_evidence, self._passages) for each in known):
            return True
        if any(figure.is_told_by(each) for each in _evidence(self._told())):
            return True
        if figure.kind == "date" and figure.values & self._reckoned():
            return True
        return self._is_the_customers(figure, sentence)

    def _reckoned(self) -> frozenset[str]:
        """Days that follow from a day in a result and a span in a passage: delivered on the 3rd, 14 days to return."""
        days = [each for figure in _evidence(self._told()) if figure.kind == "date" for each in figure.values]
        spans = [
            int(Decimal(each)) // DAY_MINUTES
            for passage in self._passages
            for figure in _evidence(passage)
            if figure.kind == "span" and figure.unit == "minute"
            for each in figure.values
        ]
        found: set[str] = set()
        for day in (date.fromisoformat(each) for each in days if not each.startswith("-") and not each.endswith("-00")):
            for later in (day + timedelta(days=n) for n in spans if 0 < n <= _LONGEST_DAYS):
                found.update({f"{later:%Y-%m-%d}", f"-{later:%m-%d}"})
        return frozenset(found)

    def _is_the_customers(self, figure: Figure, sentence: str) -> bool:
        """Their own numbers may be said back to them; what they say of amounts and terms proves nothing."""
        is_question = sentence.rstrip(' \n*_)”"').endswith("?")
        words = self._said
        if self._seen and (is_question or _OF_PICTURE.search(sentence)):
            words = f"{words}\n{self._seen}"
        may_echo = figure.kind == "number" or is_question
        may_echo = may_echo or (figure.kind in ("date", "time", "weekday") and _ECHO.search(sentence) is not None)
        may_echo = may_echo or (bool(self._seen) and _OF_PICTURE.search(sentence) is not None)
        if not may_echo:
            return False
        if figure.kind != "number" and not is_question and not _ECHO.search(sentence):
            words = self._seen
        return any(figure.is_told_by(each) for each in _evidence(words))

    def _holding(self, wanted: Sequence[Figure]) -> set[int]:
        """The passages in which a figure stands that no result of the turn tells."""
        if not wanted:
            return set()
        by_results = _evidence(self._told())
        open_ = [each for each in wanted if not any(each.is_told_by(known) for known in by_results)]
        return {
            n
            for n, passage in enumerate(self._passages, start=1)
            if open_ and all(any(each.is_told_by(known) for known in _evidence(passage)) for each in open_)
        }

    def _marked_right(self, sentence: str, wanted: Sequence[Figure], marked: set[int], holding: set[int]) -> str:
        """Marks that hold stay; one that names the wrong passage is put right, or taken away."""
        holds = {n for n in marked if self._supports(n, sentence, wanted, holding)}
        self.used |= holds
        loose = marked - holds
        if not loose:
            return sentence
        self._loose_marks += len(loose)
        better = self._better(sentence, wanted, holding) if not holds else []
        self.used.update(better)
        given = iter(better)

        def mark(found: re.Match[str]) -> str:
            if int(found[1]) in holds:
                return found.group()
            new = next(given, None)
            return found.group().replace(f"[{found[1]}]", f"[{new}]") if new else ""

        return _MARK.sub(mark, sentence)

    def _better(self, sentence: str, wanted: Sequence[Figure], holding: set[int]) -> list[int]:
        """The passage that a loose mark should have named: one with the figures, else with most of the words."""
        likely = holding if wanted else range(1, len(self._passages) + 1)
        first = sorted(likely, key=lambda n: -self._share(n, sentence))[:1]
        return [n for n in first if wanted or self._share(n, sentence) >= _LEAST_QUOTED]

    def _supports(self, n: int, sentence: str, wanted: Sequence[Figure], holding: set[int]) -> bool:
        if not 1 <= n <= len(self._passages):
            return False
        if wanted and holding and n not in holding:
            return any(each.is_told_by(known) for each in wanted for known in _evidence(self._passages[n - 1]))
        if n in holding:
            return True
        ours, theirs = _language(sentence) or _language(self._said), _language(self._passages[n - 1])
        if not ours or ours != theirs:
            return True  # words of two languages cannot be held against each other
        return self._share(n, sentence) >= _LEAST_MARKED

    def _share(self, n: int, sentence: str) -> float:
        return _shared(_stems(_MARK.sub("", sentence)), _stems(self._passages[n - 1]))

    def _instead(self, sentence: str, missing: Sequence[Figure]) -> str:
        """The passage's sentence that says it right, where one is about the same; else an honest line."""
        wanted, kinds = _stems(_MARK.sub("", sentence)), {each.kind for each in missing}
        best, best_share = None, _LEAST_QUOTED
        for n, text in self._candidates():
            theirs = _stems(text)
            share = _shared(wanted, theirs)
            if len(wanted & theirs) < _LEAST_WORDS or share < best_share:
                continue
            if kinds & {each.kind for each in _evidence(text)}:
                best, best_share = (n, text), share + 1e-9
        lead = sentence[: len(sentence) - len(sentence.lstrip(" \n\t-*#>"))]
        trail = sentence[len(sentence.rstrip()) :]
        tongue = _language(sentence) or _language(self._said)
        if best is None:
            return f"{lead}{said_in(tongue, phrases.NO_SOURCE)}{trail}"
        self.used.add(best[0])
        quoted = said_in(tongue, phrases.FROM_SOURCE).format(text=best[1], number=best[0])
        return f"{lead}{quoted}{trail}"

    def _candidates(self) -> Iterator[tuple[int, str]]:
        for n, passage in enumerate(self._passages, start=1):
            for each in _SENTENCE.split(passage.partition("\n")[2]):
                if text := " ".join(each.split()).strip("|-*# "):
                    yield n, text


@lru_cache(maxsize=256)
def _evidence(text: str) -> tuple[Figure, ...]:
    return tuple(figures(text, is_evidence=True))


_addresses = lru_cache(maxsize=256)(addresses)
"""Of passages: the same ones are found again and again."""


@lru_cache(maxsize=512)
def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(plain(text)) if word not in _IDLE)


def _shared(wanted: frozenset[str], known: frozenset[str]) -> float:
    return len(wanted & known) / len(wanted) if wanted else 0.0


_IDLE = frozenset(plain(word) for words in (*_SMALL_WORDS.values(), MEASURES, GLUE) for word in words)
"""Words that say nothing of what a sentence is about."""


_language = lru_cache(maxsize=512)(language_of)
