"""Which language a text is in, told by its script or by its commonest words; no model.

Pure text in, a code out: ISO 639-1, empty where the text does not tell.
"""

import re
import unicodedata
from collections import Counter

_LEAST_WORDS = 3
"""Fewer words do not tell, where the script does not."""
_LEAST_HITS = 2
_SAMPLE_CHARS = 1_000
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "THAI": "th", "GREEK": "el", "HEBREW": "he",
    "ARMENIAN": "hy", "GEORGIAN": "ka", "TAMIL": "ta", "TELUGU": "te", "BENGALI": "bn", "GUJARATI": "gu",
    "KANNADA": "kn", "MALAYALAM": "ml", "KHMER": "km", "LAO": "lo", "SINHALA": "si",
}  # fmt: skip
"""Scripts that one language alone is written in, near enough."""
_COMMON = {
    "en": "the and is my i you to of in it for not have this that was with what can please how when where do does am "
    "are be on your has been will would want need get but if or an me we they there why which could no did",
    "de": "der die das und ist ich nicht ein eine mein meine mit es zu wie wo was für auf den dem von sie wir habe hat "
    "kann bitte noch bei wann warum im aus sind mir wird nach über mich ihre wurde",
    "fr": "le la les et est je pas un une mon ma mes avec vous pour que qui dans sur des du en au ce comment où quand "
    "pourquoi bonjour ai ne nous votre suis été plus puis merci veux c'est j'ai n'est",
    "es": "el la los las y es no un una mi mis con usted para que en por se del al cómo dónde cuándo está he me lo "
    "hola quiero tengo puedo como donde pero ha su gracias favor necesito estoy",
    "it": "il lo la gli e è non un una mio mia con per che di in del della come dove quando perché ho sono mi ciao "
    "vorrei posso grazie questo ma si anche stato al ordine",
    "pt": "o a os as e é não um uma meu minha com para que em do da no na como onde quando está eu me olá quero tenho "
    "posso obrigado por favor você mas já foi seu preciso",
    "nl": "de het een en is ik niet mijn met voor van dat op in te hoe waar wanneer heb heeft kan graag u jullie maar "
    "wat waarom nog zijn er aan bij ook geen",
    "sv": "och är jag inte en ett min mitt med för att det som på hur var när har kan vill ni tack men inte från till",
    "da": "og er jeg ikke en et min mit med for at det som på hvordan hvor hvornår har kan vil tak men fra til af",
    "pl": "i jest nie mój moja moje z w na do się że jak gdzie kiedy czy mam mogę proszę dlaczego to dzień dobry za",
    "tr": "ve bir bu için ne nasıl nerede zaman değil var yok benim mi mı lütfen ama çok daha istiyorum siparişim",
    "cs": "a je není můj moje s na do se že jak kde kdy mám mohu prosím proč to dobrý den za jsem",
    "ro": "și este nu un o meu mea cu pentru că în pe la cum unde când am pot vă rog de ce sunt",
}
_BY_WORD = {lang: frozenset(words.split()) for lang, words in _COMMON.items()}


def language_of(text: str) -> str:
    """The language of a text; empty when it does not tell."""
    sample = text[:_SAMPLE_CHARS]
    return by_script(sample) or by_words(sample)


def by_script(text: str) -> str:
    """The language that alone, or nearly so, is written in this script."""
    if text.isascii():
        return ""
    scripts = Counter(unicodedata.name(char, "").split(" ")[0].split("-")[0] for char in text if char.isalpha())
    if not scripts:
        return ""
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0 and scripts["CJK"] + scripts["HIRAGANA"] > scripts["LATIN"]:
        return "ja"
    script = scripts.most_common(1)[0][0]
    return _SCRIPTS.get(script, "")


def by_words(text: str) -> str:
    """The language whose commonest words there are, if it stands out."""
    words = [word.lower() for word in _WORDS.findall(text)]
    if len(words) < _LEAST_WORDS:
        return ""
    hits = Counter({lang: sum(word in known for word in words) for lang, known in _BY_WORD.items()})
    (best, most), (_, second) = hits.most_common(2)
    return best if most >= _LEAST_HITS and most > second else ""
