"""Whatever thinks in this process, on the meter: every call of a model is priced, capped and written down."""

from dataclasses import replace

from adapters.local.remembering import RememberingEmbedder
from adapters.models.embeddings import EndpointEmbedder
from adapters.models.opening import Models
from bots.minds import Minds, eyes_of
from bots.settings import Configuration
from core.metering import Meter
from core.ports import Clock
from core.prices import PriceBook
from core.spending import Caps, Till, caps_of


def caps(configuration: Configuration) -> Caps:
    """What may be spent, by `[budget]` and the prices of `[money]`."""
    return caps_of(configuration.budget, PriceBook(configuration.money.prices).ceiling)


def meter(configuration: Configuration, till: Till, clock: Clock) -> Meter:
    """What calls are put on, by `[budget]` and `[money]`."""
    return Meter(till, PriceBook(configuration.money.prices), clock, is_strict=configuration.budget.strict)


def metered(minds: Minds, configuration: Configuration, till: Till, clock: Clock) -> Minds:
    """The same minds, metered. Embeddings of this machine cost nothing and are not written down."""
    book, on = PriceBook(configuration.money.prices), meter(configuration, till, clock)
    models: Models | None = None
    if minds.models is not None:
        for model, tokenizer in minds.models.tokenizers.items():
            on.counter.know(model, tokenizer)
        by_work = {work: on.chat(model, work) for work, model in minds.models.by_work.items()}
        cheap = minds.models.by_work.get("triage") or minds.models.chat("chat")
        # Rows of their own, so that the share of a prompt that is repeated compares like with like.
        by_work.setdefault("triage", on.chat(cheap, "triage"))
        by_work.setdefault("summary", on.chat(cheap, "summary"))
        models = replace(minds.models, by_work=by_work)
    embedder = minds.embedder
    hosted = minds.models.embedder if minds.models else None
    if embedder is not None and isinstance(hosted, EndpointEmbedder):
        embedder = RememberingEmbedder(on.embedder(hosted))
    lines = (*minds.lines, *_unpriced(models, configuration, book))
    eyes = eyes_of(models, minds.reader)
    return replace(minds, models=models, embedder=embedder, eyes=eyes, lines=lines, counter=on.counter)


def _unpriced(models: Models | None, configuration: Configuration, book: PriceBook) -> list[str]:
    """A cap in money holds nothing where no price is known."""
    budget = configuration.budget
    has_cap = any(
        (budget.money_per_turn, budget.money_per_case, budget.money_per_customer, budget.money_per_tenant,
         budget.money_per_day)
    )  # fmt: skip
    if models is None or not has_cap:
        return []
    profiles = {each.profile.model: each.profile for each in models.by_work.values()}
    return [
        f"No price is known for {profile.model} at {profile.endpoint or 'its endpoint'}, so caps in money do not hold "
        "its calls: add a table [[money.prices]]."
        for profile in profiles.values()
        if book.find(profile.endpoint, profile.model) is None
    ]
