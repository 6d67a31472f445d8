"""Our fixed lines in Portuguese."""

from collections.abc import Mapping

from core import phrases

LINES: Mapping[str, str] = {
    phrases.HANDED_OFF: "Passei isto a uma pessoa. Ela vê toda a nossa conversa; não precisa de repetir nada.",
    phrases.FAILED: "Algo correu mal do meu lado, por isso passei isto a uma pessoa.",
    phrases.NO_MODEL: "Neste momento não consigo usar o meu modelo de linguagem, por isso passei isto a uma pessoa.",
    phrases.TIMED_OUT: "Isto demorou mais do que posso fazê-lo esperar; passei a uma pessoa.",
    phrases.BUDGET: "Este caso esgotou o que posso gastar com ele; passei-o a uma pessoa.",
    phrases.STEP_LIMIT: "Não consegui terminar nos passos que me são permitidos. Passei a uma pessoa.",
    phrases.OFFER_PERSON: "Se preferir que uma pessoa veja isto, diga-o ou carregue em «Falar com uma pessoa».",
    phrases.NOT_UNDERSTOOD: "Não recebi texto nem imagem. Em que posso ajudar?",
    phrases.NEEDS_LINK: "A partir deste chat não vejo a sua conta de cliente, por isso tem de ajudar uma pessoa.",
    phrases.NEEDS_PERSON_FRESH: (
        "Para isso alguém tem primeiro de confirmar que ainda é você, por isso tem de ajudar uma pessoa."
    ),
    phrases.NEEDS_PROOF: (
        "Para isso tenho de saber que cliente é. Carregue em **Sou eu**: demora um minuto, só você o "
        "vê, e depois continuo com a sua pergunta."
    ),
    phrases.NEEDS_FRESH: (
        "Para isso tenho de ter a certeza de que ainda é você. Carregue em **Sou eu**; depois "
        "continuo com a sua pergunta."
    ),
    phrases.LATE: "Desculpe a demora: não estava e só agora li isto.",
    phrases.CLAIM_WITHDRAWN: "Não fiz isso: até agora nada foi executado.",
    phrases.AWAY: "A nossa equipa não está agora e volta {when}; nessa altura responde aqui uma pessoa.",
    phrases.AWAY_ON_CALL: "A nossa equipa não está até {when}. Como é urgente, chamei quem está de serviço.",
    phrases.EXPECTED: "Uma pessoa deve responder aqui até {when}.",
    phrases.CALLBACK_OFFER: "Se preferir que lhe liguemos, escreva quando. Há vaga: {when}.",
    phrases.STOPPED: "_Parado._",
    phrases.TAKEN_OVER: "_A partir daqui continua uma pessoa da equipa._",
    phrases.NOTHING_TO_STOP: "Não há nada em curso que eu possa parar.",
    phrases.WITHDRAWN: "_Retirou a sua mensagem, por isso parei._",
    phrases.AGAIN: "Estou a escrever outra resposta.",
    phrases.AGAIN_ALREADY: "Já respondi a isto uma segunda vez. Diga-me o que estava errado, e eu vejo.",
    phrases.AGAIN_LATE: "A conversa continuou desde então. Pergunte outra vez, e eu respondo.",
    phrases.DRAFTED: (
        "Uma pessoa da equipa vê a minha resposta antes de eu a enviar. Chega aqui; não precisa de fazer nada."
    ),
    phrases.DRAFTED_MORE: "Juntei isso. Uma pessoa da equipa vê antes de eu responder.",
    phrases.HANDED_OFF_NOBODY: (
        "Deixei isto para uma pessoa, mas aqui ainda não está ligado nenhum lugar da equipa; fica aberto "
        "como caso {case}."
    ),
    phrases.ALREADY_WITH_PEOPLE: "Isto já está com uma pessoa (caso {case}). O que escrever aqui chega até ela.",
    phrases.HANDED_BACK: "Estou de volta a esta conversa e posso continuar a ajudar.",
    phrases.PICTURES_FULL: (
        "Vejo {most} imagens de uma mesma pessoa por dia, e já se gastaram. Uma pessoa pode ver mais."
    ),
    phrases.PACE: "Escreve mais depressa do que consigo responder. Tenho tudo e respondo já.",
    phrases.DAY_FULL: "Chegou ao que posso responder hoje a uma pessoa. Uma pessoa pode ajudar: use /escalate.",
    phrases.NOT_KNOWN: (
        "Nada foi feito: {title}. Desde que foi pedido, já não é certo de quem é esta conta. Peça outra "
        "vez, e eu confirmo."
    ),
    phrases.NOT_FRESH: "Ainda nada foi feito: {title}. Já passou demasiado tempo desde que mostrou quem é.",
    phrases.GOING_ON: "Continuo agora com a sua pergunta.",
    phrases.VOUCHED: "Uma pessoa da equipa confirmou que cliente é. Continuo agora com a sua pergunta.",
    phrases.ASK_AGAIN: "Já me pode perguntar.",
    phrases.CONFIRM_HOW: "Responda **sim** e faço exatamente isso; com qualquer outra resposta nada é feito.",
    phrases.NOT_CONFIRMED: "Nada foi feito sobre isto: {title}.",
    phrases.TOO_MUCH: "{title}: é mais do que se pode fazer aqui de uma vez. Uma pessoa pode ver isso consigo.",
    phrases.PHOTO_NEEDED: (
        "{title}: para isto preciso de uma fotografia que mostre o dano. Envie uma aqui, e eu continuo."
    ),
    phrases.CALLBACK_AGREED: "Voltamos a falar consigo aqui: {when}.",
    phrases.CALLBACK_CANCELLED: "A chamada ({when}) está cancelada.",
    phrases.CALLBACK_NOW: (
        "Está na hora do que combinámos ({when}). A nossa equipa tem o seu caso à frente; a seguir "
        "escreve-lhe uma pessoa."
    ),
    phrases.CALLBACK_LATE: (
        "Dissemos que voltaríamos a falar consigo ({when}), e ainda ninguém o fez. Pedimos desculpa. A "
        "equipa foi chamada outra vez; o seu caso continua lá."
    ),
    phrases.NUDGE: "Ainda esperamos a sua resposta aqui. Sem ela, damos isto por resolvido: {when}.",
    phrases.NUDGE_ONLY: "Ainda esperamos a sua resposta aqui.",
    phrases.TRANSCRIPT: "A transcrição está agora nesta conversa.",
    phrases.TRANSCRIPT_AGAIN: "Essa transcrição já está nesta conversa; desde então nada foi dito.",
    phrases.RATED: "A sua avaliação: {stars}. Obrigado!",
    phrases.COMMENTED: "Obrigado, a nossa equipa lê isto.",
    phrases.TALK_TO_PERSON: "Falar com uma pessoa",
    phrases.VERIFY: "Sou eu",
    phrases.HELPFUL: "Útil",
    phrases.NOT_HELPFUL: "Não foi útil",
    phrases.TRY_AGAIN: "Outra vez",
    phrases.ASK_SOLVED: "Está resolvido para si?",
    phrases.IS_SOLVED: "Sim, está resolvido",
    phrases.NOT_SOLVED: "Ainda não",
    phrases.GLAD: "Obrigado!",
    phrases.TEAM_GOES_ON: "Disse-o à equipa; continuam com isto.",
    phrases.ASK_RATING: "Como estivemos?",
    phrases.RATING_TAKEN: "Obrigado pela avaliação.",
    phrases.ADD_COMMENT: "Juntar um comentário",
    phrases.GIVE_TRANSCRIPT: "Transcrição",
    phrases.PASSED_ON: "Passado como caso {case}.",
    phrases.NO_CASE: "Não tem nenhum caso aberto comigo.",
}
