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
    phrases.OFFER_PERSON: "Se preferir que uma pessoa veja isto, diga-o ou carregue em «Talk to a person».",
    phrases.NOT_UNDERSTOOD: "Não recebi texto nem imagem. Em que posso ajudar?",
    phrases.NEEDS_LINK: "A partir deste chat não vejo a sua conta de cliente, por isso tem de ajudar uma pessoa.",
    phrases.NEEDS_PERSON_FRESH: (
        "Para isso alguém tem primeiro de confirmar que ainda é você, por isso tem de ajudar uma pessoa."
    ),
    phrases.NEEDS_PROOF: (
        "Para isso tenho de saber que cliente é. Carregue em **Verify it's me**: demora um minuto, só você o "
        "vê, e depois continuo com a sua pergunta."
    ),
    phrases.NEEDS_FRESH: (
        "Para isso tenho de ter a certeza de que ainda é você. Carregue em **Verify it's me**; depois "
        "continuo com a sua pergunta."
    ),
    phrases.LATE: "Desculpe a demora: não estava e só agora li isto.",
    phrases.CLAIM_WITHDRAWN: "Não fiz isso: até agora nada foi executado.",
    phrases.AWAY: "A nossa equipa não está agora e volta {when}; nessa altura responde aqui uma pessoa.",
    phrases.AWAY_ON_CALL: "A nossa equipa não está até {when}. Como é urgente, chamei quem está de serviço.",
    phrases.EXPECTED: "Uma pessoa deve responder aqui até {when}.",
    phrases.CALLBACK_OFFER: "Se preferir que lhe liguemos, escreva quando. Há vaga: {when}.",
    phrases.STOPPED: "_Parado._",
}
