"""What the shop starts with. Dates are counted back from the day it is opened, so it never looks abandoned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeedCustomer:
    """A made-up customer."""

    id: str
    name: str
    email: str
    country: str
    note: str
    street: str
    postcode: str
    city: str


@dataclass(frozen=True, slots=True)
class SeedLine:
    """One thing of an order."""

    item: str
    price: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class SeedOrder:
    """A made-up order; days are counted back from today, negative ones lie ahead."""

    id: str
    customer_id: str
    item: str
    total: str
    status: str
    placed_days_ago: int
    event_days_ago: int
    """When it was delivered, handed over, cancelled, or is expected."""
    carrier: str = ""
    tracking: str = ""
    more: tuple[SeedLine, ...] = ()
    """What was ordered besides `item`; `total` is the sum of all."""


CUSTOMERS = (
    SeedCustomer(
        "C-1001",
        "Ada Keller",
        "ada.keller@example.com",
        "Germany",
        "owner of order #88291",
        "Lindenweg 4",
        "50667",
        "Cologne",
    ),
    SeedCustomer(
        "C-1002",
        "Ben Okafor",
        "ben.okafor@example.com",
        "United Kingdom",
        "a parcel that has not come",
        "12 Harbour Row",
        "BS1 4QA",
        "Bristol",
    ),
    SeedCustomer(
        "C-1003",
        "Carmen Ruiz",
        "carmen.ruiz@example.com",
        "Spain",
        "an order that can be cancelled",
        "Calle del Olmo 8",
        "28012",
        "Madrid",
    ),
    SeedCustomer(
        "C-1004",
        "Dmitri Laine",
        "dmitri.laine@example.com",
        "Finland",
        "a refund on its way",
        "Koivukuja 3",
        "00530",
        "Helsinki",
    ),
    SeedCustomer(
        "C-1005",
        "Elise Moreau",
        "elise.moreau@example.com",
        "France",
        "several small orders",
        "5 rue des Lilas",
        "69003",
        "Lyon",
    ),
    SeedCustomer(
        "C-1006",
        "Farid Haddad",
        "farid.haddad@example.com",
        "Netherlands",
        "no orders yet",
        "Grachtstraat 21",
        "3511 LX",
        "Utrecht",
    ),
)

ORDERS = (
    SeedOrder("88291", "C-1001", "Espresso machine", "129.00", "delivered", 9, 4, "DHL", "JD0146000088291"),
    SeedOrder("88305", "C-1001", "Milk frother", "24.90", "delivered", 12, 8, "DHL", "JD0146000088305"),
    SeedOrder("88377", "C-1001", "Coffee beans, 1 kg", "18.50", "shipped", 2, -2, "DHL", "JD0146000088377"),
    SeedOrder("88410", "C-1002", "Standing lamp", "79.00", "shipped", 11, 3, "Royal Mail", "RM772088410GB"),
    SeedOrder("88152", "C-1002", "Desk mat", "22.00", "delivered", 40, 35, "Royal Mail", "RM772088152GB"),
    SeedOrder("88433", "C-1003", "Wireless headphones", "89.90", "processing", 1, -4),
    SeedOrder("88020", "C-1003", "USB-C charger", "29.90", "delivered", 60, 55, "SEUR", "SE4408088020"),
    SeedOrder("88214", "C-1004", "Mechanical keyboard", "119.00", "refunded", 21, 3, "Posti", "PO8808214FI"),
    SeedOrder("88399", "C-1004", "Wrist rest", "19.00", "cancelled", 6, 5),
    SeedOrder("88341", "C-1005", "Notebook, pack of 3", "14.70", "delivered", 10, 6, "La Poste", "LP66088341FR"),
    SeedOrder("88342", "C-1005", "Fountain pen", "38.00", "delivered", 10, 6, "La Poste", "LP66088342FR"),
    SeedOrder("88440", "C-1005", "Ink, blue", "9.90", "processing", 0, -5),
    SeedOrder("87990", "C-1005", "Desk lamp", "54.00", "delivered", 90, 85, "La Poste", "LP66087990FR"),
    SeedOrder(
        "88362", "C-1001", "Cappuccino cups, set of 6", "62.50", "delivered", 8, 5, "DHL", "JD0146000088362",
        (SeedLine("Sugar bowl", "12.50"), SeedLine("Serving tray", "18.00")),
    ),
    SeedOrder("88451", "C-1001", "Coffee grinder", "59.00", "processing", 0, -4),
    SeedOrder("88256", "C-1001", "Kitchen scale", "34.50", "delivered", 45, 41, "DHL", "JD0146000088256"),
)  # fmt: skip

CURRENCY = "EUR"
DEFAULT_CUSTOMER = "C-1001"
