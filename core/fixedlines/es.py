"""Our fixed lines in Spanish."""

from collections.abc import Mapping

from core import phrases

LINES: Mapping[str, str] = {
    phrases.HANDED_OFF: "He pasado esto a una persona. Ve toda nuestra conversación; no hace falta que repitas nada.",
    phrases.FAILED: "Algo ha fallado por mi parte, así que he pasado esto a una persona.",
    phrases.NO_MODEL: "Ahora mismo no puedo usar mi modelo de lenguaje, así que he pasado esto a una persona.",
    phrases.TIMED_OUT: "Esto ha tardado más de lo que puedo hacerte esperar; lo he pasado a una persona.",
    phrases.BUDGET: "Este caso ha agotado lo que puedo dedicarle; lo he pasado a una persona.",
    phrases.STEP_LIMIT: "No he podido terminarlo en los pasos que tengo permitidos. Lo he pasado a una persona.",
    phrases.OFFER_PERSON: "Si prefieres que lo vea una persona, dilo o pulsa «Talk to a person».",
    phrases.NOT_UNDERSTOOD: "No me ha llegado ni texto ni imagen. ¿Qué puedo hacer por ti?",
    phrases.NEEDS_LINK: "Desde este chat no veo tu cuenta de cliente, así que tiene que ayudarte una persona.",
    phrases.NEEDS_PERSON_FRESH: (
        "Para eso alguien tiene que asegurarse antes de que sigues siendo tú, así que tiene que ayudarte una persona."
    ),
    phrases.NEEDS_PROOF: (
        "Para eso tengo que saber qué cliente eres. Pulsa **Verify it's me**: tarda un minuto, solo tú lo "
        "ves, y después sigo con tu pregunta."
    ),
    phrases.NEEDS_FRESH: (
        "Para eso tengo que estar seguro de que sigues siendo tú. Pulsa **Verify it's me**; después sigo con "
        "tu pregunta."
    ),
    phrases.LATE: "Perdona el retraso: no estaba y acabo de leer esto.",
    phrases.CLAIM_WITHDRAWN: "No lo he hecho: todavía no se ha realizado nada.",
    phrases.AWAY: "Nuestro equipo no está ahora y vuelve {when}; entonces responderá aquí una persona.",
    phrases.AWAY_ON_CALL: "Nuestro equipo no está hasta {when}. Como es urgente, he llamado a quien está de guardia.",
    phrases.EXPECTED: "Una persona debería responder aquí antes de {when}.",
    phrases.CALLBACK_OFFER: "Si prefieres que te llamemos, escribe cuándo. Hay hueco: {when}.",
    phrases.STOPPED: "_Detenido._",
}
