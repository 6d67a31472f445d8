"""Our fixed lines in Dutch."""

from collections.abc import Mapping

from core import phrases

LINES: Mapping[str, str] = {
    phrases.HANDED_OFF: "Ik heb dit doorgegeven aan een mens. Die ziet ons hele gesprek; je hoeft niets te herhalen.",
    phrases.FAILED: "Er is bij mij iets misgegaan, daarom heb ik dit doorgegeven aan een mens.",
    phrases.NO_MODEL: "Ik kan mijn taalmodel nu niet bereiken, daarom heb ik dit doorgegeven aan een mens.",
    phrases.TIMED_OUT: "Dit duurde langer dan ik je mag laten wachten; ik heb het doorgegeven aan een mens.",
    phrases.BUDGET: "Voor deze zaak is op wat ik mag gebruiken; ik heb hem doorgegeven aan een mens.",
    phrases.STEP_LIMIT: "Ik kon dit niet afmaken in de stappen die ik heb. Ik heb het doorgegeven aan een mens.",
    phrases.OFFER_PERSON: "Als je liever hebt dat een mens ernaar kijkt, zeg het dan of druk op „Talk to a person”.",
    phrases.NOT_UNDERSTOOD: "Ik kreeg daarbij geen tekst en geen afbeelding. Wat kan ik voor je doen?",
    phrases.NEEDS_LINK: "Ik zie je klantaccount niet vanuit deze chat, dus een mens moet hierbij helpen.",
    phrases.NEEDS_PERSON_FRESH: (
        "Daarvoor moet eerst iemand nagaan of jij het nog bent, dus een mens moet hierbij helpen."
    ),
    phrases.NEEDS_PROOF: (
        "Daarvoor moet ik weten welke klant je bent. Druk op **Verify it's me**: het duurt een minuut, alleen"
        " jij ziet het, en daarna ga ik vanzelf verder met je vraag."
    ),
    phrases.NEEDS_FRESH: (
        "Daarvoor moet ik zeker weten dat jij het nog bent. Druk op **Verify it's me**; daarna ga ik vanzelf "
        "verder met je vraag."
    ),
    phrases.LATE: "Excuses voor de vertraging: ik was er niet en heb dit nu pas gelezen.",
    phrases.CLAIM_WITHDRAWN: "Dat heb ik niet gedaan: er is nog niets uitgevoerd.",
    phrases.AWAY: "Ons team is er nu niet en is terug op {when}; dan antwoordt hier een mens.",
    phrases.AWAY_ON_CALL: (
        "Ons team is er niet tot {when}. Omdat het dringend is, heb ik opgeroepen wie dienst heeft."
    ),
    phrases.EXPECTED: "Een mens zou hier vóór {when} moeten antwoorden.",
    phrases.CALLBACK_OFFER: "Word je liever teruggebeld, schrijf dan wanneer. Vrij zijn: {when}.",
    phrases.STOPPED: "_Gestopt._",
}
