"""All durable ports over one database."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from adapters.storage.actions import StoredActions
from adapters.storage.answers import StoredAnswers, StoredGaps
from adapters.storage.bell import StoredBell
from adapters.storage.callbacks import StoredCallbacks
from adapters.storage.casebook import StoredCasebook
from adapters.storage.cases import StoredCases
from adapters.storage.corrections import StoredCorrections
from adapters.storage.costs import StoredCosts
from adapters.storage.cursors import StoredCursors
from adapters.storage.database import Database, is_shared, open_database
from adapters.storage.desk import StoredDesk
from adapters.storage.desksessions import StoredDeskSessions
from adapters.storage.duty import StoredDuty, StoredWatch
from adapters.storage.feedback import StoredFeedback
from adapters.storage.held import StoredHeld
from adapters.storage.identities import StoredChallenges, StoredLinks
from adapters.storage.inbox import StoredInbox
from adapters.storage.installations import StoredInstallations
from adapters.storage.ledger import StoredLedger
from adapters.storage.outbox import StoredOutbox
from adapters.storage.past import StoredSummaries
from adapters.storage.persons import StoredPersons
from adapters.storage.pictures import StoredPictures
from adapters.storage.replicas import StoredReplicas
from adapters.storage.retention import StoredKept
from adapters.storage.staffside import StoredStaffSide
from adapters.storage.till import StoredTill
from adapters.storage.timers import StoredTimers
from adapters.storage.turns import StoredTurns
from core.ports import Clock
from core.spending import Caps


@dataclass(frozen=True, slots=True)
class Store:
    """The ports that a process needs, sharing one database."""

    database: Database
    inbox: StoredInbox
    turns: StoredTurns
    cases: StoredCases
    outbox: StoredOutbox
    actions: StoredActions
    pictures: StoredPictures
    desk: StoredDesk
    feedback: StoredFeedback
    held: StoredHeld
    corrections: StoredCorrections
    staff: StoredStaffSide
    ledger: StoredLedger
    persons: StoredPersons
    kept: StoredKept
    timers: StoredTimers
    cursors: StoredCursors
    replicas: StoredReplicas
    answers: StoredAnswers
    gaps: StoredGaps
    callbacks: StoredCallbacks
    links: StoredLinks
    challenges: StoredChallenges
    duty: StoredDuty
    watch: StoredWatch
    till: StoredTill
    summaries: StoredSummaries
    costs: StoredCosts
    bell: StoredBell
    casebook: StoredCasebook
    desk_sessions: StoredDeskSessions
    installations: StoredInstallations


@asynccontextmanager
async def open_store(url: str, *, clock: Clock, caps: Caps | None = None) -> AsyncGenerator[Store]:
    """Open `FIRSTLINE_DATABASE_URL`. Raises `StoreError` when it cannot be used.

    `caps` hold for the turns that are begun here; None for commands that begin none.
    """
    caps = caps or Caps()
    async with open_database(url, clock=clock) as database:
        yield Store(
            database=database,
            inbox=StoredInbox(database),
            turns=StoredTurns(database, caps),
            cases=StoredCases(database),
            outbox=StoredOutbox(database),
            actions=StoredActions(database),
            pictures=StoredPictures(database),
            desk=StoredDesk(database),
            feedback=StoredFeedback(database),
            held=StoredHeld(database),
            corrections=StoredCorrections(database),
            staff=StoredStaffSide(database),
            ledger=StoredLedger(database),
            persons=StoredPersons(database),
            kept=StoredKept(database),
            timers=StoredTimers(database),
            cursors=StoredCursors(database),
            answers=StoredAnswers(database),
            gaps=StoredGaps(database),
            replicas=StoredReplicas(database, is_shared=is_shared(url)),
            callbacks=StoredCallbacks(database),
            links=StoredLinks(database),
            challenges=StoredChallenges(database),
            duty=StoredDuty(database),
            watch=StoredWatch(database),
            summaries=StoredSummaries(database),
            till=StoredTill(database, caps),
            costs=StoredCosts(database),
            bell=StoredBell(database),
            casebook=StoredCasebook(database),
            desk_sessions=StoredDeskSessions(database),
            installations=StoredInstallations(database),
        )
