"""Builds the judge of turns: categories, the first pass on this machine, and the model for what it is not sure of."""

from collections.abc import Sequence
from pathlib import Path

from adapters.local.first_pass import FILE_NAME, FirstPass
from adapters.local.language import LocalLanguage
from adapters.local.sorter import Taught
from adapters.storage.store import Store
from bots.minds import Minds
from core.categories import Categories
from core.judging import Judge
from core.modelling import ChatModel, Embedder
from core.recategorising import Recategorising
from core.settings import TriageSettings
from core.triage import OTHER


def first_pass(
    settings: TriageSettings, embedder: Embedder | None, data_folder: Path, corrected: Sequence[tuple[str, str]] = ()
) -> FirstPass:
    """Knows the configured categories by their examples, and by what staff corrected."""
    if settings.mode == "words":
        return FirstPass([], [], data_folder / FILE_NAME)
    return FirstPass(taught(settings, corrected), [embedder] if embedder else [], data_folder / FILE_NAME)


def taught(settings: TriageSettings, corrected: Sequence[tuple[str, str]]) -> list[Taught]:
    """The examples of the configured categories, and the cases that staff corrected."""
    categories = Categories(settings.rows)
    known = [*categories.examples, *((text, name) for text, name in corrected if name in categories)]
    return [Taught(text, "" if category == OTHER else category) for text, category in known]


def recategorising(settings: TriageSettings, store: Store, sorter: FirstPass) -> Recategorising:
    """Takes the team's corrections; the first pass of every process that shares the database learns from each."""

    async def learn() -> None:
        if settings.mode in ("local", "both"):
            await sorter.relearn(taught(settings, await store.corrections.examples()))

    return Recategorising(store.corrections, Categories(settings.rows), learn)


def judge(settings: TriageSettings, minds: Minds, sorter: FirstPass) -> Judge:
    """The judge of a process. A small model is never asked: it would take longer than the answer and know less."""

    def model() -> ChatModel | None:
        found = minds.chat("triage") if minds.models is not None else None
        return None if found is None or found.profile.is_small else found

    return Judge(settings, sorter, model, LocalLanguage().of)
