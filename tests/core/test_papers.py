"""Identity papers and cards on pictures: told by their form, kept nowhere, shown to nobody of the team."""

import pytest

from core.papers import on_addresses, shows_paper, without_addresses, without_secrets

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


@pytest.mark.parametrize(
    "lines",
    [
        ["Ada Marlow", "12 Harbour Street", "20457 Hamburg"],
        ["Erika Muster", "Hauptstraße 12", "10115 Berlin"],
        ["Jo Do", "1600 Amphitheatre Parkway", "Mountain View, CA 94043"],
        ["Ann Lee", "10 Downing St", "London SW1A 2AA"],
        ["Marie Curie", "12 rue de la Paix", "75002 Paris"],
        ["Juan Rey", "Calle de Alcalá 45", "28014 Madrid"],
        ["Jan Nowak", "ul. Marszałkowska 10", "00-590 Warszawa"],
    ],
)
def test_an_address_is_its_street_its_town_and_the_name_above(lines: list[str]) -> None:
    assert on_addresses(["Order #88291", *lines, "Tracking JD0146000088291"]) == [False, True, True, True, False]
    assert without_addresses("a box; text: " + "\n".join(lines[1:])) == "a box; text: [ADDRESS]"


@pytest.mark.parametrize(
    "line", ["4012 Payment declined", "2 items in cart", "129.00 EUR", "Error code: PAY-2031", "v 12"]
)
def test_what_an_error_says_is_no_address(line: str) -> None:
    assert on_addresses([line]) == [False]
