"""The Desk port over crm's private HTTP; every failure is DeskUnavailable within the time-out."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import httpx
from pydantic import Field, TypeAdapter, ValidationError

from ivr.contract.desk import (
    CallerCard,
    DeskFailed,
    DeskUnavailable,
    FactsRefused,
    NumberBlock,
    VisitCodeAnswer,
    WarrantyAnswer,
    WarrantyQuestion,
)
from ivr.contract.envelope import Envelope
from ivr.contract.tickets import FoundTicket, TicketStatus
from ivr.sessions.wire import InvalidMessage, caller_card_from_json, visit_code_from_json, warranty_answer_from_json

_MAX_ANSWER = 1_000_000
_MAX_BLOCK = 1000
_SERIALS = 10_000_000
_REFUSALS = (400, 409, 413, 422)  # the same facts would bring the same answer again
_MAX_REASON = 160
_MAX_SEQ = 2**62

_STATUSES: TypeAdapter[tuple[TicketStatus, ...]] = TypeAdapter(Annotated[tuple[TicketStatus, ...], Field(max_length=3)])
_FOUND = TypeAdapter(FoundTicket)
_OPEN: TypeAdapter[dict[Literal["open"], bool]] = TypeAdapter(dict[Literal["open"], bool])


@dataclass(frozen=True, slots=True)
class DeskTimeouts:
    """Seconds for the whole of each request."""

    identify_s: float = 1.5
    lease_s: float = 5.0
    ship_s: float = 15.0
    warranty_s: float = 1.5
    visit_code_s: float = 1.5
    ask_s: float = 1.5


class HTTPDesk:
    """Desk by HTTP. The client belongs to the caller, who sets its base address and closes it."""

    def __init__(self, client: httpx.AsyncClient, token: str, timeouts: DeskTimeouts | None = None) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeouts = timeouts or DeskTimeouts()

    async def identify(self, caller_e164: str, did: str) -> CallerCard:
        """Tell who calls; see Desk."""
        body = {"caller_e164": caller_e164, "did": did}
        answer = await self._post("/internal/identify", body, self._timeouts.identify_s)
        try:
            return caller_card_from_json(answer)
        except InvalidMessage as error:
            raise DeskUnavailable(f"identify: {error}") from error

    async def lease_numbers(self, node: str) -> NumberBlock:
        """Lease a block; see Desk."""
        answer = await self._post("/internal/numbers", {"node": node}, self._timeouts.lease_s)
        first, size = _number(answer, "first"), _number(answer, "size")
        if not 1 <= size <= _MAX_BLOCK or first + size > _SERIALS:
            raise DeskUnavailable("numbers: block out of range")
        return NumberBlock(first, size)

    async def warranty(self, question: WarrantyQuestion) -> WarrantyAnswer:
        """Tell what holds for a machine; see Desk."""
        body = {
            "product_class": question.product_class,
            "bought_on": question.bought_on.isoformat() if question.bought_on else None,
            "precision": question.precision,
            "has_proof": question.has_proof,
            "cause": question.cause or None,
        }
        answer = await self._post("/internal/warranty", body, self._timeouts.warranty_s)
        try:
            return warranty_answer_from_json(answer)
        except InvalidMessage as error:
            raise DeskUnavailable(f"warranty: {error}") from error

    async def visit_code(self, code: str, caller_e164: str) -> VisitCodeAnswer:
        """Tell whether a visit code is good; see Desk."""
        body = {"code": code, "caller_e164": caller_e164}
        answer = await self._post("/internal/visit-code", body, self._timeouts.visit_code_s)
        try:
            return visit_code_from_json(answer)
        except InvalidMessage as error:
            raise DeskUnavailable(f"visit-code: {error}") from error

    async def ship(self, facts: Sequence[Envelope]) -> int:
        """Deliver facts; see Desk."""
        path, body = "/internal/facts", {"facts": [envelope.to_json() for envelope in facts]}
        response = await self._send(path, body, self._timeouts.ship_s)
        if response.status_code in _REFUSALS and (refused := _refusal(response)) is not None:
            raise refused
        return _number(_json(path, response), "acked")

    async def tickets_of(self, caller_e164: str) -> tuple[TicketStatus, ...]:
        """Return the caller's open tickets; see Desk."""
        answer = await self._post("/internal/tickets/of", {"caller_e164": caller_e164}, self._timeouts.ask_s)
        return _parsed(_STATUSES, answer.get("tickets") if isinstance(answer, dict) else None, "tickets")

    async def find_ticket(self, number: str, tail: str) -> FoundTicket:
        """Find a ticket by its number; see Desk."""
        answer = await self._post("/internal/tickets/find", {"number": number, "tail": tail}, self._timeouts.ask_s)
        return _parsed(_FOUND, answer, "ticket")

    async def open_callback(self, number: str) -> bool:
        """Tell whether this number keeps a place already; see Desk."""
        answer = await self._post("/internal/callbacks/open", {"number": number}, self._timeouts.ask_s)
        return _parsed(_OPEN, answer, "callback")["open"]

    async def _post(self, path: str, body: Mapping[str, Any], timeout_s: float) -> Any:
        return _json(path, await self._send(path, body, timeout_s))

    async def _send(self, path: str, body: Mapping[str, Any], timeout_s: float) -> httpx.Response:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._client.post(path, json=body, headers=self._headers, timeout=timeout_s)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
            raise DeskUnavailable(f"{path}: {type(error).__name__}") from error


def _json(path: str, response: httpx.Response) -> Any:
    if response.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
        raise DeskFailed(f"{path}: status 500")
    if response.status_code != httpx.codes.OK:
        raise DeskUnavailable(f"{path}: status {response.status_code}")
    if len(response.content) > _MAX_ANSWER:
        raise DeskUnavailable(f"{path}: answer too long")
    try:
        return response.json()
    except (ValueError, RecursionError) as error:
        raise DeskUnavailable(f"{path}: not JSON") from error


def _refusal(response: httpx.Response) -> FactsRefused | None:
    """Return what crm's problem says, None when the answer is none of crm's."""
    try:
        problem = response.json() if len(response.content) <= _MAX_ANSWER else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(problem, dict) or not isinstance(problem.get("code"), str):
        return None
    words = [str(problem[name]) for name in ("code", "reason") if isinstance(problem.get(name), str)]
    reason = " ".join([str(response.status_code), *words])[:_MAX_REASON]
    highest = problem.get("highest")
    if isinstance(highest, int) and 0 < highest < _MAX_SEQ:
        return FactsRefused(reason, conflict=True, highest=highest)
    return FactsRefused(reason)


def _number(answer: Any, name: str) -> int:
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise DeskUnavailable(f"{name}: expected a number")
    return value


_T = TypeVar("_T")


def _parsed(adapter: TypeAdapter[_T], answer: Any, what: str) -> _T:
    """Return the answer as its type; what crm tells more than we ask is left out."""
    try:
        return adapter.validate_json(json.dumps(answer), strict=True)
    except ValidationError as error:
        raise DeskUnavailable(f"{what}: {error.error_count()} errors") from error
