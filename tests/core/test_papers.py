"""Identity papers and cards on pictures: told by their form, kept nowhere, shown to nobody of the team."""

import pytest

from core.papers import shows_paper, without_secrets

_ZONE = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]


@pytest.mark.parametrize(
    "lines",
    [
        _ZONE,
        ["Passport No.", "L898902C3"],
        ["PERSONALAUSWEIS", "Nr. T220001293"],
        ["Driving licence", "MORGA753116SM9IJ"],
        ["DNI 12345678Z"],
        ["National ID number: 850101-12345"],
    ],
)
def test_papers_are_known_by_their_zone_or_their_number(lines: list[str]) -> None:
    assert shows_paper(lines)
    assert (
        not set("\n".join(lines).split())
        & {"L898902C3", "T220001293", "12345678Z"}
        & set(without_secrets("\n".join(lines)).split())
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["Error E-4012: please upload your passport again"],
        ["Order #88291", "Total 129,00 EUR", "12 March 2026"],
        ["<div><<<<< >>>>> merge conflict", "def f(x): return x"],
        ["Tracking JD014600008829123456"],
    ],
)
def test_other_pictures_are_no_papers_and_stay_as_they_are(lines: list[str]) -> None:
    assert not shows_paper(lines)
    assert without_secrets("\n".join(lines)) == "\n".join(lines)


def test_numbers_of_cards_and_papers_are_not_kept() -> None:
    text = "\n".join(["VISA 4111 1111 1111 1111", "Passport number L898902C3", _ZONE[0], "Order #88291"])
    assert without_secrets(text) == "VISA [CARD_1]\nPassport number [ID]\n[ID]\nOrder #88291"
