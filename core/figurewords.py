"""The words that make a number a figure: units, currencies, months and weekdays, in several languages."""

from collections.abc import Mapping

CURRENCIES = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "euro": "EUR", "euros": "EUR", "eur": "EUR", "usd": "USD",
    "dollar": "USD", "dollars": "USD", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "chf": "CHF", "franken": "CHF",
    "francs": "CHF", "jpy": "JPY", "yen": "JPY", "dólares": "USD", "dollari": "USD", "sek": "SEK", "nok": "NOK",
    "dkk": "DKK", "pln": "PLN", "cad": "CAD", "aud": "AUD",
}  # fmt: skip
UNITS: Mapping[str, tuple[str, int]] = {
    **dict.fromkeys(("second", "seconds", "sekunde", "sekunden", "seconde", "secondes", "segundos", "secondi"),
                    ("second", 1)),
    **dict.fromkeys(("minute", "minutes", "min", "mins", "minuten", "minutos", "minuto", "minuti", "minuut"),
                    ("minute", 1)),
    **dict.fromkeys(("hour", "hours", "hrs", "hr", "stunde", "stunden", "heure", "heures", "hora", "horas", "ora",
                     "ore", "uur", "uren"), ("minute", 60)),
    **dict.fromkeys(("day", "days", "tag", "tage", "tagen", "jour", "jours", "día", "días", "dia", "dias", "giorno",
                     "giorni", "dag", "dagen", "kalendertage", "kalendertagen"), ("minute", 1440)),
    **dict.fromkeys(("week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas", "settimana",
                     "settimane", "weken"), ("minute", 10080)),
    **dict.fromkeys(("month", "months", "monat", "monate", "monaten", "monats", "mois", "mes", "meses", "mês", "mese",
                     "mesi", "maand", "maanden"), ("month", 1)),
    **dict.fromkeys(("year", "years", "jahr", "jahre", "jahren", "jahres", "an", "ans", "année", "années", "año",
                     "años", "ano", "anos", "anno", "anni", "jaar", "jaren"), ("month", 12)),
    **dict.fromkeys(("werktag", "werktage", "werktagen", "arbeitstag", "arbeitstage", "arbeitstagen", "bankarbeitstage",
                     "werkdag", "werkdagen", "geschäftstage"), ("working day", 1)),
}  # fmt: skip
DAY_MINUTES = 1440
MONTHS = {
    name: n
    for n, names in enumerate(
        (
            "january jan januar janvier enero gennaio janeiro januari",
            "february feb februar février fevrier febrero febbraio fevereiro februari",
            "march mar märz maerz mars marzo março maart",
            "april apr avril abril aprile",
            "may mai mayo maggio maio mei",
            "june jun juni juin junio giugno junho",
            "july jul juli juillet julio luglio julho",
            "august aug août aout agosto augustus",
            "september sep sept septembre septiembre settembre setembro",
            "october oct oktober octobre octubre ottobre outubro",
            "november nov novembre noviembre novembro",
            "december dec dezember décembre decembre diciembre dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
DAYS = {
    name: n
    for n, names in enumerate(
        (
            "monday montag lundi lunes lunedì maandag",
            "tuesday dienstag mardi martes martedì dinsdag",
            "wednesday mittwoch mercredi miércoles mercoledì woensdag",
            "thursday donnerstag jeudi jueves giovedì donderdag",
            "friday freitag vendredi viernes venerdì vrijdag",
            "saturday samstag sonnabend samedi sábado sabato zaterdag",
            "sunday sonntag dimanche domingo domenica zondag",
        ),
    )
    for name in names.split()
}


DAY_NAMES = frozenset(DAYS)
MONTH_NAMES = frozenset(MONTHS)
MEASURES = frozenset([*UNITS, *CURRENCIES, "percent", "per", "prozent", "pour", "por", "procent", "%"])
"""What may stand behind a number in words and make it a figure."""
GLUE = frozenset(
    "working business work banking week full calendar consecutive more additional volle voller ganze to or and bis "
    "oder ou tot of und et".split()
)
"""What may stand between the two."""
