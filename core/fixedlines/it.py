"""Our fixed lines in Italian."""

from collections.abc import Mapping

from core import phrases

LINES: Mapping[str, str] = {
    phrases.HANDED_OFF: (
        "Ho passato la richiesta a una persona. Vede tutta la nostra conversazione; non devi ripetere nulla."
    ),
    phrases.FAILED: "Qualcosa non ha funzionato da parte mia, quindi ho passato la richiesta a una persona.",
    phrases.NO_MODEL: (
        "In questo momento non raggiungo il mio modello linguistico, quindi ho passato la richiesta a una persona."
    ),
    phrases.TIMED_OUT: "Ci è voluto più di quanto posso farti aspettare; ho passato la richiesta a una persona.",
    phrases.BUDGET: "Questo caso ha esaurito quello che posso dedicargli; l'ho passato a una persona.",
    phrases.STEP_LIMIT: (
        "Non sono riuscito a finire nei passi che mi sono permessi. Ho passato la richiesta a una persona."
    ),
    phrases.OFFER_PERSON: "Se preferisci che se ne occupi una persona, dillo o premi «Talk to a person».",
    phrases.NOT_UNDERSTOOD: "Non mi è arrivato né testo né immagine. Che cosa posso fare per te?",
    phrases.NEEDS_LINK: "Da questa chat non vedo il tuo account cliente, quindi deve aiutarti una persona.",
    phrases.NEEDS_PERSON_FRESH: (
        "Per questo qualcuno deve prima assicurarsi che sia ancora tu, quindi deve aiutarti una persona."
    ),
    phrases.NEEDS_PROOF: (
        "Per questo devo sapere quale cliente sei. Premi **Verify it's me**: richiede un minuto, lo vedi solo"
        " tu, e poi proseguo con la tua domanda."
    ),
    phrases.NEEDS_FRESH: (
        "Per questo devo essere sicuro che sia ancora tu. Premi **Verify it's me**; poi proseguo con la tua domanda."
    ),
    phrases.LATE: "Scusa il ritardo: non c'ero e ho letto solo ora.",
    phrases.CLAIM_WITHDRAWN: "Non l'ho fatto: finora non è stato eseguito nulla.",
    phrases.AWAY: "Il nostro team ora non c'è e torna {when}; allora risponderà qui una persona.",
    phrases.AWAY_ON_CALL: "Il nostro team non c'è fino a {when}. Poiché è urgente, ho chiamato chi è di turno.",
    phrases.EXPECTED: "Una persona dovrebbe rispondere qui entro {when}.",
    phrases.CALLBACK_OFFER: "Se preferisci essere richiamato, scrivi quando. Sono liberi: {when}.",
    phrases.STOPPED: "_Fermato._",
}
