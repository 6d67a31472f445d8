"""An airline: bookings, changes, baggage, certificates. Rules and wording follow the data set's policy and outputs."""

from typing import Any

from evals.actions_world import Json, World

_NOW = "2024-05-15T15:00:00"
"""The moment the data set plays at."""
_NEW_IDS = ("HATHAT", "HATHAU", "HATHAV")
_NEW_CERTIFICATES = tuple(f"certificate_{number}" for number in (3221322, 3221323, 3221324))
_BAG = 50
_INSURANCE = 30
_CITIES = {
    "SFO": "San Francisco", "JFK": "New York", "LAX": "Los Angeles", "ORD": "Chicago", "DFW": "Dallas",
    "DEN": "Denver", "SEA": "Seattle", "ATL": "Atlanta", "MIA": "Miami", "BOS": "Boston", "PHX": "Phoenix",
    "IAH": "Houston", "LAS": "Las Vegas", "MCO": "Orlando", "EWR": "Newark", "CLT": "Charlotte",
    "MSP": "Minneapolis", "DTW": "Detroit", "PHL": "Philadelphia", "LGA": "LaGuardia",
}  # fmt: skip


class Airline(World):
    """The airline."""

    writes = frozenset(
        "book_reservation cancel_reservation send_certificate update_reservation_baggages "
        "update_reservation_flights update_reservation_passengers".split()
    )

    def __init__(self, rows: Json, user_rows: Json | None = None) -> None:
        for reservation in rows["reservations"].values():
            reservation.setdefault("status", None)
        super().__init__(rows, user_rows)

    def get_user_details(self, user_id: str) -> Json:
        """A customer."""
        return self._row("users", user_id, "User")

    def get_reservation_details(self, reservation_id: str) -> Json:
        """A booking."""
        return self._row("reservations", reservation_id, "Reservation")

    def get_flight_status(self, flight_number: str, date: str) -> str:
        """How a flight of a day stands."""
        return self._flight_of(flight_number, date)["status"]

    def list_all_airports(self) -> list[Json]:
        """Where it flies."""
        return [{"iata": code, "city": city} for code, city in _CITIES.items()]

    def search_direct_flight(self, origin: str, destination: str, date: str) -> list[Json]:
        """Flights of a day that can be booked."""
        return self._open_flights(date, origin=origin, destination=destination)

    def search_onestop_flight(self, origin: str, destination: str, date: str) -> list[list[Json]]:
        """Pairs of flights with a change."""
        pairs: list[list[Json]] = []
        for first in self._open_flights(date, origin=origin):
            lands = first["scheduled_arrival_time_est"]
            next_date = f"2024-05-{int(date[-2:]) + 1}" if "+1" in lands else date
            for second in self._open_flights(
                next_date, origin=first["destination"], destination=destination, after=lands
            ):
                pairs.append([{**first, "date": date}, {**second, "date": next_date}])
        return pairs

    def book_reservation(
        self,
        user_id: str,
        origin: str,
        destination: str,
        flight_type: str,
        cabin: str,
        flights: list[Json],
        passengers: list[Json],
        payment_methods: list[Json],
        total_baggages: int,
        nonfree_baggages: int,
        insurance: str,
    ) -> Json:
        """Book and pay; certificates are used up."""
        user = self.get_user_details(user_id)
        number = next((each for each in _NEW_IDS if each not in self.rows["reservations"]), None)
        if number is None:
            raise ValueError("Too many reservations")
        legs = [self._leg(each, cabin, seats=len(passengers)) for each in flights]
        total = sum(leg["price"] for leg in legs) * len(passengers) + _BAG * nonfree_baggages
        total += _INSURANCE * len(passengers) if insurance == "yes" else 0
        _must_be_covered(user, payment_methods, total)
        for payment in payment_methods:
            _take(user, payment["payment_id"], payment["amount"])
        for leg in legs:
            self._flight_of(leg["flight_number"], leg["date"])["available_seats"][cabin] -= len(passengers)
        booking: Json = {
            "reservation_id": number,
            "user_id": user_id,
            "origin": origin,
            "destination": destination,
            "flight_type": flight_type,
            "cabin": cabin,
            "flights": legs,
            "passengers": passengers,
            "payment_history": payment_methods,
            "created_at": _NOW,
            "total_baggages": total_baggages,
            "nonfree_baggages": nonfree_baggages,
            "insurance": insurance,
            "status": None,
        }
        self.rows["reservations"][number] = booking
        user["reservations"].append(number)
        return booking

    def cancel_reservation(self, reservation_id: str) -> Json:
        """Cancel; every payment is reversed."""
        booking = self.get_reservation_details(reservation_id)
        booking["payment_history"] += [{**paid, "amount": -paid["amount"]} for paid in booking["payment_history"]]
        booking["status"] = "cancelled"
        return booking

    def send_certificate(self, user_id: str, amount: int) -> str:
        """A gift of money."""
        methods = self.get_user_details(user_id)["payment_methods"]
        new = next((each for each in _NEW_CERTIFICATES if each not in methods), None)
        if new is None:
            raise ValueError("Too many certificates")
        methods[new] = {"source": "certificate", "id": new, "amount": float(amount)}
        return f"Certificate {new} added to user {user_id} with amount {amount}."

    def update_reservation_baggages(
        self, reservation_id: str, total_baggages: int, nonfree_baggages: int, payment_id: str
    ) -> Json:
        """More or fewer bags; more cost."""
        booking = self.get_reservation_details(reservation_id)
        self._settle_difference(booking, payment_id, _BAG * max(0, nonfree_baggages - booking["nonfree_baggages"]))
        booking["total_baggages"], booking["nonfree_baggages"] = total_baggages, nonfree_baggages
        return booking

    def update_reservation_flights(self, reservation_id: str, cabin: str, flights: list[Json], payment_id: str) -> Json:
        """Other flights or another cabin; the difference is paid or given back."""
        booking = self.get_reservation_details(reservation_id)
        people = len(booking["passengers"])
        kept = {(leg["flight_number"], leg["date"]): leg for leg in booking["flights"] if cabin == booking["cabin"]}
        legs = [
            kept.get((each["flight_number"], each["date"])) or self._leg(each, cabin, seats=people) for each in flights
        ]
        before = sum(leg["price"] for leg in booking["flights"])
        self._settle_difference(booking, payment_id, (sum(leg["price"] for leg in legs) - before) * people)
        booking["flights"], booking["cabin"] = legs, cabin
        return booking

    def update_reservation_passengers(self, reservation_id: str, passengers: list[Json]) -> Json:
        """Other names, as many as before."""
        booking = self.get_reservation_details(reservation_id)
        if len(passengers) != len(booking["passengers"]):
            raise ValueError("Number of passengers does not match")
        booking["passengers"] = passengers
        return booking

    def _row(self, table: str, key: str, name: str) -> Json:
        if key not in self.rows[table]:
            raise ValueError(f"{name} {key} not found")
        return self.rows[table][key]

    def _flight_of(self, number: str, date: str) -> Json:
        dates = self._row("flights", number, "Flight")["dates"]
        if date not in dates:
            raise ValueError(f"Flight {number} not found on date {date}")
        return dates[date]

    def _open_flights(self, date: str, *, origin: str, destination: str = "", after: str = "") -> list[Json]:
        found: list[Json] = []
        for flight in self.rows["flights"].values():
            day = flight["dates"].get(date, {})
            leaves = flight["scheduled_departure_time_est"]
            fits = flight["origin"] == origin and destination in ("", flight["destination"]) and leaves >= after
            if fits and day.get("status") == "available":
                plan = {key: value for key, value in flight.items() if key != "dates"}
                seats = {"available_seats": day["available_seats"], "prices": day["prices"]}
                found.append({**plan, "status": "available", "date": None, **seats})
        return found

    def _leg(self, wanted: Json, cabin: str, *, seats: int) -> Json:
        number, date = wanted["flight_number"], wanted["date"]
        flight, day = self._row("flights", number, "Flight"), self._flight_of(number, date)
        if day["status"] != "available":
            raise ValueError(f"Flight {number} not available on date {date}")
        if day["available_seats"][cabin] < seats:
            raise ValueError(f"Not enough seats on flight {number}")
        return {
            "flight_number": number,
            "origin": flight["origin"],
            "destination": flight["destination"],
            "date": date,
            "price": day["prices"][cabin],
        }

    def _settle_difference(self, booking: Json, payment_id: str, amount: int) -> None:
        methods = self.get_user_details(booking["user_id"])["payment_methods"]
        if payment_id not in methods:
            raise ValueError("Payment method not found")
        method = methods[payment_id]
        if method["source"] == "certificate":
            raise ValueError("Certificate cannot be used to update reservation")
        if method["source"] == "gift_card":
            if method["amount"] < amount:
                raise ValueError("Gift card balance is not enough")
            method["amount"] -= amount
        if amount:
            booking["payment_history"].append({"payment_id": payment_id, "amount": amount})


def _must_be_covered(user: Json, payments: list[Json], total: float) -> None:
    for payment in payments:
        method: dict[str, Any] | None = user["payment_methods"].get(payment["payment_id"])
        if method is None:
            raise ValueError(f"Payment method {payment['payment_id']} not found")
        if method["source"] != "credit_card" and method["amount"] < payment["amount"]:
            raise ValueError(f"Not enough balance in payment method {payment['payment_id']}")
    paid = sum(payment["amount"] for payment in payments)
    if paid != total:
        raise ValueError(f"Payment amount does not add up, total price is {total}, but paid {paid}")


def _take(user: Json, payment_id: str, amount: float) -> None:
    method = user["payment_methods"][payment_id]
    if method["source"] == "gift_card":
        method["amount"] -= amount
    elif method["source"] == "certificate":
        del user["payment_methods"][payment_id]
