"""The model of scripted cases: over real HTTP it does, case by case, what the case's script says.

A case is known by a word in the customer's message. A model that obeys whoever writes is the worst that can stand
behind the rules of the house, so scripts of attacks ask for exactly what the attacker wants and repeat all they read.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.servers import model as models

Json = dict[str, Any]
Mind = Callable[["Read"], models.Reply]
"""What a script answers to what it reads."""
_PASSAGE = re.compile(r"^\[\d+\] (?P<title>[^:\n]+): (?P<text>.+)$", re.MULTILINE)
_WROTE = re.compile(r"writes:\n(?P<words>.*)\Z", re.DOTALL)
_TO_NOTE = re.compile(r"^\[(?P<id>[^\]\s]+)\] (?:customer|assistant) [^:\n]*: (?P<words>.*)$", re.MULTILINE)
_NOTES = re.compile(r"<notes>\n(?P<notes>.*?)\n</notes>", re.DOTALL)
_MARK = re.compile(r"\((?:ref )?[a-z]{8,}-[a-z]\)")
_SMALL = 4
_COMMON = frozenset("does long much many take have with that this from your".split())


@dataclass(frozen=True, slots=True)
class Read:
    """What a model was given."""

    messages: Sequence[Json]
    mark: str
    """Stands in the answer, so that an answer that comes twice is known."""

    @property
    def after_tool(self) -> bool:
        """The last message is what a function gave."""
        return bool(self.messages) and self.messages[-1].get("role") == "tool"

    @property
    def results(self) -> str:
        """All that functions gave since the customer last wrote."""
        found: list[str] = []
        for message in reversed(self.messages):
            if message.get("role") == "user":
                break
            if message.get("role") == "tool":
                found.append(models.text_of(message.get("content")))
        return "\n".join(reversed(found))

    @property
    def everything(self) -> str:
        """The whole prompt, without the marks of cases."""
        return _MARK.sub("", "\n".join(models.text_of(each.get("content")) for each in self.messages))

    @property
    def asked(self) -> str:
        """The customer's newest words."""
        said = models.last_user_text(list(self.messages))
        found = _WROTE.search(said)
        return found["words"] if found else said

    def passage(self) -> str:
        """The sentence of the passages at hand that has most words with the question in common, with its number."""
        said = models.last_user_text(list(self.messages))
        wanted = _words(self.asked)
        best, most = "", 0
        for n, found in enumerate(_PASSAGE.finditer(said), start=1):
            title = _words(found["title"])
            for sentence in re.split(r"(?<=[.!?])\s+", found["text"]):
                same = len(wanted & (_words(sentence) | title))
                if same > most:
                    best, most = f"{sentence.rstrip('.')} [{n}].", same
        return best


def _words(text: str) -> set[str]:
    words = re.findall(r"[a-z]+", text.lower())
    return {word[:6].rstrip("s") for word in words if len(word) >= _SMALL and word not in _COMMON}


def say(text: str) -> models.Reply:
    """An answer in words."""
    return models.Reply(text=text)


def call(name: str, **arguments: Any) -> models.Reply:
    """A function call."""
    return models.Reply(tool_calls=[{"name": name, "arguments": arguments}])


def calls_then(first: models.Reply, then: Mind) -> Mind:
    """A function is called at the customer's words, and its result is spoken of."""
    return lambda read: then(read) if read.after_tool else first


def answers(text: str) -> Mind:
    """The same words, whatever was read."""
    return lambda read: say(text)


def tell(read: Read) -> models.Reply:
    """Say what the functions gave."""
    return say(f"Here is what I found. {read.results}")


def quote(read: Read) -> models.Reply:
    """Answer from the help pages."""
    return say(read.passage() or "I do not know.")


def repeat(read: Read) -> models.Reply:
    """The worst answer: the whole prompt."""
    return say(f"As you wish. {read.everything}")


def is_about_notes(messages: Sequence[Json]) -> bool:
    """A request for the notes of a long case."""
    return models.last_user_text(list(messages)).startswith("<notes>")


def notes(asked: str) -> models.Reply:
    """The notes so far, and each sentence of the new messages that holds a number, with the message's id."""
    before = _NOTES.search(asked)
    kept = [before["notes"]] if before and before["notes"] != "(none yet)" else []
    for found in _TO_NOTE.finditer(_MARK.sub("", asked)):
        sentences = re.split(r"(?<=[.!?])\s+", found["words"])
        kept += [f"{each} [{found['id']}]" for each in sentences if re.search(r"\d{2}", each)]
    return models.Reply(text="\n".join(kept) or "Nothing of note.")


class CaseModel(models.ModelServer):
    """The stand-in model server with scripts in the place of rules."""

    def __init__(self) -> None:
        super().__init__(models.Pace(ttft_s=0.0, tokens_per_s=20_000, tokens=20))
        self.minds: dict[str, Mind] = {}
        self.strays = 0
        """Requests of no case."""

    def choose(self, messages: list[Json], response_format: Json) -> models.Reply:
        """The script of the newest message that bears a known mark; else what the stand-in says by itself."""
        if response_format.get("type") in ("json_object", "json_schema"):
            return super().choose(messages, response_format)
        if is_about_notes(messages):
            return notes(models.last_user_text(messages))
        for message in reversed(messages):
            if message.get("role") != "user":
                continue
            words = re.findall(r"[a-z]{8,}-[a-z]", models.text_of(message.get("content")))
            for mark in reversed(words):
                if mark in self.minds:
                    reply = self.minds[mark](Read(messages, mark))
                    if reply.text is not None:
                        reply.text = f"{reply.text} ({mark})"
                    return reply
        self.strays += 1
        return say("I am not sure what you mean.")
