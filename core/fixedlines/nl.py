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
    phrases.OFFER_PERSON: (
        "Als je liever hebt dat een mens ernaar kijkt, zeg het dan of druk op „Met een mens spreken”."
    ),
    phrases.NOT_UNDERSTOOD: "Ik kreeg daarbij geen tekst en geen afbeelding. Wat kan ik voor je doen?",
    phrases.NEEDS_LINK: "Ik zie je klantaccount niet vanuit deze chat, dus een mens moet hierbij helpen.",
    phrases.NEEDS_PERSON_FRESH: (
        "Daarvoor moet eerst iemand nagaan of jij het nog bent, dus een mens moet hierbij helpen."
    ),
    phrases.NEEDS_PROOF: (
        "Daarvoor moet ik weten welke klant je bent. Druk op **Ik ben het**: het duurt een minuut, alleen"
        " jij ziet het, en daarna ga ik vanzelf verder met je vraag."
    ),
    phrases.NEEDS_FRESH: (
        "Daarvoor moet ik zeker weten dat jij het nog bent. Druk op **Ik ben het**; daarna ga ik vanzelf "
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
    phrases.TAKEN_OVER: "_Vanaf hier heeft iemand van het team het overgenomen._",
    phrases.NOTHING_TO_STOP: "Er is niets bezig dat ik zou kunnen stoppen.",
    phrases.WITHDRAWN: "_Je hebt je bericht teruggenomen, dus ben ik gestopt._",
    phrases.AGAIN: "Ik schrijf een ander antwoord.",
    phrases.AGAIN_ALREADY: "Dit heb ik al een tweede keer beantwoord. Zeg me wat er niet klopte, dan kijk ik daarnaar.",
    phrases.AGAIN_LATE: "Het gesprek is sindsdien verdergegaan. Vraag het nog eens, dan antwoord ik daarop.",
    phrases.DRAFTED: (
        "Iemand van het team bekijkt mijn antwoord voordat ik het stuur. Het komt hier; je hoeft niets te doen."
    ),
    phrases.DRAFTED_MORE: "Dat heb ik erbij gezet. Iemand van het team bekijkt het voordat ik antwoord.",
    phrases.HANDED_OFF_NOBODY: (
        "Ik heb dit voor een mens genoteerd, maar hier is nog geen plek voor het team aangesloten; het "
        "blijft open als zaak {case}."
    ),
    phrases.ALREADY_WITH_PEOPLE: "Dit ligt al bij een mens (zaak {case}). Wat je hier schrijft, komt daar aan.",
    phrases.HANDED_BACK: "Ik ben terug in dit gesprek en kan je verder helpen.",
    phrases.PICTURES_FULL: (
        "Ik bekijk {most} afbeeldingen van één persoon per dag, en die zijn op. Een mens kan er meer bekijken."
    ),
    phrases.PACE: "Je schrijft sneller dan ik kan antwoorden. Ik heb alles en antwoord zo.",
    phrases.DAY_FULL: (
        "Je hebt bereikt wat ik één persoon vandaag kan beantwoorden. Een mens kan je helpen: gebruik /escalate."
    ),
    phrases.NOT_KNOWN: (
        "Er is niets gedaan: {title}. Sinds erom gevraagd werd, staat niet meer vast van wie dit account "
        "is. Vraag het nog eens, dan zoek ik het uit."
    ),
    phrases.NOT_FRESH: "Er is nog niets gedaan: {title}. Het is te lang geleden dat je liet zien wie je bent.",
    phrases.GOING_ON: "Ik ga nu verder met je vraag.",
    phrases.VOUCHED: "Iemand van het team heeft bevestigd welke klant je bent. Ik ga nu verder met je vraag.",
    phrases.ASK_AGAIN: "Je kunt het me nu vragen.",
    phrases.CONFIRM_HOW: "Antwoord **ja**, dan doe ik precies dat; bij al het andere gebeurt er niets.",
    phrases.NOT_CONFIRMED: "Hieraan is niets gedaan: {title}.",
    phrases.TOO_MUCH: "{title}: dat is meer dan hier in één keer mag. Een mens kan er met je naar kijken.",
    phrases.PHOTO_NEEDED: (
        "{title}: hiervoor heb ik een foto nodig die de schade laat zien. Stuur er hier een, dan ga ik verder."
    ),
    phrases.CALLBACK_AGREED: "We komen hier bij je terug: {when}.",
    phrases.CALLBACK_CANCELLED: "De terugbelafspraak ({when}) is geannuleerd.",
    phrases.CALLBACK_NOW: (
        "Het is tijd voor wat we hebben afgesproken ({when}). Ons team heeft je zaak voor zich; hierna "
        "schrijft een mens je."
    ),
    phrases.CALLBACK_LATE: (
        "We zouden bij je terugkomen ({when}), en nog heeft niemand dat gedaan. Dat spijt ons. Ons team "
        "is opnieuw geroepen; je zaak blijft daar."
    ),
    phrases.NUDGE: "We wachten hier nog op je antwoord. Zonder antwoord houden we dit voor opgelost: {when}.",
    phrases.NUDGE_ONLY: "We wachten hier nog op je antwoord.",
    phrases.TRANSCRIPT: "Het verslag staat nu in dit gesprek.",
    phrases.TRANSCRIPT_AGAIN: "Dat verslag staat al in dit gesprek; sindsdien is er niets gezegd.",
    phrases.RATED: "Je beoordeling: {stars}. Bedankt!",
    phrases.COMMENTED: "Bedankt, ons team leest dit.",
    phrases.TALK_TO_PERSON: "Met een mens spreken",
    phrases.VERIFY: "Ik ben het",
    phrases.HELPFUL: "Nuttig",
    phrases.NOT_HELPFUL: "Niet nuttig",
    phrases.TRY_AGAIN: "Nog eens",
    phrases.ASK_SOLVED: "Is dit voor jou opgelost?",
    phrases.IS_SOLVED: "Ja, het is opgelost",
    phrases.NOT_SOLVED: "Nog niet",
    phrases.GLAD: "Bedankt!",
    phrases.TEAM_GOES_ON: "Ik heb het tegen het team gezegd; zij gaan verder.",
    phrases.ASK_RATING: "Hoe deden we het?",
    phrases.RATING_TAKEN: "Bedankt voor de beoordeling.",
    phrases.ADD_COMMENT: "Iets erbij zeggen",
    phrases.GIVE_TRANSCRIPT: "Verslag",
    phrases.PASSED_ON: "Doorgegeven als zaak {case}.",
    phrases.NO_CASE: "Je hebt bij mij geen open zaak.",
}
