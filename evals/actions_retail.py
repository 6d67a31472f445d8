"""A web shop: orders, exchanges, returns, addresses. Rules and wording follow the data set's policy and outputs."""

import json
from collections.abc import Callable, Sequence

from evals.actions_world import Json, World

_LATER = (
    "cancel_reason", "exchange_items", "exchange_new_items", "exchange_payment_method_id",
    "exchange_price_difference", "return_items", "return_payment_method_id",
)  # fmt: skip
_REASONS = ("no longer needed", "ordered by mistake")


class Retail(World):
    """The shop."""

    writes = frozenset(
        "cancel_pending_order exchange_delivered_order_items modify_pending_order_address modify_pending_order_items "
        "modify_pending_order_payment modify_user_address return_delivered_order_items".split()
    )

    def __init__(self, rows: Json, user_rows: Json | None = None) -> None:
        for order in rows["orders"].values():
            for key in _LATER:
                order.setdefault(key, None)
        super().__init__(rows, user_rows)

    def find_user_id_by_email(self, email: str) -> str:
        """By e-mail, whatever its case."""

        def is_it(user: Json) -> bool:
            return user["email"].lower() == email.lower()

        return self._user_where(is_it)

    def find_user_id_by_name_zip(self, first_name: str, last_name: str, zip: str) -> str:
        """By name and postal code."""
        wanted = (first_name.lower(), last_name.lower(), zip)

        def is_it(user: Json) -> bool:
            name = user["name"]
            return (name["first_name"].lower(), name["last_name"].lower(), user["address"]["zip"]) == wanted

        return self._user_where(is_it)

    def get_order_details(self, order_id: str) -> Json:
        """An order."""
        return self._row("orders", order_id, "Order")

    def get_product_details(self, product_id: str) -> Json:
        """A product with its variants."""
        return self._row("products", product_id, "Product")

    def get_item_details(self, item_id: str) -> Json:
        """One variant."""
        for product in self.rows["products"].values():
            if item_id in product["variants"]:
                return product["variants"][item_id]
        raise ValueError("Item not found")

    def get_user_details(self, user_id: str) -> Json:
        """A customer."""
        return self._row("users", user_id, "User")

    def list_all_product_types(self) -> str:
        """Names and ids."""
        return json.dumps({each["name"]: each["product_id"] for each in self.rows["products"].values()}, sort_keys=True)

    def cancel_pending_order(self, order_id: str, reason: str) -> Json:
        """Cancel and pay back; gift cards at once."""
        order = self._order_that_is("pending", order_id, "Non-pending order cannot be cancelled")
        if reason not in _REASONS:
            raise ValueError("Invalid reason")
        refunds = [{**payment, "transaction_type": "refund"} for payment in order["payment_history"]]
        for refund in refunds:
            self._pay(order["user_id"], refund["payment_method_id"], -float(refund["amount"]))
        order["payment_history"].extend(refunds)
        order["status"], order["cancel_reason"] = "cancelled", reason
        return order

    def exchange_delivered_order_items(
        self, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
    ) -> Json:
        """Ask for an exchange."""
        order = self._order_that_is("delivered", order_id, "Non-delivered order cannot be exchanged")
        _must_hold(order, item_ids, "Number of {item} not found.")
        if len(item_ids) != len(new_item_ids):
            raise ValueError("The number of items to be exchanged should match.")
        difference = round(sum(self._price_steps(order, item_ids, new_item_ids)), 2)
        method = self._method(order["user_id"], payment_method_id)
        if method.get("balance", difference) < difference:
            raise ValueError("Insufficient gift card balance to pay for the price difference")
        order["status"] = "exchange requested"
        order["exchange_items"], order["exchange_new_items"] = sorted(item_ids), sorted(new_item_ids)
        order["exchange_payment_method_id"], order["exchange_price_difference"] = payment_method_id, difference
        return order

    def return_delivered_order_items(self, order_id: str, item_ids: list[str], payment_method_id: str) -> Json:
        """Ask to send items back; paid to a gift card or to the card it was paid with."""
        order = self._order_that_is("delivered", order_id, "Non-delivered order cannot be returned")
        method = self._method(order["user_id"], payment_method_id)
        if method["source"] != "gift_card" and payment_method_id != order["payment_history"][0]["payment_method_id"]:
            raise ValueError("Payment method should be the original payment method")
        _must_hold(order, item_ids, "Some item not found")
        order["status"], order["return_items"] = "return requested", sorted(item_ids)
        order["return_payment_method_id"] = payment_method_id
        return order

    def modify_pending_order_items(
        self, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
    ) -> Json:
        """Swap items before dispatch, once."""
        order = self._order_that_is("pending", order_id, "Non-pending order cannot be modified")
        _must_hold(order, item_ids, "{item} not found")
        if len(item_ids) != len(new_item_ids):
            raise ValueError("The number of items to be exchanged should match")
        if any(old == new for old, new in zip(item_ids, new_item_ids, strict=True)):
            raise ValueError("The new item id should be different from the old item id")
        difference = sum(self._price_steps(order, item_ids, new_item_ids))
        method = self._method(order["user_id"], payment_method_id)
        if method.get("balance", difference) < difference:
            raise ValueError("Insufficient gift card balance to pay for the new item")
        kind = "payment" if difference > 0 else "refund"
        _book(order, kind, abs(difference), payment_method_id)
        self._pay(order["user_id"], payment_method_id, difference)
        if item_ids:
            # The data set's shop books every swapped item at the last one's price and options.
            last = self._variant(_item(order, item_ids[-1])["product_id"], new_item_ids[-1])
            for old, new in zip(item_ids, new_item_ids, strict=True):
                _item(order, old).update(item_id=new, price=last["price"], options=last["options"])
        order["status"] = "pending (item modified)"
        return order

    def modify_pending_order_payment(self, order_id: str, payment_method_id: str) -> Json:
        """Pay with something else before dispatch."""
        order = self._open_order(order_id)
        method = self._method(order["user_id"], payment_method_id)
        paid = order["payment_history"]
        if len(paid) != 1 or paid[0]["transaction_type"] != "payment":
            raise ValueError("There should be exactly one payment for a pending order")
        before, amount = paid[0]["payment_method_id"], paid[0]["amount"]
        if before == payment_method_id:
            raise ValueError("The new payment method should be different from the current one")
        if method.get("balance", amount) < amount:
            raise ValueError("Insufficient gift card balance to pay for the order")
        _book(order, "payment", amount, payment_method_id)
        _book(order, "refund", amount, before)
        self._pay(order["user_id"], payment_method_id, amount)
        self._pay(order["user_id"], before, -amount)
        return order

    def modify_pending_order_address(self, order_id: str, **address: str) -> Json:
        """Send it elsewhere."""
        order = self._open_order(order_id)
        order["address"] = _address(**address)
        return order

    def modify_user_address(self, user_id: str, **address: str) -> Json:
        """Change the address on file."""
        user = self.get_user_details(user_id)
        user["address"] = _address(**address)
        return user

    def _row(self, table: str, key: str, name: str) -> Json:
        if key not in self.rows[table]:
            raise ValueError(f"{name} not found")
        return self.rows[table][key]

    def _user_where(self, is_it: Callable[[Json], bool]) -> str:
        found = next((key for key, user in self.rows["users"].items() if is_it(user)), None)
        if found is None:
            raise ValueError("User not found")
        return found

    def _order_that_is(self, status: str, order_id: str, else_say: str) -> Json:
        order = self.get_order_details(order_id)
        if order["status"] != status:
            raise ValueError(else_say)
        return order

    def _open_order(self, order_id: str) -> Json:
        order = self.get_order_details(order_id)
        if "pending" not in order["status"]:
            raise ValueError("Non-pending order cannot be modified")
        return order

    def _method(self, user_id: str, method_id: str) -> Json:
        methods = self.get_user_details(user_id)["payment_methods"]
        if method_id not in methods:
            raise ValueError("Payment method not found")
        return methods[method_id]

    def _pay(self, user_id: str, method_id: str, amount: float) -> None:
        """Only gift cards keep a balance here."""
        method = self._method(user_id, method_id)
        if method["source"] == "gift_card":
            method["balance"] = round(method["balance"] - amount, 2)

    def _variant(self, product_id: str, variant_id: str) -> Json:
        variants = self.get_product_details(product_id)["variants"]
        if variant_id not in variants:
            raise ValueError("Variant not found")
        return variants[variant_id]

    def _price_steps(self, order: Json, old_ids: Sequence[str], new_ids: Sequence[str]) -> list[float]:
        steps: list[float] = []
        for old, new in zip(old_ids, new_ids, strict=True):
            item = _item(order, old)
            variant = self._variant(item["product_id"], new)
            if not variant["available"]:
                raise ValueError(f"New item {new} not found or available")
            steps.append(variant["price"] - item["price"])
        return steps


def _must_hold(order: Json, item_ids: Sequence[str], else_say: str) -> None:
    ordered = [item["item_id"] for item in order["items"]]
    for item in item_ids:
        if list(item_ids).count(item) > ordered.count(item):
            raise ValueError(else_say.format(item=item))


def _item(order: Json, item_id: str) -> Json:
    found = next((item for item in order["items"] if item["item_id"] == item_id), None)
    if found is None:
        raise ValueError(f"Item {item_id} not found")
    return found


def _book(order: Json, kind: str, amount: float, method_id: str) -> None:
    order["payment_history"].append({"transaction_type": kind, "amount": amount, "payment_method_id": method_id})


def _address(*, address1: str, address2: str, city: str, state: str, country: str, zip: str) -> Json:
    return {
        "address1": address1,
        "address2": address2,
        "city": city,
        "country": country,
        "state": state,
        "zip": zip,
    }
