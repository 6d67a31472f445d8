"""A phone company: lines, plans, bills. Rules and wording follow the data set's policy and outputs."""

from datetime import date, timedelta
from typing import Any

from evals.actions_phone_looks import PhoneLooks
from evals.actions_world import Json

_TODAY = date(2025, 2, 25)
"""The day the data set plays at."""
_DEFAULTS: dict[str, Json] = {
    "plans": {},
    "devices": {"imei": None, "activated": False, "activation_date": None, "last_esim_transfer_date": None},
    "lines": {
        "device_id": None, "data_used_gb": 0.0, "data_refueling_gb": 0.0, "roaming_enabled": False,
        "contract_end_date": None, "last_plan_change_date": None, "last_sim_replacement_date": None,
        "suspension_start_date": None,
    },
    "customers": {
        "account_status": "Pending Verification", "created_at": "2025-01-01", "last_extension_date": None,
        "goodwill_credit_used_this_year": 0.0,
    },
    "bills": {"status": "Draft"},
}  # fmt: skip
_LISTS = {"customers": ("payment_methods", "line_ids", "bill_ids"), "bills": ("line_items",)}
_MOMENTS = ("activation_date", "last_esim_transfer_date", "created_at")
_KINDS = {
    "L": ("lines", "line_id", "Line"),
    "D": ("devices", "device_id", "Device"),
    "B": ("bills", "bill_id", "Bill"),
    "C": ("customers", "customer_id", "Customer"),
    "P": ("plans", "plan_id", "Plan"),
}


class Telecom(PhoneLooks):
    """The company's side; `PhoneLooks` is the customer's."""

    writes = PhoneLooks.writes | frozenset(
        "suspend_line resume_line send_payment_request enable_roaming disable_roaming refuel_data".split()
    )

    def __init__(self, rows: Json, user_rows: Json | None = None) -> None:
        for table, defaults in _DEFAULTS.items():
            for row in rows.setdefault(table, []):
                for key in _LISTS.get(table, ()):
                    row.setdefault(key, [])
                for key, value in defaults.items():
                    row.setdefault(key, value)
                for key in _MOMENTS:
                    if isinstance(row.get(key), str):
                        row[key] = row[key].replace("T", " ")
        super().__init__(rows, user_rows)

    def get_customer_by_phone(self, phone_number: str) -> Json:
        """By the contact's number or a line's."""
        for customer in self.rows["customers"]:
            numbers = [
                customer["phone_number"],
                *(self._get("L", each)["phone_number"] for each in customer["line_ids"]),
            ]
            if phone_number in numbers:
                return customer
        raise ValueError(f"Customer with phone number {phone_number} not found")

    def get_customer_by_id(self, customer_id: str) -> Json:
        """By id."""
        return self._get("C", customer_id)

    def get_customer_by_name(self, full_name: str, dob: str) -> list[Json]:
        """By name and birthday."""
        wanted = (full_name.lower(), dob)
        return [each for each in self.rows["customers"] if (each["full_name"].lower(), each["date_of_birth"]) == wanted]

    def get_details_by_id(self, id: str) -> Json:
        """Anything, by the letter its id begins with."""
        if id[:1] not in _KINDS:
            raise ValueError(f"Unknown ID format or type: {id}")
        return self._get(id[:1], id)

    def get_bills_for_customer(self, customer_id: str, limit: int = 12) -> list[Json]:
        """The newest first."""
        bills = [self._get("B", each) for each in self._get("C", customer_id)["bill_ids"]]
        return sorted(bills, key=lambda bill: bill["issue_date"], reverse=True)[:limit]

    def get_data_usage(self, customer_id: str, line_id: str) -> Json:
        """What is used and what is left."""
        line = self._line(customer_id, line_id)
        month_end = (_TODAY.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return {
            "line_id": line_id,
            "data_used_gb": str(line["data_used_gb"]),
            "data_limit_gb": str(self._get("P", line["plan_id"])["data_limit_gb"]),
            "data_refueling_gb": str(line["data_refueling_gb"]),
            "cycle_end_date": month_end.isoformat(),
        }

    def suspend_line(self, customer_id: str, line_id: str, reason: str) -> Json:
        """Put a line to sleep."""
        line = self._line(customer_id, line_id)
        if line["status"] != "Active":
            raise ValueError("Line must be active to suspend")
        line["status"], line["suspension_start_date"] = "Suspended", _TODAY.isoformat()
        return {"message": "Line suspended successfully. $5/month holding fee will apply.", "line": line}

    def resume_line(self, customer_id: str, line_id: str) -> Json:
        """Wake a line."""
        line = self._line(customer_id, line_id)
        if line["status"] not in ("Suspended", "Pending Activation"):
            raise ValueError("Line must be suspended to resume")
        line["status"], line["suspension_start_date"] = "Active", None
        return {"message": "Line resumed successfully", "line": line}

    def send_payment_request(self, customer_id: str, bill_id: str) -> str:
        """Ask to pay a bill; one at a time."""
        customer = self._get("C", customer_id)
        if self._awaiting(customer):
            raise ValueError("A bill is already awaiting payment for this customer")
        if bill_id not in customer["bill_ids"]:
            raise ValueError(f"Bill {bill_id} not found for customer {customer_id}")
        self._get("B", bill_id)["status"] = "Awaiting Payment"
        return f"Payment request sent to the customer for bill {bill_id}"

    def enable_roaming(self, customer_id: str, line_id: str) -> str:
        """Abroad too."""
        return self._roam(customer_id, line_id, on=True)

    def disable_roaming(self, customer_id: str, line_id: str) -> str:
        """At home only."""
        return self._roam(customer_id, line_id, on=False)

    def refuel_data(self, customer_id: str, line_id: str, gb_amount: float) -> Json:
        """More data, on the next bill."""
        line, amount = self._line(customer_id, line_id), float(gb_amount)
        if amount <= 0:
            raise ValueError("Refuel amount must be positive")
        price = self._get("P", line["plan_id"])["data_refueling_price_per_gb"]
        charge = amount * price
        line["data_refueling_gb"] += amount
        bill = self._draft_bill(customer_id)
        _add_item(bill, f"Data refueling: {amount} GB at ${price}/GB", charge)
        return {
            "message": f"Successfully added {amount} GB of data for line {line_id} for ${charge:.2f}",
            "new_data_refueling_gb": str(line["data_refueling_gb"]),
            "charge": str(charge),
        }

    def set_data_usage(self, customer_id: str, line_id: str, data_used_gb: float) -> None:
        """Part of a task's beginning."""
        self._line(customer_id, line_id)["data_used_gb"] = data_used_gb

    def suspend_line_for_overdue_bill(
        self, customer_id: str, line_id: str, new_bill_id: str, contract_ended: bool
    ) -> None:
        """Part of a task's beginning."""
        line, customer = self._get("L", line_id), self._get("C", customer_id)
        if line["status"] != "Active":
            raise ValueError("Line must be active to suspend for unpaid bill")
        last = _TODAY.replace(day=1) - timedelta(days=1)
        bill = _bill(new_bill_id, customer_id, start=last.replace(day=1), end=last, status="Overdue")
        _add_item(bill, f"Charge for line {line_id}", self._get("P", line["plan_id"])["price_per_month"])
        self.rows["bills"].append(bill)
        customer["bill_ids"].append(new_bill_id)
        line["status"], line["suspension_start_date"] = "Suspended", _TODAY.isoformat()
        if contract_ended:
            line["contract_end_date"] = last.isoformat()

    def assert_data_refueling_amount(self, customer_id: str, line_id: str, expected_amount: float) -> bool:
        """A task's own check."""
        return abs(self._line(customer_id, line_id)["data_refueling_gb"] - expected_amount) < 1e-6

    def assert_line_status(self, customer_id: str, line_id: str, expected_status: str) -> bool:
        """A task's own check."""
        return self._line(customer_id, line_id)["status"] == expected_status

    def assert_overdue_bill_exists(self, customer_id: str, overdue_bill_id: str) -> bool:
        """A task's own check."""
        has_it = overdue_bill_id in self._get("C", customer_id)["bill_ids"]
        return has_it and self._get("B", overdue_bill_id)["status"] == "Overdue"

    def assert_no_overdue_bill(self, overdue_bill_id: str) -> bool:
        """A task's own check."""
        found = [bill for bill in self.rows["bills"] if bill["bill_id"] == overdue_bill_id]
        return not found or found[0]["status"] == "Paid"

    def settle(self) -> None:
        """What the network tells the phone, and what a payment does to its bill."""
        around = self._surroundings
        if around["phone_number"] is None:
            return
        line = next(each for each in self.rows["lines"] if each["phone_number"] == around["phone_number"])
        around["line_active"] = line["status"] == "Active"
        around["roaming_allowed"] = line["roaming_enabled"]
        limit = self._get("P", line["plan_id"])["data_limit_gb"] + line["data_refueling_gb"]
        around["mobile_data_usage_exceeded"] = line["data_used_gb"] >= limit
        request = around["payment_request"]
        if request and request["paid"]:
            self._get("B", request["bill_id"])["status"] = "Paid"
            around["payment_request"] = None
        if around["payment_request"] is None:
            bills = self._awaiting(self.get_customer_by_phone(around["phone_number"]))
            if bills:
                due = {"bill_id": bills[0]["bill_id"], "amount_due": bills[0]["total_due"], "paid": False}
                around["payment_request"] = due

    def _get(self, kind: str, key: str) -> Json:
        table, column, name = _KINDS[kind]
        for row in self.rows[table]:
            if row[column] == key:
                return row
        raise ValueError(f"{name} with ID {key} not found")

    def _line(self, customer_id: str, line_id: str) -> Json:
        if line_id not in self._get("C", customer_id)["line_ids"]:
            raise ValueError(f"Line {line_id} not found for customer {customer_id}")
        return self._get("L", line_id)

    def _awaiting(self, customer: Json) -> list[Json]:
        bills = [self._get("B", each) for each in customer["bill_ids"]]
        return [bill for bill in bills if bill["status"] == "Awaiting Payment"]

    def _roam(self, customer_id: str, line_id: str, *, on: bool) -> str:
        line, word = self._line(customer_id, line_id), "enabled" if on else "disabled"
        if line["roaming_enabled"] == on:
            return f"Roaming was already {word}"
        line["roaming_enabled"] = on
        return f"Roaming {word} successfully"

    def _draft_bill(self, customer_id: str) -> Json:
        customer = self._get("C", customer_id)
        for bill_id in customer["bill_ids"]:
            if (bill := self._get("B", bill_id))["status"] == "Draft":
                return bill
        start = (_TODAY.replace(day=1) + timedelta(days=32)).replace(day=1)
        end = (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        bill = _bill(f"B{len(self.rows['bills']):08x}", customer_id, start=start, end=end, status="Draft")
        self.rows["bills"].append(bill)
        customer["bill_ids"].append(bill["bill_id"])
        return bill


def _bill(bill_id: str, customer_id: str, *, start: date, end: date, status: str) -> Json:
    return {
        "bill_id": bill_id,
        "customer_id": customer_id,
        "period_start": start.isoformat(),
        "period_end": end.isoformat(),
        "issue_date": start.isoformat(),
        "total_due": 0.0,
        "due_date": (start + timedelta(days=14)).isoformat(),
        "line_items": [],
        "status": status,
    }


def _add_item(bill: Json, description: str, amount: float) -> None:
    kind = "Credit" if amount < 0 else "Charge"
    item: dict[str, Any] = {"description": description, "amount": amount, "date": _TODAY.isoformat(), "item_type": kind}
    bill["line_items"].append(item)
    bill["total_due"] += amount
