"""Fixed lines about knowledge in the customer's language: said by code, so always true in each of them."""

from collections.abc import Mapping

from core import phrases

_SAID: Mapping[str, Mapping[str, str]] = {
    phrases.NOTHING_FOUND: {
        "de": "Dazu habe ich auf unseren Hilfeseiten nichts gefunden und will nicht raten. Soll ich einen Menschen "
        "dazuholen?",
        "fr": "Je n'ai rien trouvé à ce sujet dans nos pages d'aide, et je ne veux pas deviner. Dois-je faire venir "
        "une personne de l'équipe ?",
        "es": "No he encontrado nada sobre eso en nuestras páginas de ayuda y no quiero adivinar. ¿Quieres que avise a "
        "una persona?",
        "it": "Non ho trovato nulla su questo nelle nostre pagine di aiuto e non voglio tirare a indovinare. Devo "
        "chiamare una persona?",
        "pt": "Não encontrei nada sobre isso nas nossas páginas de ajuda e não quero adivinhar. Devo "
        "chamar uma pessoa?",
        "nl": "Daarover heb ik niets gevonden op onze hulppagina's, en ik wil niet gokken. Zal ik er een "
        "mens bij halen?",
    },
    phrases.ASK_BACK: {
        "de": "Damit ich das Richtige beantworte: Meinst du {options} oder etwas anderes?",
        "fr": "Pour répondre à la bonne question : s'agit-il de {options}, ou d'autre chose ?",
        "es": "Para responder a lo correcto: ¿te refieres a {options}, o a otra cosa?",
        "it": "Per rispondere alla cosa giusta: si tratta di {options} o di altro?",
        "pt": "Para responder ao que é certo: trata-se de {options} ou de outra coisa?",
        "nl": "Om het juiste te beantwoorden: bedoel je {options}, of iets anders?",
    },
    phrases.ASK_BACK_OPEN: {
        "de": "Damit ich das Richtige beantworte: Worum geht es genau? Ein Produkt, eine Bestellung oder eine Seite "
        "würde mir helfen.",
        "fr": "Pour répondre à la bonne question : de quoi s'agit-il exactement ? Un produit, une commande ou une page "
        "m'aiderait.",
        "es": "Para responder a lo correcto: ¿de qué se trata exactamente? Un producto, un pedido o una página me "
        "ayudaría.",
        "it": "Per rispondere alla cosa giusta: di che cosa si tratta esattamente? Un prodotto, un ordine o una pagina "
        "mi aiuterebbe.",
        "pt": "Para responder ao que é certo: de que se trata exatamente? Um produto, uma encomenda ou uma página "
        "ajudava-me.",
        "nl": "Om het juiste te beantwoorden: waar gaat het precies over? Een product, een bestelling of een pagina "
        "zou me helpen.",
    },
    phrases.NO_SOURCE: {
        "de": "Dafür habe ich keine Quelle, deshalb lasse ich es weg; ein Mensch kann es dir sagen.",
        "fr": "Je n'ai pas de source pour cela, donc je le laisse de côté ; une personne peut vous le dire.",
        "es": "No tengo ninguna fuente para eso, así que lo dejo fuera; una persona puede decírtelo.",
        "it": "Non ho una fonte per questo, quindi lo tralascio; una persona può dirtelo.",
        "pt": "Não tenho fonte para isso, por isso deixo de fora; uma pessoa pode dizer-lhe.",
        "nl": "Daar heb ik geen bron voor, dus laat ik het weg; een mens kan het je zeggen.",
    },
    phrases.FROM_SOURCE: {
        "de": "Auf unseren Hilfeseiten steht: „{text}“ [{number}]",
        "fr": "Nos pages d'aide disent : « {text} » [{number}]",
        "es": "Nuestras páginas de ayuda dicen: «{text}» [{number}]",
        "it": "Le nostre pagine di aiuto dicono: «{text}» [{number}]",
        "pt": "As nossas páginas de ajuda dizem: «{text}» [{number}]",
        "nl": "Op onze hulppagina's staat: “{text}” [{number}]",
    },
    phrases.LINK_LEFT_OUT: {
        "de": "(eine Adresse, für die ich keine Quelle habe)",
        "fr": "(une adresse pour laquelle je n'ai pas de source)",
        "es": "(una dirección de la que no tengo fuente)",
        "it": "(un indirizzo di cui non ho una fonte)",
        "pt": "(um endereço de que não tenho fonte)",
        "nl": "(een adres waarvoor ik geen bron heb)",
    },
    phrases.EMPTY_ANSWER: {
        "de": "Darauf habe ich keine Antwort. Möchtest du mit einem Menschen sprechen?",
        "fr": "Je n'ai pas de réponse à cela. Voulez-vous parler à une personne ?",
        "es": "No tengo respuesta para eso. ¿Quieres hablar con una persona?",
        "it": "Non ho una risposta a questo. Vuoi parlare con una persona?",
        "pt": "Não tenho resposta para isso. Quer falar com uma pessoa?",
        "nl": "Daar heb ik geen antwoord op. Wil je met een mens spreken?",
    },
}
_OR = {"en": "or", "de": "oder", "fr": "ou", "es": "o", "it": "o", "pt": "ou", "nl": "of"}


def said_in(language: str, line: str) -> str:
    """A line of `core.phrases` in a language, where it is known in that; else as it stands."""
    return _SAID.get(line, {}).get(language, line)


def every(line: str) -> tuple[str, ...]:
    """A line in all languages that it is known in."""
    return (line, *_SAID.get(line, {}).values())


def listed(language: str, things: list[str]) -> str:
    """Things to choose from: `a, b or c`. There must be one at least."""
    if len(things) < 2:
        return things[0]
    return f"{', '.join(things[:-1])} {_OR.get(language, _OR['en'])} {things[-1]}"
