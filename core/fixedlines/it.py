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
    phrases.OFFER_PERSON: "Se preferisci che se ne occupi una persona, dillo o premi «Parlare con una persona».",
    phrases.NOT_UNDERSTOOD: "Non mi è arrivato né testo né immagine. Che cosa posso fare per te?",
    phrases.NEEDS_LINK: "Da questa chat non vedo il tuo account cliente, quindi deve aiutarti una persona.",
    phrases.NEEDS_PERSON_FRESH: (
        "Per questo qualcuno deve prima assicurarsi che sia ancora tu, quindi deve aiutarti una persona."
    ),
    phrases.NEEDS_PROOF: (
        "Per questo devo sapere quale cliente sei. Premi **Sono io**: richiede un minuto, lo vedi solo"
        " tu, e poi proseguo con la tua domanda."
    ),
    phrases.NEEDS_FRESH: (
        "Per questo devo essere sicuro che sia ancora tu. Premi **Sono io**; poi proseguo con la tua domanda."
    ),
    phrases.LATE: "Scusa il ritardo: non c'ero e ho letto solo ora.",
    phrases.CLAIM_WITHDRAWN: "Non l'ho fatto: finora non è stato eseguito nulla.",
    phrases.AWAY: "Il nostro team ora non c'è e torna {when}; allora risponderà qui una persona.",
    phrases.AWAY_ON_CALL: "Il nostro team non c'è fino a {when}. Poiché è urgente, ho chiamato chi è di turno.",
    phrases.EXPECTED: "Una persona dovrebbe rispondere qui entro {when}.",
    phrases.CALLBACK_OFFER: "Se preferisci essere richiamato, scrivi quando. Sono liberi: {when}.",
    phrases.STOPPED: "_Fermato._",
    phrases.TAKEN_OVER: "_Da qui continua una persona del team._",
    phrases.NOTHING_TO_STOP: "Non c'è nulla in corso che io possa fermare.",
    phrases.WITHDRAWN: "_Hai ritirato il tuo messaggio, quindi mi sono fermato._",
    phrases.AGAIN: "Sto scrivendo un'altra risposta.",
    phrases.AGAIN_ALREADY: "Ho già risposto una seconda volta. Dimmi che cosa non andava e lo guarderò.",
    phrases.AGAIN_LATE: "Da allora la conversazione è andata avanti. Chiedimelo di nuovo e risponderò.",
    phrases.DRAFTED: (
        "Una persona del team guarda la mia risposta prima che la invii. Arriverà qui; non devi fare nulla."
    ),
    phrases.DRAFTED_MORE: "L'ho aggiunto. Una persona del team lo guarda prima che io risponda.",
    phrases.HANDED_OFF_NOBODY: (
        "L'ho segnato per una persona, ma qui non è ancora collegato alcun posto per il team; resta "
        "aperto come caso {case}."
    ),
    phrases.ALREADY_WITH_PEOPLE: "Se ne occupa già una persona (caso {case}). Ciò che scrivi qui le arriva.",
    phrases.HANDED_BACK: "Sono di nuovo in questa conversazione e posso continuare ad aiutarti.",
    phrases.PICTURES_FULL: (
        "Guardo {most} immagini di una stessa persona al giorno, e sono esaurite. Una persona può guardarne altre."
    ),
    phrases.PACE: "Scrivi più in fretta di quanto io possa rispondere. Ho tutto e rispondo tra un attimo.",
    phrases.DAY_FULL: (
        "Hai raggiunto ciò che oggi posso rispondere a una persona. Una persona può aiutarti: usa /escalate."
    ),
    phrases.NOT_KNOWN: (
        "Non è stato fatto nulla: {title}. Da quando è stato chiesto non è più certo di chi sia questo "
        "account. Chiedilo di nuovo e me ne accerterò."
    ),
    phrases.NOT_FRESH: (
        "Non è stato ancora fatto nulla: {title}. È passato troppo tempo da quando hai mostrato chi sei."
    ),
    phrases.GOING_ON: "Ora continuo con la tua domanda.",
    phrases.VOUCHED: "Una persona del team ha confermato quale cliente sei. Ora continuo con la tua domanda.",
    phrases.ASK_AGAIN: "Ora puoi chiedermi.",
    phrases.CONFIRM_HOW: "Rispondi **sì** e farò esattamente questo; con qualsiasi altra risposta non succede nulla.",
    phrases.NOT_CONFIRMED: "Non è stato fatto nulla al riguardo: {title}.",
    phrases.TOO_MUCH: "{title}: è più di quanto si possa fare qui in una volta. Una persona può guardarlo con te.",
    phrases.PHOTO_NEEDED: "{title}: per questo mi serve una foto che mostri il danno. Mandane una qui, poi continuo.",
    phrases.CALLBACK_AGREED: "Ti ricontatteremo qui: {when}.",
    phrases.CALLBACK_CANCELLED: "La richiamata ({when}) è annullata.",
    phrases.CALLBACK_NOW: (
        "È il momento di ciò che avevamo concordato ({when}). Il nostro team ha il tuo caso davanti; ora "
        "ti scrive una persona."
    ),
    phrases.CALLBACK_LATE: (
        "Avevamo detto che ti avremmo ricontattato ({when}) e nessuno lo ha ancora fatto. Ci dispiace. Il"
        " nostro team è stato richiamato; il tuo caso resta lì."
    ),
    phrases.NUDGE: "Aspettiamo ancora la tua risposta qui. Senza, lo considereremo risolto: {when}.",
    phrases.NUDGE_ONLY: "Aspettiamo ancora la tua risposta qui.",
    phrases.TRANSCRIPT: "La trascrizione ora è in questa conversazione.",
    phrases.TRANSCRIPT_AGAIN: "Quella trascrizione è già nella conversazione; da allora non è stato detto nulla.",
    phrases.RATED: "La tua valutazione: {stars}. Grazie!",
    phrases.COMMENTED: "Grazie, il nostro team lo legge.",
    phrases.TALK_TO_PERSON: "Parlare con una persona",
    phrases.VERIFY: "Sono io",
    phrases.HELPFUL: "Utile",
    phrases.NOT_HELPFUL: "Non utile",
    phrases.TRY_AGAIN: "Riprova",
    phrases.ASK_SOLVED: "Per te è risolto?",
    phrases.IS_SOLVED: "Sì, è risolto",
    phrases.NOT_SOLVED: "Non ancora",
    phrases.GLAD: "Grazie!",
    phrases.TEAM_GOES_ON: "L'ho detto al team; vanno avanti.",
    phrases.ASK_RATING: "Come siamo andati?",
    phrases.RATING_TAKEN: "Grazie per la valutazione.",
    phrases.ADD_COMMENT: "Aggiungi un commento",
    phrases.GIVE_TRANSCRIPT: "Trascrizione",
    phrases.PASSED_ON: "Passato come caso {case}.",
    phrases.NO_CASE: "Non hai nessun caso aperto con me.",
}
