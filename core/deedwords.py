"""How people say that something was done, in the languages customers write in most. Pure text.

A deed is claimed by a participle with somebody who did it (`I have …`, `ich habe …`) or in the passive (`was …`,
`wurde …`); a wish, an offer, a rule and a denial are none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

_STEMS: Mapping[str, str] = {
    "refund": (
        r"refund|reimburs|money back|(?:paid|pay)\s+(?:\w+\s+)?back|erstatt|geld zurück|rembours|reembols|devoluci|"
        r"devuelto|rimbors|terugbeta|geld terug"
    ),
    "cancel": r"cancel|stornier|annul|anulad|geannuleerd",
    "schedul": (
        r"callback|call you|call back|appointment|rückruf|\btermin\b|rappel|rendez-vous|\bllamada|\bcita\b|richiam|"
        r"appuntamento|ligação|terugbel|afspraak"
    ),
    "ticket": r"\btickets?\b",
    "escalat": (
        r"\bperson\b|\bpeople\b|colleague|\bhumans?\b|\bteams?\b|kolleg|mitarbeiter|collègue|équipe|compañer|equipo|"
        r"colleg[ah]|squadra|\bcolega|equipe|medewerker"
    ),
    "reset": r"\breset|zurückgesetzt|réinitialis|restablec|reimposta|redefini",
    "ship": r"replacement|\bersatz|remplacement|reemplazo|sostituzion|\bsubstitu|vervang",
    "address": r"address|adress|dirección|indirizzo|endereço|\badres",
}
"""A deed's name to the words by which a claim of it, and the receipt for it, are known."""
DEEDS: Mapping[str, re.Pattern[str]] = {name: re.compile(stems, re.IGNORECASE) for name, stems in _STEMS.items()}

_CHANGE = re.compile(
    r"\bchang|\bupdat|geändert|aktualisiert|modifi|cambiad|actualizad|aggiornat|altera|atualiza|gewijzigd|aangepast",
    re.IGNORECASE,
)
"""An address is spoken of in many ways; a deed is only its change."""
_ENGLISH_PASSIVE = (
    "refunded reimbursed issued processed cancelled canceled scheduled created booked initiated started escalated "
    "forwarded reset submitted approved arranged transferred changed updated"
).split()
ENGLISH = [*_ENGLISH_PASSIVE, "opened", "sent", "shipped", "requested"]
"""What `was sent` says is told by a look-up; `I have sent` is a deed."""
GERMAN = (
    "erstattet zurückerstattet rückerstattet storniert veranlasst eingeleitet angelegt erstellt eröffnet gebucht "
    "vereinbart eingeplant weitergeleitet übergeben zurückgesetzt verschickt versandt versendet gesendet gestartet "
    "ausgelöst beantragt geändert aktualisiert angestoßen bearbeitet"
).split()
_FRENCH = (
    "remboursé annulé créé ouvert planifié programmé réservé transféré transmis réinitialisé envoyé expédié initié "
    "lancé effectué modifié demandé traité"
).split()
_SPANISH = (
    "reembolsado devuelto cancelado anulado creado abierto programado reservado transferido enviado iniciado "
    "restablecido cambiado actualizado solicitado tramitado procesado escalado"
).split()
_ITALIAN = (
    "rimborsato annullato cancellato creato aperto programmato prenotato inoltrato trasferito inviato spedito avviato "
    "reimpostato modificato aggiornato richiesto elaborato"
).split()
_PORTUGUESE = (
    "reembolsado devolvido cancelado anulado criado aberto agendado encaminhado transferido enviado iniciado "
    "redefinido alterado atualizado solicitado processado"
).split()
_PORTUGUESE_I = (
    "reembolsei cancelei criei abri agendei encaminhei enviei iniciei redefini alterei atualizei solicitei"
).split()
DUTCH = (
    "terugbetaald geannuleerd aangemaakt geopend ingepland doorgestuurd verstuurd verzonden gestart gereset gewijzigd "
    "aangepast aangevraagd verwerkt"
).split()


def _with_endings(words: Sequence[str], endings: tuple[str, ...], cut: int) -> list[str]:
    """Participles that agree with what they are said of."""
    return [*words, *(f"{word[: len(word) - cut]}{ending}" for word in words for ending in endings)]


FRENCH = _with_endings(_FRENCH, ("e", "s", "es"), 0)
SPANISH = _with_endings(_SPANISH, ("a", "os", "as"), 1)
ITALIAN = _with_endings(_ITALIAN, ("a", "i", "e"), 1)
PORTUGUESE = [*_with_endings(_PORTUGUESE, ("a", "os", "as"), 1), *_PORTUGUESE_I]
_STANDING = "way underway complete completed confirmed done gone".split()
"""What a refund is said to be that was made: `on its way`."""
WORDS = frozenset([*ENGLISH, *GERMAN, *FRENCH, *SPANISH, *ITALIAN, *PORTUGUESE, *DUTCH, *_STANDING])
"""Every participle, in every form: a text waits from there on, and no deed is claimed without one."""
_TOKEN = re.compile(r"\w+")


def _any(words: Sequence[str]) -> str:
    return f"(?:{'|'.join(sorted(set(words), key=len, reverse=True))})"


_GAP = r"[^.!?\n]{0,80}?"
_ALSO = r"(?:(?:just|now|already|successfully|fully|gone\s+ahead\s+and|went\s+ahead\s+and)\s+)*"
_THINGS = r"(?:refund|order|callback|ticket|request|appointment|password|address|subscription|cancell?ation)"
_OWN = re.compile(
    rf"\b(?:i|we)(?:['’]ve|\s+have)?\s+{_ALSO}{_any(ENGLISH)}\b"
    rf"|\b(?:ich|wir)\s+hab(?:e|en)\b{_GAP}\b{_any(GERMAN)}\b|\bhab(?:e|en)\s+(?:ich|wir)\b{_GAP}\b{_any(GERMAN)}\b"
    rf"|(?:\bj['’]ai|\bnous\s+avons)\b{_GAP}\b{_any(FRENCH)}\b"
    rf"|\b(?:he|hemos)\s+(?:\w+\s+)?{_any(SPANISH)}\b"
    rf"|\b(?:ho|abbiamo)\s+(?:\w+\s+)?{_any(ITALIAN)}\b"
    rf"|\b{_any(_PORTUGUESE_I)}\b"
    rf"|\b(?:ik\s+heb|w(?:e|ij)\s+hebben|heb\s+ik|hebben\s+we)\b{_GAP}\b{_any(DUTCH)}\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    rf"\b(?:has|have|is|was|were)\s+{_ALSO}been\s+{_ALSO}{_any(_ENGLISH_PASSIVE)}\b"
    rf"|\b(?:wurden?|ist|sind)\b{_GAP}\b{_any(GERMAN)}\b"
    rf"|\b(?:a|ont)\s+(?:\w+\s+)?été\s+(?:\w+\s+)?{_any(FRENCH)}\b"
    rf"|\b(?:ha|han)\s+sido\s+(?:\w+\s+)?{_any(SPANISH)}\b|\bse\s+han?\s+(?:\w+\s+)?{_any(SPANISH)}\b"
    rf"|\b(?:è|sono)\s+(?:\w+\s+)?stat[oaie]\s+(?:\w+\s+)?{_any(ITALIAN)}\b"
    rf"|\b(?:foi|foram)\s+(?:\w+\s+)?{_any(PORTUGUESE)}\b"
    rf"|\b(?:is|zijn|werd|werden)\b{_GAP}\b{_any(DUTCH)}\b",
    re.IGNORECASE,
)
_STANDS = re.compile(
    rf"\b(?:your|the)\s+(?:\w+\s+){{0,2}}?{_THINGS}\b[^.!?,\n]{{0,40}}?\b(?:is|was|has)\s+{_ALSO}"
    rf"(?:{_any(_ENGLISH_PASSIVE)}|on\s+its\s+way|underway|complete|completed|confirmed|done|gone\s+through)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|never|no|nicht|nie|kein\w*|noch\s+nicht|pas|jamais|nunca|non|mai|não|niet|nog\s+niet|geen|n['’]a|n['’]ont)\b|n['’]t\b",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b(?:if|once|when|whenever|after|as\s+soon\s+as|until|unless|before|wenn|falls|sobald|nachdem|bis|bevor|si|une\s+fois|"
    r"lorsque?|quand|dès|après|cuando|una\s+vez|después|quando|una\s+volta|dopo|assim\s+que|depois|als|zodra|wanneer|nadat)\b",
    re.IGNORECASE,
)
_BEFORE = 14
"""Characters before a verb in which a denial stands."""


def is_deed(sentence: str) -> bool:
    """It says that something was done, not that it would be, or was not."""
    if WORDS.isdisjoint(_TOKEN.findall(sentence.casefold())):
        return False
    return any(not _is_denied(sentence, found) for found in _claims(sentence))


def _claims(sentence: str) -> Iterator[re.Match[str]]:
    yield from _OWN.finditer(sentence)
    for found in _PASSIVE.finditer(sentence):
        clause = re.split(r"[,;:]", sentence[: found.start()])[-1]
        if not _IF.search(clause):
            yield found
    if not _IF.search(sentence) and not sentence.rstrip().endswith("?"):
        yield from _STANDS.finditer(sentence)


def _is_denied(sentence: str, found: re.Match[str]) -> bool:
    before = re.split(r"[,;:]", sentence[max(0, found.start() - _BEFORE) : found.start()])[-1]
    return _NOT.search(before + found.group()) is not None


def deeds_in(text: str) -> set[str]:
    """Which deeds a text speaks of."""
    found = {deed for deed, stems in DEEDS.items() if stems.search(text)}
    return found if _CHANGE.search(text) else found - {"address"}
