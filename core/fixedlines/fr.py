"""Our fixed lines in French."""

from collections.abc import Mapping

from core import phrases

LINES: Mapping[str, str] = {
    phrases.HANDED_OFF: (
        "J'ai transmis votre demande à une personne. Elle voit toute notre conversation ; vous n'avez rien à répéter."
    ),
    phrases.FAILED: "Quelque chose n'a pas fonctionné de mon côté, j'ai donc transmis votre demande à une personne.",
    phrases.NO_MODEL: (
        "Je n'arrive pas à joindre mon modèle de langue pour l'instant, j'ai donc transmis votre demande à "
        "une personne."
    ),
    phrases.TIMED_OUT: (
        "Cela a pris plus de temps que je ne peux vous faire attendre ; j'ai transmis votre demande à une personne."
    ),
    phrases.BUDGET: "Ce dossier a épuisé ce que je peux y consacrer ; je l'ai transmis à une personne.",
    phrases.STEP_LIMIT: (
        "Je n'ai pas pu terminer dans le nombre d'étapes permis. J'ai transmis votre demande à une personne."
    ),
    phrases.OFFER_PERSON: (
        "Si vous préférez qu'une personne s'en occupe, dites-le ou appuyez sur « Talk to a person »."
    ),
    phrases.NOT_UNDERSTOOD: "Je n'ai reçu ni texte ni image. Que puis-je faire pour vous ?",
    phrases.NEEDS_LINK: (
        "Je ne vois pas votre compte client depuis cette conversation, une personne doit donc vous aider."
    ),
    phrases.NEEDS_PERSON_FRESH: "Il faut d'abord s'assurer que c'est bien vous, une personne doit donc vous aider.",
    phrases.NEEDS_PROOF: (
        "Pour cela, je dois savoir quel client vous êtes. Appuyez sur **Verify it's me** : cela prend une "
        "minute, vous seul le voyez, puis je reprends votre question."
    ),
    phrases.NEEDS_FRESH: (
        "Pour cela, je dois être sûr que c'est bien vous. Appuyez sur **Verify it's me** ; je reprends "
        "ensuite votre question."
    ),
    phrases.LATE: "Désolé pour le retard : j'étais absent et je viens seulement de lire ceci.",
    phrases.CLAIM_WITHDRAWN: "Je ne l'ai pas fait : rien n'a encore été exécuté.",
    phrases.AWAY: "Notre équipe est absente et de retour {when} ; une personne répondra alors ici.",
    phrases.AWAY_ON_CALL: (
        "Notre équipe est absente jusqu'à {when}. Comme c'est urgent, j'ai appelé la personne de garde."
    ),
    phrases.EXPECTED: "Une personne devrait répondre ici avant {when}.",
    phrases.CALLBACK_OFFER: "Si vous préférez être rappelé, écrivez quand. Sont libres : {when}.",
    phrases.STOPPED: "_Arrêté._",
}
