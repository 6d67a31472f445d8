"""`make eval-cost`: what long tickets cost by the token and by the request, over gold runs of the data.

python -m evals.cost [--input 0.60] [--cached 0.15] [--output 0.80] [--request 0.002]

A run is replayed on paper: each step is a request that sends rules, functions, policy and all that was said and found
before. Tokens are bytes by a ratio that is stated. A long ticket is runs of a set one after the other in one thread,
until a prompt has 60,000 tokens or there are no more; `banking_all_pages` puts every help page into each prompt, as one
of the set's own variants does.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from core.counting import size_bytes
from core.prices import Price, Rates, money
from evals.actions_world import Json
from evals.cases_tasks import situation
from evals.scorecard import Row, report
from evals.sets import Folders, document, records

BYTES_PER_TOKEN = 4.0
_SETS = ("tau2_retail", "tau2_airline", "tau2_telecom", "tau3_banking_kb")
_LONG_TOKENS = 60_000
_ANSWER_BYTES = 400
"""The closing answer to the customer, which gold runs do not hold."""
_RULES_BYTES = 1_200
_TIMES = (10, 100)


@dataclass
class Ticket:
    """One thread: a prefix that never changes, and the parts that came one after the other."""

    name: str
    prefix: int
    """Bytes of rules, functions and policy."""
    asked: list[int] = field(default_factory=list[int])
    """Bytes that each request's prompt has more than the one before it."""
    said: list[int] = field(default_factory=list[int])
    """Bytes of each request's answer: a call, or the words at the end."""

    def go_on(self, opening: int, steps: Sequence[tuple[int, int]]) -> None:
        """The customer writes; calls are made, each with what it gave; then there is an answer."""
        more = opening
        for call, output in steps:
            self.asked.append(more)
            self.said.append(call)
            more = call + output
        self.asked.append(more)
        self.said.append(_ANSWER_BYTES)

    @property
    def requests(self) -> int:
        """Calls of the model."""
        return len(self.asked)


@dataclass
class Sum:
    """Tokens and requests of some tickets."""

    tickets: int = 0
    requests: int = 0
    prompt: int = 0
    repeated: int = 0
    """Of the prompts: what the request before it sent too."""
    answer: int = 0
    longest: int = 0

    def add(self, ticket: Ticket) -> None:
        """One more."""
        self.tickets += 1
        size = before = ticket.prefix
        for n, (asked, said) in enumerate(zip(ticket.asked, ticket.said, strict=True)):
            size += asked
            self.requests += 1
            self.prompt += _tokens(size)
            self.repeated += _tokens(before) if n else 0
            self.answer += _tokens(said)
            self.longest = max(self.longest, _tokens(size))
            before = size

    def nanos(self, price: Price, *, has_cache: bool) -> int:
        """All of it under a price."""
        cached = self.repeated if has_cache else 0
        return price.cost(
            input_tokens=self.prompt, output_tokens=self.answer, cached_tokens=cached, requests=self.requests
        )


def _tokens(size: int) -> int:
    return round(size / BYTES_PER_TOKEN)


def tickets(folders: Folders, name: str) -> list[Ticket]:
    """Every gold run of a set as a ticket of its own."""
    prefix = _prefix(folders, name)
    made: list[Ticket] = []
    for opening, steps in _runs(folders, name):
        ticket = Ticket(name, prefix)
        ticket.go_on(opening, steps)
        made.append(ticket)
    return made


def long_ticket(folders: Folders, name: str) -> list[Ticket]:
    """Runs of a set in one thread, until a prompt is as long as a long ticket, or there are no more."""
    ticket = Ticket(f"{name} long", _prefix(folders, name))
    size = ticket.prefix
    for opening, steps in _runs(folders, name):
        before = ticket.requests
        ticket.go_on(opening, steps)
        size += sum(ticket.asked[before:]) + _ANSWER_BYTES
        if _tokens(size) >= _LONG_TOKENS:
            break
    return [ticket] if ticket.asked else []


def _prefix(folders: Folders, name: str) -> int:
    policy = folders.lent(name, "policy.md", "main_policy.md")
    functions = folders.lent(name, "agent_tools.json")
    return _RULES_BYTES + sum(len(path.read_bytes()) for path in policy) + sum(map(_compact, functions))


def _compact(path: Path) -> int:
    return size_bytes(json.dumps(document(path), separators=(",", ":")))


def _runs(folders: Folders, name: str) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """What the customer says in all, and the steps: bytes of the call and of its output."""
    paths = [*folders.find(name, "tasks*.json"), *folders.lent(name, "tasks*.json")]
    tasks: dict[str, Json] = {str(task["id"]): task for task in records(paths)}
    for gold in records(folders.find(name, "gold*.jsonl")):
        task = tasks.get(str(gold["task_id"]), {})
        said = str(task.get("ticket") or situation(task))
        steps: list[Json] = gold["steps"]
        yield (
            size_bytes(said),
            [
                (size_bytes(step["tool"]) + size_bytes(json.dumps(step["arguments"])), size_bytes(str(step["output"])))
                for step in steps
            ],
        )


def all_pages(folders: Folders, name: str) -> list[Ticket]:
    """The same runs with every help page in the prompt."""
    pages = sum(len(path.read_bytes()) for path in folders.lent(name, "corpus.jsonl"))
    made = tickets(folders, name) if pages else []
    for ticket in made:
        ticket.prefix += pages
    return made


def rows_of(name: str, found: Sequence[Ticket], price: Price, flat: Price) -> list[Row]:
    """One workload under both kinds of price."""
    total = Sum()
    for ticket in found:
        total.add(ticket)
    names = ("requests_per_case", "prompt_tokens_per_case", "repeated_prefix_share", "by_token_cents",
             "by_token_cached_cents", "by_request_cents", "times_apart", "times_apart_cached")  # fmt: skip
    if not total.tickets:
        return [Row(f"{name}_{each}", None, note="its data set is absent") for each in names]
    n = total.tickets
    plain, cached = total.nanos(price, has_cache=False), total.nanos(price, has_cache=True)
    by_request = total.nanos(flat, has_cache=False)
    sums = f"{total.prompt:,} in + {total.answer:,} out over {total.requests} requests of {n} cases"
    return [
        Row(f"{name}_{names[0]}", round(total.requests / n, 2), note=f"longest prompt {total.longest:,} tokens"),
        Row(f"{name}_{names[1]}", round(total.prompt / n), better="lower", note=sums),
        Row(f"{name}_{names[2]}", round(total.repeated / total.prompt, 4), note="sent before, in the request before"),
        Row(f"{name}_{names[3]}", _cents(plain, n), better="lower", note="history sent anew, nothing cached"),
        Row(f"{name}_{names[4]}", _cents(cached, n), better="lower", note="what was repeated at the cached price"),
        Row(f"{name}_{names[5]}", _cents(by_request, n), better="lower", note="however long"),
        Row(
            f"{name}_{names[6]}", round(plain / by_request, 2), note=f"{_cents(plain, n):g} / {_cents(by_request, n):g}"
        ),
        Row(f"{name}_{names[7]}", round(cached / by_request, 2)),
    ]


def _cents(nanos: int, n: int) -> float:
    return round(float(money(nanos)) * 100 / n, 4)


def break_even(price: Price, flat: Price) -> list[Row]:
    """How long a prompt has to be until a request by the token costs so many times one by the request."""
    rows: list[Row] = []
    for times in (1, *_TIMES):
        for kind, rate in (("", price.input), ("cached_", price.cached)):
            tokens = round(times * flat.request * 1_000_000 / rate) if rate else None
            note = "tokens of prompt alone, of every request" if rate else "no such price"
            rows.append(Row(f"{kind}prompt_tokens_for_{times}_times", tokens, note=note))
    return rows


def measure(folders: Folders, price: Price, flat: Price) -> list[Row]:
    """Short tickets, long ones, and prompts that hold everything."""
    rows: list[Row] = []
    for name in _SETS:
        rows += rows_of(name.partition("_")[2].removesuffix("_kb"), tickets(folders, name), price, flat)
    for name in _SETS:
        rows += rows_of(f"{name.partition('_')[2].removesuffix('_kb')}_long", long_ticket(folders, name), price, flat)
    rows += rows_of("banking_all_pages", all_pages(folders, _SETS[-1]), price, flat)
    return [*rows, *break_even(price, flat)]


def main() -> int:
    """Print and write the tables; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, rate in (("input", "0.60"), ("cached", "0.15"), ("output", "0.80"), ("request", "0.002")):
        parser.add_argument(f"--{name}", type=Decimal, default=Decimal(rate), help=f"USD, {rate} unless given")
    given = parser.parse_args()
    price = Price.of(Rates(input=given.input, cached=given.cached, output=given.output))
    flat = Price.of(Rates(request=given.request))
    print(
        f"By the token: {given.input} in, {given.cached} cached, {given.output} out, USD a million; by the request: "
        f"{given.request} USD. A token is {BYTES_PER_TOKEN:g} bytes."
    )
    return report("eval-cost", measure(Folders.from_environment(), price, flat))


if __name__ == "__main__":
    sys.exit(main())
