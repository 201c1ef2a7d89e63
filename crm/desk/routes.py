"""The private API for ivr: bearer INTERNAL_TOKEN, on loopback only."""

import secrets
from dataclasses import asdict
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Header, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from crm.database import storable
from crm.desk import asked, intake, service, warranty
from crm.desk.schemas import (
    Acked,
    FindTicket,
    Identify,
    LeaseNumbers,
    OpenCallback,
    ShippedFacts,
    TicketsOf,
    VisitCodeAsk,
    WarrantyAsk,
)
from crm.errors import NotSignedIn
from crm.visits import service as visits
from crm.web.context import NowDep, PartsDep, SessionDep, TransactionalRoute
from ivr.contract.envelope import Envelope, InvalidFact, parse_envelope

log = structlog.get_logger(__name__)

_BIGINT = 2**63 - 1
_YEARS = range(2000, 2101)


def require_token(parts: PartsDep, authorization: Annotated[str, Header()] = "") -> None:
    """Raise NotSignedIn unless the request carries INTERNAL_TOKEN."""
    expected = f"Bearer {parts.settings.internal_token.get_secret_value()}"
    if not secrets.compare_digest(authorization.encode(), expected.encode()):
        raise NotSignedIn("内部接口的令牌不对")


router = APIRouter(
    prefix="/internal", route_class=TransactionalRoute, dependencies=[Depends(require_token)], tags=["desk"]
)


@router.post("/identify", operation_id="identifyCaller")
async def identify(body: Identify, session: SessionDep, now: NowDep, parts: PartsDep) -> dict[str, Any]:
    """Tell who calls (ivr.contract.desk.CallerCard)."""
    return asdict(await service.identify(session, body.caller_e164, now, parts.settings.surge_waiting))


@router.post("/numbers", operation_id="leaseNumbers")
async def numbers(body: LeaseNumbers, session: SessionDep, now: NowDep) -> dict[str, int]:
    """Lease a block of ticket serials (ivr.contract.desk.NumberBlock)."""
    return asdict(await service.lease_numbers(session, body.node, now))


@router.post("/warranty", operation_id="askWarranty")
async def ask_warranty(body: WarrantyAsk, session: SessionDep, now: NowDep, parts: PartsDep) -> dict[str, Any]:
    """Tell what holds for a machine today (ivr.contract.desk.WarrantyAnswer)."""
    return asdict(await warranty.answer(session, body, now.astimezone(parts.settings.zone).date()))


@router.post("/visit-code", operation_id="checkVisitCode")
async def visit_code(body: VisitCodeAsk, session: SessionDep, now: NowDep, parts: PartsDep) -> dict[str, Any]:
    """Tell whether a visit code is good (ivr.contract.desk.VisitCodeAnswer)."""
    return asdict(await visits.check_code(session, body.code, body.caller_e164, now, parts.settings.zone))


@router.post("/tickets/of", operation_id="ticketsOfCaller")
async def tickets_of(body: TicketsOf, session: SessionDep, now: NowDep, parts: PartsDep) -> dict[str, Any]:
    """Tell how the caller's open tickets stand (ivr.contract.tickets.TicketStatus)."""
    found = await asked.of_caller(session, body.caller_e164, now, parts.settings.zone)
    return {"tickets": [asdict(item) for item in found]}


@router.post("/tickets/find", operation_id="findTicket")
async def find_ticket(body: FindTicket, session: SessionDep, now: NowDep, parts: PartsDep) -> dict[str, Any]:
    """Find a ticket by its number (ivr.contract.tickets.FoundTicket)."""
    return asdict(await asked.find(session, body.number, body.tail, now, parts.settings.zone))


@router.post("/callbacks/open", operation_id="openCallback")
async def open_callback(body: OpenCallback, session: SessionDep) -> dict[str, bool]:
    """Tell whether a number keeps a place in a queue already, in which it is called back."""
    return {"open": await asked.keeps_a_place(session, body.number)}


@router.post("/facts", operation_id="shipFacts", response_model=Acked)
async def facts(body: ShippedFacts, session: SessionDep, now: NowDep) -> Acked | Response:
    """Take facts in order. The first malformed one is refused with 422; those before it are kept and acknowledged."""
    envelopes, problem = _parse(body.facts)
    acked = await intake.take(session, envelopes[0].node, envelopes, now) if envelopes else 0
    if problem is None:
        return Acked(acked=acked)
    log.error("fact_malformed", **problem)
    content = {
        "type": "about:blank",
        "title": "Malformed fact",
        "status": 422,
        "detail": "格式不对",
        "code": "malformed_fact",
    }
    return JSONResponse({**content, **problem, "acked": acked}, 422, media_type="application/problem+json")


@router.get("/metrics", operation_id="internalMetrics")
async def metrics() -> Response:
    """Give Prometheus its text."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _parse(raw_facts: list[dict[str, Any]]) -> tuple[list[Envelope], dict[str, Any] | None]:
    """Return the well-formed beginning of the delivery and what is wrong with the fact after it."""
    envelopes: list[Envelope] = []
    for index, raw in enumerate(raw_facts):
        try:
            envelope = parse_envelope(raw)
            _check_limits(envelope, envelopes)
        except InvalidFact as error:
            named = {key: raw.get(key) for key in ("node", "seq", "kind") if isinstance(raw.get(key), str | int)}
            return envelopes, storable({"index": index, "reason": str(error), **named})
        envelopes.append(envelope)
    return envelopes, None


def _check_limits(envelope: Envelope, before: list[Envelope]) -> None:
    if not envelope.node or len(envelope.node) > 64 or not envelope.node.isprintable() or len(envelope.contact) > 200:
        raise InvalidFact("envelope: node or contact too long or empty")
    if before and envelope.node != before[0].node:
        raise InvalidFact("envelope: one delivery holds facts of one node")
    if envelope.seq > _BIGINT or envelope.at.year not in _YEARS:
        raise InvalidFact("envelope: seq or at out of range")
