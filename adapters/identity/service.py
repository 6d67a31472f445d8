"""The company's own services for knowing customers again: its records, and what brings a code to somebody."""

from collections.abc import Mapping

from pydantic import BaseModel, Field, ValidationError

from core.checking import Check
from core.errors import DeliveryError, ToolRefused
from core.fetching import Answer, Asker
from core.identity import OnFile

_NOBODY = frozenset({404, 410})


class OnFilePayload(BaseModel):
    """A customer as the records tell of them."""

    customer_id: str = Field(min_length=1, max_length=200)
    address: str = Field(default="", max_length=320)


class Service:
    """An address that takes posts of ours. Nothing that is asked stands in a URL, where logs would keep it."""

    def __init__(self, asker: Asker, url: str, headers: Mapping[str, str], *, called: str) -> None:
        self._asker = asker
        self._url = url
        self._headers = dict(headers)
        self._called = called

    async def post(self, body: Mapping[str, object]) -> Answer:
        """One answer. Raises `DeliveryError`, whose words hold nothing of what was asked."""
        try:
            return await self._asker.ask("POST", self._url, headers=self._headers, body=dict(body))
        except ToolRefused as error:
            raise DeliveryError(f"{self._called} cannot be reached: {error}") from None
        except ConnectionError as error:
            raise DeliveryError(f"{self._called} does not answer ({error})") from None

    def refuses(self, answer: Answer) -> DeliveryError:
        """An answer that is none."""
        return DeliveryError(f"{self._called} answers with status {answer.status}")


class HttpDirectory:
    """Implements `core.identity.Directory`: posts `{"address"}` or `{"customer_id"}`; 404 is nobody."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def by_address(self, address: str) -> OnFile | None:
        """See `core.identity.Directory`."""
        return await self._one({"address": address})

    async def by_id(self, customer_id: str) -> OnFile | None:
        """See `core.identity.Directory`."""
        found = await self._one({"customer_id": customer_id})
        # Whoever is vouched for must be the one who was named, whatever the records make of a name.
        return found if found is not None and found.customer_id == customer_id else None

    async def examine(self, whose: str) -> Check:
        """Whether the records answer as they should, for `firstline doctor`."""
        what = " ".join(["customer records", *([whose] if whose else []), "answer"])
        try:
            await self.by_id("firstline-doctor")
        except DeliveryError as error:
            return Check(what, f"{error}. Check [identity.records] and docs/identity.md.")
        return Check(what)

    async def _one(self, asked: Mapping[str, str]) -> OnFile | None:
        answer = await self._service.post(asked)
        if answer.status in _NOBODY:
            return None
        if answer.status != 200:
            raise self._service.refuses(answer)
        try:
            found = OnFilePayload.model_validate_json(answer.content)
        except ValidationError:
            raise DeliveryError("the customer records answer in another form than docs/identity.md says") from None
        return OnFile(found.customer_id, found.address)


class HttpSender:
    """Implements `core.identity.CodeSender`: posts `{"customer_id", "address", "code", "minutes"}`; 2xx is sent."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def send(self, to: OnFile, code: str, *, minutes: int) -> None:
        """See `core.identity.CodeSender`."""
        sent = {"customer_id": to.customer_id, "address": to.address, "code": code, "minutes": minutes}
        answer = await self._service.post(sent)
        if not 200 <= answer.status < 300:
            raise self._service.refuses(answer)
