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
        "Si vous préférez qu'une personne s'en occupe, dites-le ou appuyez sur « Parler à une personne »."
    ),
    phrases.NOT_UNDERSTOOD: "Je n'ai reçu ni texte ni image. Que puis-je faire pour vous ?",
    phrases.NEEDS_LINK: (
        "Je ne vois pas votre compte client depuis cette conversation, une personne doit donc vous aider."
    ),
    phrases.NEEDS_PERSON_FRESH: "Il faut d'abord s'assurer que c'est bien vous, une personne doit donc vous aider.",
    phrases.NEEDS_PROOF: (
        "Pour cela, je dois savoir quel client vous êtes. Appuyez sur **C'est bien moi** : cela prend une "
        "minute, vous seul le voyez, puis je reprends votre question."
    ),
    phrases.NEEDS_FRESH: (
        "Pour cela, je dois être sûr que c'est bien vous. Appuyez sur **C'est bien moi** ; je reprends "
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
    phrases.TAKEN_OVER: "_Une personne de l'équipe a pris le relais._",
    phrases.NOTHING_TO_STOP: "Rien n'est en cours que je pourrais arrêter.",
    phrases.WITHDRAWN: "_Vous avez retiré votre message, je me suis donc arrêté._",
    phrases.AGAIN: "J'écris une autre réponse.",
    phrases.AGAIN_ALREADY: (
        "J'y ai déjà répondu une deuxième fois. Dites-moi ce qui n'allait pas, et je regarderai cela."
    ),
    phrases.AGAIN_LATE: "La conversation a continué depuis. Reposez la question, et j'y répondrai.",
    phrases.DRAFTED: (
        "Une personne de l'équipe relit ma réponse avant que je l'envoie. Elle arrivera ici ; vous n'avez rien à faire."
    ),
    phrases.DRAFTED_MORE: "Je l'ai ajouté. Une personne de l'équipe le relit avant que je réponde.",
    phrases.HANDED_OFF_NOBODY: (
        "J'ai noté cela pour une personne, mais aucun lieu pour l'équipe n'est encore relié ici ; cela "
        "reste ouvert comme dossier {case}."
    ),
    phrases.ALREADY_WITH_PEOPLE: (
        "C'est déjà entre les mains d'une personne (dossier {case}). Ce que vous écrivez ici lui parvient."
    ),
    phrases.HANDED_BACK: "Je suis de retour dans cette conversation et peux continuer à vous aider.",
    phrases.PICTURES_FULL: (
        "Je regarde {most} images d'une même personne par jour, et elles sont épuisées. Une personne peut"
        " en regarder davantage."
    ),
    phrases.PACE: "Vous écrivez plus vite que je ne peux répondre. J'ai tout et je réponds dans un instant.",
    phrases.DAY_FULL: (
        "Vous avez atteint ce que je peux répondre à une personne aujourd'hui. Une personne peut vous "
        "aider : utilisez /escalate."
    ),
    phrases.NOT_KNOWN: (
        "Rien n'a été fait : {title}. Depuis la demande, il n'est plus certain à qui est ce compte. "
        "Redemandez-le, et je m'en assurerai."
    ),
    phrases.NOT_FRESH: "Rien n'a encore été fait : {title}. Vous avez montré qui vous êtes il y a trop longtemps.",
    phrases.GOING_ON: "Je reprends maintenant votre question.",
    phrases.VOUCHED: (
        "Une personne de l'équipe a confirmé quel client vous êtes. Je reprends maintenant votre question."
    ),
    phrases.ASK_AGAIN: "Vous pouvez me poser votre question.",
    phrases.CONFIRM_HOW: "Répondez **oui** et je ferai exactement cela ; toute autre réponse n'y change rien.",
    phrases.NOT_CONFIRMED: "Rien n'a été fait à ce sujet : {title}.",
    phrases.TOO_MUCH: (
        "{title} : c'est plus que ce qui peut être fait ici en une fois. Une personne peut regarder cela avec vous."
    ),
    phrases.PHOTO_NEEDED: (
        "{title} : il me faut pour cela une photo qui montre le dommage. Envoyez-en une ici, puis je continue."
    ),
    phrases.CALLBACK_AGREED: "Nous reviendrons vers vous ici : {when}.",
    phrases.CALLBACK_CANCELLED: "Le rappel ({when}) est annulé.",
    phrases.CALLBACK_NOW: (
        "C'est l'heure de ce dont nous étions convenus ({when}). Notre équipe a votre dossier sous les "
        "yeux ; une personne vous écrit ensuite."
    ),
    phrases.CALLBACK_LATE: (
        "Nous devions revenir vers vous ({when}), et personne ne l'a encore fait. Nous en sommes désolés."
        " Notre équipe a été rappelée ; votre dossier reste chez elle."
    ),
    phrases.NUDGE: "Nous attendons encore votre réponse ici. Sans elle, nous considérerons cela comme résolu : {when}.",
    phrases.NUDGE_ONLY: "Nous attendons encore votre réponse ici.",
    phrases.TRANSCRIPT: "La transcription est maintenant dans cette conversation.",
    phrases.TRANSCRIPT_AGAIN: "Cette transcription est déjà dans la conversation ; rien n'a été dit depuis.",
    phrases.RATED: "Votre note : {stars}. Merci !",
    phrases.COMMENTED: "Merci, notre équipe lit cela.",
    phrases.TALK_TO_PERSON: "Parler à une personne",
    phrases.VERIFY: "C'est bien moi",
    phrases.HELPFUL: "Utile",
    phrases.NOT_HELPFUL: "Pas utile",
    phrases.TRY_AGAIN: "Réessayer",
    phrases.ASK_SOLVED: "Est-ce résolu pour vous ?",
    phrases.IS_SOLVED: "Oui, c'est résolu",
    phrases.NOT_SOLVED: "Pas encore",
    phrases.GLAD: "Merci !",
    phrases.TEAM_GOES_ON: "Je l'ai dit à l'équipe ; elle continue.",
    phrases.ASK_RATING: "Comment avons-nous été ?",
    phrases.RATING_TAKEN: "Merci pour la note.",
    phrases.ADD_COMMENT: "Ajouter un mot",
    phrases.GIVE_TRANSCRIPT: "Transcription",
    phrases.PASSED_ON: "Transmis comme dossier {case}.",
    phrases.NO_CASE: "Vous n'avez aucun dossier ouvert chez moi.",
}
