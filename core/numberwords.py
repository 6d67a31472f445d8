"""Numbers that are written as words, in the languages customers write in most. Pure values."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_GERMAN = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn"
).split()
_GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_MORE = {
    "dreissig": 30, "fuenf": 5, "zwoelf": 12, "fuenfzehn": 15, "fuenfzig": 50, "hundert": 100, "einhundert": 100,
    "tausend": 1000, "hundred": 100, "thousand": 1000, "a hundred": 100, "one hundred": 100, "dozen": 12,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
    "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30,
    "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100, "vingt et un": 21, "vingt-et-un": 21,
    "vingt-quatre": 24, "quarante-cinq": 45, "quarante-huit": 48, "soixante-douze": 72, "quatre-vingt-dix": 90,
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "doce": 12,
    "catorce": 14, "quince": 15, "veinte": 20, "veintiuno": 21, "veintiún": 21, "veinticuatro": 24, "treinta": 30,
    "cuarenta": 40, "cuarenta y cinco": 45, "cuarenta y ocho": 48, "cincuenta": 50, "sesenta": 60, "noventa": 90,
    "cien": 100, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sette": 7, "otto": 8, "nove": 9, "dieci": 10,
    "dodici": 12, "quattordici": 14, "quindici": 15, "venti": 20, "ventuno": 21, "ventiquattro": 24, "trenta": 30,
    "quaranta": 40, "quarantotto": 48, "cinquanta": 50, "sessanta": 60, "novanta": 90, "cento": 100,
    "dois": 2, "duas": 2, "três": 3, "quatro": 4, "sete": 7, "oito": 8, "dez": 10, "doze": 12,
    "vinte": 20, "vinte e quatro": 24, "trinta": 30, "quarenta": 40, "quarenta e oito": 48, "sessenta": 60, "cem": 100,
    "twee": 2, "drie": 3, "vijf": 5, "zes": 6, "zeven": 7, "negen": 9, "tien": 10, "twaalf": 12, "veertien": 14,
    "vijftien": 15, "twintig": 20, "eenentwintig": 21, "vierentwintig": 24, "dertig": 30, "veertig": 40,
    "achtenveertig": 48, "vijftig": 50, "zestig": 60, "negentig": 90, "honderd": 100,
}  # fmt: skip
_ONE = {"one": 1, "ein": 1, "eine": 1, "einem": 1, "einer": 1, "einen": 1, "eines": 1, "un": 1, "une": 1, "una": 1,
        "uno": 1, "um": 1, "uma": 1, "een": 1}  # fmt: skip


def _english() -> Iterator[tuple[str, int]]:
    yield from ((word, n) for n, word in enumerate(_ENGLISH) if n > 1)
    for tens, word in enumerate(_ENGLISH_TENS, start=2):
        yield word, tens * 10
        yield from ((f"{word}-{unit}", tens * 10 + n) for n, unit in enumerate(_ENGLISH[1:10], start=1))
        yield from ((f"{word} {unit}", tens * 10 + n) for n, unit in enumerate(_ENGLISH[1:10], start=1))


def _german() -> Iterator[tuple[str, int]]:
    yield from ((word, n) for n, word in enumerate(_GERMAN) if n > 1)
    for tens, word in enumerate(_GERMAN_TENS, start=2):
        yield word, tens * 10
        units = ["ein", *_GERMAN[2:10]]
        yield from ((f"{unit}und{word}", tens * 10 + n) for n, unit in enumerate(units, start=1))


NUMBER_WORDS: Mapping[str, int] = MappingProxyType({**_MORE, **dict(_english()), **dict(_german()), **_ONE})
"""A word, in small letters, to its number. The words for one are articles too: only a unit makes them a number."""
ONES = frozenset(_ONE)
