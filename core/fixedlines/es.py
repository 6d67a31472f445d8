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
    phrases.OFFER_PERSON: "Si prefieres que lo vea una persona, dilo o pulsa «Hablar con una persona».",
    phrases.NOT_UNDERSTOOD: "No me ha llegado ni texto ni imagen. ¿Qué puedo hacer por ti?",
    phrases.NEEDS_LINK: "Desde este chat no veo tu cuenta de cliente, así que tiene que ayudarte una persona.",
    phrases.NEEDS_PERSON_FRESH: (
        "Para eso alguien tiene que asegurarse antes de que sigues siendo tú, así que tiene que ayudarte una persona."
    ),
    phrases.NEEDS_PROOF: (
        "Para eso tengo que saber qué cliente eres. Pulsa **Soy yo**: tarda un minuto, solo tú lo "
        "ves, y después sigo con tu pregunta."
    ),
    phrases.NEEDS_FRESH: (
        "Para eso tengo que estar seguro de que sigues siendo tú. Pulsa **Soy yo**; después sigo con tu pregunta."
    ),
    phrases.LATE: "Perdona el retraso: no estaba y acabo de leer esto.",
    phrases.CLAIM_WITHDRAWN: "No lo he hecho: todavía no se ha realizado nada.",
    phrases.AWAY: "Nuestro equipo no está ahora y vuelve {when}; entonces responderá aquí una persona.",
    phrases.AWAY_ON_CALL: "Nuestro equipo no está hasta {when}. Como es urgente, he llamado a quien está de guardia.",
    phrases.EXPECTED: "Una persona debería responder aquí antes de {when}.",
    phrases.CALLBACK_OFFER: "Si prefieres que te llamemos, escribe cuándo. Hay hueco: {when}.",
    phrases.STOPPED: "_Detenido._",
    phrases.TAKEN_OVER: "_Desde aquí sigue una persona del equipo._",
    phrases.NOTHING_TO_STOP: "No hay nada en marcha que pueda parar.",
    phrases.WITHDRAWN: "_Has retirado tu mensaje, así que he parado._",
    phrases.AGAIN: "Estoy escribiendo otra respuesta.",
    phrases.AGAIN_ALREADY: "Ya lo he respondido por segunda vez. Dime qué estaba mal y lo miraré.",
    phrases.AGAIN_LATE: "La conversación ha seguido desde entonces. Pregúntame otra vez y te responderé.",
    phrases.DRAFTED: (
        "Una persona del equipo mira mi respuesta antes de que la envíe. Llegará aquí; no tienes que hacer nada."
    ),
    phrases.DRAFTED_MORE: "Lo he añadido. Una persona del equipo lo mira antes de que responda.",
    phrases.HANDED_OFF_NOBODY: (
        "Lo he anotado para una persona, pero aquí todavía no hay ningún sitio del equipo conectado; "
        "queda abierto como caso {case}."
    ),
    phrases.ALREADY_WITH_PEOPLE: "Esto ya lo tiene una persona (caso {case}). Lo que escribas aquí le llega.",
    phrases.HANDED_BACK: "He vuelto a esta conversación y puedo seguir ayudándote.",
    phrases.PICTURES_FULL: (
        "Miro {most} imágenes de una misma persona al día, y ya están gastadas. Una persona puede mirar más."
    ),
    phrases.PACE: "Escribes más rápido de lo que puedo responder. Lo tengo todo y respondo enseguida.",
    phrases.DAY_FULL: (
        "Has llegado a lo que puedo responder hoy a una persona. Una persona puede ayudarte: usa /escalate."
    ),
    phrases.NOT_KNOWN: (
        "No se ha hecho nada: {title}. Desde que se pidió ya no es seguro de quién es esta cuenta. Pídelo"
        " otra vez y lo comprobaré."
    ),
    phrases.NOT_FRESH: "Aún no se ha hecho nada: {title}. Hace demasiado que mostraste quién eres.",
    phrases.GOING_ON: "Sigo ahora con tu pregunta.",
    phrases.VOUCHED: "Una persona del equipo ha confirmado qué cliente eres. Sigo ahora con tu pregunta.",
    phrases.ASK_AGAIN: "Ya puedes preguntarme.",
    phrases.CONFIRM_HOW: "Responde **sí** y haré exactamente eso; con cualquier otra cosa no se hace nada.",
    phrases.NOT_CONFIRMED: "No se ha hecho nada sobre esto: {title}.",
    phrases.TOO_MUCH: "{title}: es más de lo que se puede hacer aquí de una vez. Una persona puede mirarlo contigo.",
    phrases.PHOTO_NEEDED: (
        "{title}: para esto necesito una foto que muestre el daño. Envía una aquí, por favor, y sigo."
    ),
    phrases.CALLBACK_AGREED: "Volveremos a escribirte aquí: {when}.",
    phrases.CALLBACK_CANCELLED: "La llamada ({when}) queda cancelada.",
    phrases.CALLBACK_NOW: (
        "Es la hora de lo que acordamos ({when}). Nuestro equipo tiene tu caso delante y ahora te escribe una persona."
    ),
    phrases.CALLBACK_LATE: (
        "Dijimos que te escribiríamos ({when}) y todavía nadie lo ha hecho. Lo sentimos. Hemos vuelto a "
        "llamar al equipo; tu caso sigue allí."
    ),
    phrases.NUDGE: "Seguimos esperando tu respuesta aquí. Sin ella, lo daremos por resuelto: {when}.",
    phrases.NUDGE_ONLY: "Seguimos esperando tu respuesta aquí.",
    phrases.TRANSCRIPT: "La transcripción ya está en esta conversación.",
    phrases.TRANSCRIPT_AGAIN: "Esa transcripción ya está en la conversación; desde entonces no se ha dicho nada.",
    phrases.RATED: "Tu valoración: {stars}. ¡Gracias!",
    phrases.COMMENTED: "Gracias, nuestro equipo lo lee.",
    phrases.TALK_TO_PERSON: "Hablar con una persona",
    phrases.VERIFY: "Soy yo",
    phrases.HELPFUL: "Útil",
    phrases.NOT_HELPFUL: "No es útil",
    phrases.TRY_AGAIN: "Otra vez",
    phrases.ASK_SOLVED: "¿Está resuelto para ti?",
    phrases.IS_SOLVED: "Sí, resuelto",
    phrases.NOT_SOLVED: "Todavía no",
    phrases.GLAD: "¡Gracias!",
    phrases.TEAM_GOES_ON: "Se lo he dicho al equipo; siguen con ello.",
    phrases.ASK_RATING: "¿Qué tal lo hemos hecho?",
    phrases.RATING_TAKEN: "Gracias por la valoración.",
    phrases.ADD_COMMENT: "Añadir un comentario",
    phrases.GIVE_TRANSCRIPT: "Transcripción",
    phrases.PASSED_ON: "Pasado como caso {case}.",
    phrases.NO_CASE: "No tienes ningún caso abierto conmigo.",
}
