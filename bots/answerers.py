"""Who answers, in order: a person's verified text, then whether it can be answered at all, then the model."""

from adapters.search.readiness import shipped_readiness
from adapters.search.verified import VariantMatcher
from adapters.storage.store import Store
from bots.minds import Minds
from bots.settings import Settings
from bots.thinking import masking
from core.agent import Agent
from core.answerable import AnswerableFirst
from core.answering import Answerer
from core.knowledge import Retriever
from core.learning import Learning
from core.ports import Clock
from core.quoting import Quoter
from core.remembering import Memory, Summaries
from core.routing import ANYTHING
from core.settings import AnswerSettings
from core.toolbox import Toolbox
from core.verified import VerifiedFirst


def in_order(
    last: Answerer,
    settings: Settings,
    minds: Minds,
    toolbox: Toolbox,
    retriever: Retriever,
    store: Store,
    clock: Clock,
) -> Answerer:
    """The whole line of those that may answer before the last one has to."""
    agent, answers, embedder = settings.configuration.agent, settings.configuration.answers, minds.embedder
    decides = agent.decide and minds.models is not None
    answerer: Answerer = AnswerableFirst(
        last,
        retriever=retriever,
        readiness=shipped_readiness(embedder.name if embedder else "") if decides else None,
        tools=toolbox.specs(ANYTHING),
        gaps=store.gaps,
        settings=agent,
        clock=clock,
    )
    if not answers.enabled:
        return answerer
    matcher = VariantMatcher(store.answers, embedder, least=answers.match)
    return VerifiedFirst(answerer, matcher, lambda: clock.now().date())


def learning_of(store: Store, settings: AnswerSettings, clock: Clock) -> Learning:
    """What learns from people's replies."""
    return Learning(answers=store.answers, gaps=store.gaps, cases=store.cases, clock=clock, settings=settings)


def agent_or_quoter(
    settings: Settings, minds: Minds, toolbox: Toolbox, retriever: Retriever, summaries: Summaries
) -> Answerer:
    """The agent; without a model, whoever quotes the help pages."""
    if minds.models is None:
        return Quoter(retriever)
    models, agent = masking(settings, minds), settings.configuration.agent
    return Agent(
        models=models,
        toolbox=toolbox,
        retriever=retriever,
        settings=agent,
        memory=Memory(
            summaries=summaries,
            model=lambda: models("summary"),
            counter=minds.counter,
            limit_tokens=agent.conversation_tokens,
        ),
    )
