"""Sorting on this machine: by examples, with honest confidence, and with an eye for what belongs nowhere."""

from pathlib import Path
from typing import Literal

import numpy as np

from adapters.local.first_pass import FirstPass, load
from adapters.local.kept_vectors import KeptEmbedder
from adapters.local.kernel_fit import View, fit, left_out, targets
from adapters.local.sorter import LocalSorter, Taught

EXAMPLES = [
    *(
        Taught(text, "refund")
        for text in ("I want my money back", "please refund me", "can I get a refund", "refund it")
    ),
    *(Taught(text, "login") for text in ("I forgot my password", "cannot log in", "reset my password", "login fails")),
    *(
        Taught(text, "parcel")
        for text in ("where is my parcel", "track my parcel", "parcel is late", "parcel not here")
    ),
]


class CountingEmbedder:
    """Embeds by length, and keeps what it was asked."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        self.asked += texts
        return [[1.0, float(len(text))] for text in texts]


async def test_a_text_is_sorted_by_examples_alone() -> None:
    sorter = await LocalSorter.taught(EXAMPLES, [])
    judged = await sorter.sort(["refund please", "my password is lost", "the parcel is late"])
    assert [each.category for each in judged] == ["refund", "login", "parcel"]
    assert all(0 <= each.confidence <= 1 for each in judged)


async def test_any_text_gets_a_judgement() -> None:
    sorter = await LocalSorter.taught(EXAMPLES, [])
    judged = await sorter.sort(["", "\u0000", "字", "a" * 10_000])
    assert [each.category in sorter.categories for each in judged] == [True] * 4
    assert await sorter.sort([]) == []


async def test_a_corrected_case_is_learned_while_the_process_runs_and_kept_for_the_next(tmp_path: Path) -> None:
    sorter = FirstPass(EXAMPLES, [], tmp_path / "triage.npz")
    await sorter.warm_up()
    corrected = [*EXAMPLES, *(Taught(f"the zip of my tent is torn {n}", "damage") for n in range(3))]
    await sorter.relearn(corrected)
    assert (await sorter.sort(["a torn zip"]))[0].category == "damage"
    await sorter.relearn([Taught("one", "a")])
    assert (await sorter.sort(["a torn zip"]))[0].category == "damage", "too little to learn from changes nothing"
    again = FirstPass(corrected, [], tmp_path / "triage.npz")
    assert load(again.file, corrected, []) is not None


async def test_what_was_embedded_once_is_read_from_disk(tmp_path: Path) -> None:
    first, second = CountingEmbedder(), CountingEmbedder()
    given = await KeptEmbedder(first, tmp_path / "v.sqlite3").embed(["a", "bb", "a"], role="query")
    again = await KeptEmbedder(second, tmp_path / "v.sqlite3").embed(["bb", "a", "ccc"], role="query")
    assert given == [[1, 1], [1, 2], [1, 1]]
    assert again == [[1, 2], [1, 1], [1, 3]]
    assert (first.asked, second.asked) == (["a", "bb"], ["ccc"])


def test_leaving_an_example_out_is_the_same_as_never_having_seen_it() -> None:
    random = np.random.default_rng(3)
    rows = random.normal(size=(20, 5)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = np.arange(20) % 4
    wanted = targets(labels, 4)
    fitted, inverse = fit([View(2, 1)], [rows], wanted, ridge=0.2)
    out = left_out(fitted, inverse, wanted, labels)
    without, _ = fit([View(2, 1)], [rows[1:]], wanted[1:], ridge=0.2)
    np.testing.assert_allclose(out.alone[0], without.scores([rows[:1]])[0], atol=1e-3)
    strangers = labels != 0
    fewer, _ = fit([View(2, 1)], [rows[strangers]], wanted[strangers], ridge=0.2)
    np.testing.assert_allclose(out.with_category[0, 1:], fewer.scores([rows[:1]])[0, 1:], atol=1e-3)
