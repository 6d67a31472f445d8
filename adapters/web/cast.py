"""Who plays whom in the demo, written into the author id itself so that a restart cannot mix people up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Customer:
    """A seeded customer somebody may play."""

    id: str
    name: str
    note: str = ""
    """What is special about them: `owner of order #88291`."""


class Cast(Mapping[str, str]):
    """Author id to customer id, for `DemoIdentity.by_author`. It knows each id it made, and lists none."""

    def __init__(self, customers: Sequence[Customer] = ()) -> None:
        self.customers = tuple(customers)
        self._by_id = {each.id: each for each in customers}

    def choose(self, customer_id: str) -> Customer | None:
        """The customer of this id; for an unknown or empty one the first, who is the default."""
        return self._by_id.get(customer_id) or next(iter(self.customers), None)

    def author_id(self, channel: str, customer: Customer | None) -> str:
        """The id under which somebody in this chat plays this customer."""
        return f"{channel}.{customer.id}" if customer else channel

    def __getitem__(self, author_id: str) -> str:
        customer_id = author_id.partition(".")[2]
        return self._by_id[customer_id].id

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
