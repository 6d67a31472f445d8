"""From settings and what endpoints list to one model, with its fallbacks, for each kind of work.

Pure: no connection is opened here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from adapters.models.catalogue import Listing, choose
from adapters.models.looks import is_small, sees
from adapters.models.presets import ENDPOINTS, preset_of
from adapters.models.settings import ModelsSettings, ModelTable
from core.errors import SettingsError
from core.modelling import Work

WORKS: tuple[Work, ...] = ("chat", "triage", "summary", "multilingual", "reasoning", "vision", "embeddings", "code")


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint with the key for it."""

    base_url: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Planned:
    """One model to be opened."""

    place: Place
    model: str
    table: ModelTable

    @property
    def sees_pictures(self) -> bool:
        """By settings, else by name."""
        return sees(self.model) if self.table.sees_pictures is None else self.table.sees_pictures

    @property
    def is_small(self) -> bool:
        """By settings, else by name."""
        return is_small(self.model) if self.table.is_small is None else self.table.is_small


@dataclass(frozen=True, slots=True)
class Plan:
    """Models by kind of work, the first one first; a kind that is not there is done by `chat`."""

    models: Mapping[Work, tuple[Planned, ...]]
    lines: tuple[str, ...]


class Planner:
    """Knows where each table points, before and after the endpoints were asked what they list."""

    def __init__(self, settings: ModelsSettings, *, base_url: str, api_key: str, keys: Mapping[str, str]) -> None:
        self._settings = settings
        self._api_key = api_key
        self._keys = keys
        given = settings.chat.base_url or base_url
        preset = settings.preset or preset_of(given) or ("openai" if api_key and not given else "")
        self._preset = ENDPOINTS[preset]
        self._base_url = given or self._preset.base_url
        if not self._base_url:
            raise SettingsError(
                ["No model endpoint: set OPENAI_API_KEY, or OPENAI_BASE_URL, or preset in [models] of firstline.toml."]
            )
        self._check()

    def _tables(self) -> list[tuple[Work, ModelTable]]:
        return [(work, table) for work in WORKS if (table := self._settings.table(work))]

    def _check(self) -> None:
        flat = [(work, each) for work, table in self._tables() for each in _with_fallbacks(table)]
        addresses = [self._base_url, *(table.base_url for _, table in flat if table.base_url)]
        problems = [
            f"{address} is no address of a model endpoint. It looks like http://127.0.0.1:8080/v1."
            for address in dict.fromkeys(addresses)
            if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname
        ]
        problems += [
            f"models.{work}.api_key_env names {table.api_key_env}, which is not set. Set it, or take it out."
            for work, table in flat
            if table.api_key_env and not self._keys.get(table.api_key_env)
        ]
        if problems:
            raise SettingsError(problems)

    def places(self) -> list[Place]:
        """Every endpoint that the settings name, once."""
        tables = [each for _, table in self._tables() for each in _with_fallbacks(table)]
        return list(dict.fromkeys(self.place(table) for table in [self._settings.chat, *tables]))

    def place(self, table: ModelTable) -> Place:
        """Where a table points. The common key goes nowhere but to the common endpoint."""
        base_url = (table.base_url or self._base_url).rstrip("/")
        if table.api_key_env:
            return Place(base_url, self._keys[table.api_key_env])
        is_common = urlsplit(base_url).netloc == urlsplit(self._base_url).netloc
        return Place(base_url, self._api_key if is_common else "")

    def plan(self, listed: Mapping[Place, Listing]) -> Plan:
        """Choose, given what each endpoint lists."""
        models: dict[Work, tuple[Planned, ...]] = {}
        lines = [each.problem for each in listed.values() if each.problem]
        for work in WORKS:
            chain = self._chain(work, listed, lines.append)
            if chain:
                models[work] = chain
        chat = models["chat"]
        for work, chain in models.items():
            if work not in ("chat", "embeddings", "vision") and len(chain) == 1 and chain[0].model != chat[0].model:
                models[work] = (*chain, *chat)
        if "vision" not in models and any(each.sees_pictures for each in chat):
            models["vision"] = tuple(each for each in chat if each.sees_pictures)
        return Plan(models, (*_summary(models), *lines))

    def _chain(self, work: Work, listed: Mapping[Place, Listing], tell: Callable[[str], None]) -> tuple[Planned, ...]:
        table = self._settings.table(work) or ModelTable()
        first = self._planned(work, table, listed, tell)
        if first is None:
            return ()
        rest: list[Planned] = []
        for each in table.fallback:
            other = table.model_copy(update={"model": each, "label": ""}) if isinstance(each, str) else each
            if planned := self._planned(work, other, listed, tell):
                rest.append(planned)
        return (first, *rest)

    def _planned(
        self, work: Work, table: ModelTable, listed: Mapping[Place, Listing], tell: Callable[[str], None]
    ) -> Planned | None:
        place = self.place(table)
        found = listed.get(place, Listing())
        if work == "vision" and table.sees_pictures is None:
            table = table.model_copy(update={"sees_pictures": True})  # whoever is named for it, or chosen, sees
        if table.model:
            if found.models and table.model not in found.models:
                tell(f"{work}: {table.model} is not among the models that {_host(place)} lists; asked all the same.")
            return Planned(place, table.model, table)
        is_common = place.base_url == self._base_url.rstrip("/")
        model, line = choose(work, self._preset if is_common else ENDPOINTS[preset_of(place.base_url)], found)
        if line:
            tell(line)
        return Planned(place, model, table) if model else None


def _with_fallbacks(table: ModelTable) -> list[ModelTable]:
    return [table, *(each for each in table.fallback if isinstance(each, ModelTable))]


def _host(place: Place) -> str:
    return urlsplit(place.base_url).netloc


def _summary(models: Mapping[Work, Sequence[Planned]]) -> list[str]:
    """`chat, triage: llama-3.3-70b at api.oxlo.ai`, one line a model."""
    works: dict[str, list[str]] = {}
    for work, chain in models.items():
        where = f"{chain[0].model} at {_host(chain[0].place)}"
        then = "".join(f", then {each.model}" for each in chain[1:])
        works.setdefault(where + then, []).append(work)
    return [f"{', '.join(names)}: {where}" for where, names in works.items()]
