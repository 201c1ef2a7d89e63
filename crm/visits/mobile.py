"""The engineer's mobile page at /v/<token>: plain forms rendered by the server, no log-in, one visit.

The forms work without a script; `page.js` only keeps what is typed in the phone and sends it when there is a network.
"""

from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path as FilePath
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone, slots
from crm.customers import repository as customers
from crm.engineers import repository as engineers
from crm.errors import Invalid, Refusal
from crm.policy import visit_rules as rules
from crm.tickets import repository as tickets
from crm.tickets.models import Ticket
from crm.visits import charging, fitting, links, photos, promised, reporting, repository
from crm.visits.models import EngineerVisit
from crm.visits.schemas import VisitReport
from crm.visits.tickets import as_viewer, window
from crm.web.context import NowDep, Parts, PartsDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, include_in_schema=False)
TokenPath = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
HELP_NUMBER = "0757-66883358"
DEAD = f"链接已失效，请联系派单员 {HELP_NUMBER}"
_pages = Environment(
    loader=FileSystemLoader(FilePath(__file__).parent / "templates"), autoescape=select_autoescape(),
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_SCRIPT = (FilePath(__file__).parent / "templates" / "page.js").read_text(encoding="utf-8")
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@router.get("/v/page.js")
async def script() -> Response:
    """Return the page's script."""
    return Response(_SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/v/{token}")
async def page(token: TokenPath, session: SessionDep, parts: PartsDep, now: NowDep) -> Response:
    """Show the visit."""
    visit = await _visit(session, token, parts, now)
    return await _answer(session, token, visit, parts) if visit else _dead()


@router.post("/v/{token}")
async def act(token: TokenPath, request: Request, session: SessionDep, parts: PartsDep, now: NowDep) -> Response:
    """Take a form; a refused one is shown again with what is missing and everything typed."""
    visit = await _visit(session, token, parts, now)
    if visit is None:
        return _dead()
    body = await request.body()
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _add_photo(session, token, visit, body, request, parts)
    told: dict[str, list[str]] = parse_qs(body.decode("utf-8", "replace"), max_num_fields=200)
    engineer = await engineers.get(session, visit.engineer_id)
    if engineer is None:
        return _dead()
    try:
        async with session.begin_nested():
            report = leak_of(told, visit) if "leak" in told else report_of(told)
            await reporting.report(session, visit.id, report, as_viewer(engineer), now, parts.settings.zone)
    except Refusal as refused:
        await session.refresh(visit)
        return await _answer(session, token, visit, parts, error=refused.detail, typed=told, status=refused.status)
    return RedirectResponse(f"/v/{token}", 303)


_WRITTEN = ("code_found", "cause", "result_note", "charge_reason", "fee")


def report_of(told: Mapping[str, list[str]]) -> VisitReport:
    """Return the report a form makes; raises Invalid for one that none of our pages sent."""
    first = {name: values[0] for name, values in told.items() if values}
    parts = [
        {"name": name, "quantity": int(count) if count.isdecimal() else 1}
        for name, count in ((first.get(f"part_{i}", "").strip(), first.get(f"count_{i}", "")) for i in range(1, 6))
        if name
    ]
    yuan = first.get("charged_yuan", "").strip() or "0"
    if first.get("step", "save") == "save" and yuan == first.get("asked_yuan"):
        yuan = "0"  # our own proposal, which nobody touched: it is made anew of the parts that are saved
    try:
        fen = round(float(yuan) * 100)
        given = {name: first[name] for name in _WRITTEN if name in first}
        result = {"result": first["result"]} if first.get("result") else {}
        at = {"at": first["at"]} if first.get("at") else {}
        work = {"parts": parts, "charged_fen": fen, "fee_agreed": "fee_agreed" in first} if "work" in first else {}
        return VisitReport.model_validate(
            {"version": int(first.get("version", "0")), "step": first.get("step", "save"),
             "checked": told.get("checked", []), "signed_by": first.get("signed_by", "").strip(),
             "parts_from": first.get("parts_from", ""),
             "finish_code": first.get("finish_code", "").strip(), **given, **result, **work, **at}
        )  # fmt: skip
    except (ValidationError, ValueError, OverflowError) as error:
        raise Invalid("填写的内容不对，请检查金额、数量和完工码") from error


def leak_of(told: Mapping[str, list[str]], visit: EngineerVisit) -> VisitReport:
    """Return what the red button reports: nothing else that is filled in, or written meanwhile, may hold it up."""
    words = {
        name: told[name][0].replace("\x00", "")[:most]
        for name, most in (("code_found", 20), ("cause", 200), ("result_note", 1000))
        if name in told
    }
    checked = [key for key in rules.ALL if key in told.get("checked", ())]
    fixed = {"version": visit.version, "step": "finish", "result": "gas_leak", "checked": checked}
    return VisitReport.model_validate({**fixed, **words})


async def _visit(session: AsyncSession, token: str, parts: Parts, now: NowDep) -> EngineerVisit | None:
    visit_id = links.read(token, parts.settings.cookie_secret.get_secret_value())
    visit = await repository.get(session, visit_id) if visit_id else None
    if visit is None or visit.state == "cancelled":
        return None
    over = visit.finished_at is not None and now > visit.finished_at + rules.LINK_AFTER_DONE
    return None if over else visit


async def _add_photo(
    session: AsyncSession, token: str, visit: EngineerVisit, body: bytes, request: Request, parts: Parts
) -> Response:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode("latin-1", "replace")
    message = message_from_bytes(head + body, policy=policy.HTTP)
    files = [
        part.get_payload(decode=True)
        for part in message.walk()
        if isinstance(part, EmailMessage) and part.get_filename()
    ]
    try:
        for content in files:
            if isinstance(content, bytes) and content:
                await photos.keep(session, visit, content, parts.settings.photos_dir, parts.now())
    except Refusal as refused:
        return await _answer(session, token, visit, parts, error=refused.detail, status=refused.status)
    return RedirectResponse(f"/v/{token}", 303)


async def _answer(
    session: AsyncSession, token: str, visit: EngineerVisit, parts: Parts, *, error: str = "",
    typed: Mapping[str, list[str]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    ticket = await tickets.get(session, visit.ticket_no)
    engineer = await engineers.get(session, visit.engineer_id)
    if ticket is None or engineer is None:
        return _dead()
    held = {row.slot: row.value for row in (await tickets.slots(session, [ticket.no])).get(ticket.no, [])}
    customer = await customers.get(session, ticket.customer_id) if ticket.customer_id else None
    number = await _number(session, ticket, held)
    told = held.get("contact", {}).get("extension", "")
    extension = told or (await customers.extensions(session, [number])).get(number, "")
    given = typed or {}
    on_site, fee = visit.state == "on_site", given.get("fee", [visit.fee])[0]
    place = given.get("parts_from", [""])[0] or await fitting.usual_place(session, visit)
    text = _pages.get_template("visit.html").render(
        token=token, visit=visit, engineer=engineer, error=error, help=HELP_NUMBER, state=rules.STATES[visit.state],
        no=f"{ticket.no[:4]} {ticket.no[4:]}",
        what=[(slots.label(name), slots.text(name, held[name])) for name in _WHAT if name in held],
        name=customer.name if customer else "", number=number if visit.state in rules.OPEN else "",
        extension=extension,
        address=slots.address_text(held.get("address", {})),
        window=window(visit.starts_at, visit.ends_at, parts.settings.zone),
        promise=await promised.deadline(session, visit, parts.now(), parts.settings.zone),
        fee=rules.FEES[visit.fee], rules=rules,
        checked=set(given.get("checked", visit.checked)), typed={name: values[0] for name, values in given.items()},
        places=await fitting.sources(session) if on_site else [], place=place,
        offers=await fitting.offers(session, place, parts.now()) if on_site else [],
        charge=await charging.proposal(session, fee, visit.parts, parts.now()) if on_site else None,
        photos=len((await repository.photos(session, [visit.id])).get(visit.id, [])),
    )  # fmt: skip
    return HTMLResponse(text, status, _HEADERS)


_WHAT = ("fault_code", "symptom", "product", "note")


async def _number(session: AsyncSession, ticket: Ticket, held: Mapping[str, Mapping[str, str]]) -> str:
    """Return the number to ring the customer at: the one told, the caller's, else the main one on file; "" = none."""
    told = phone.to_e164(held.get("contact", {}).get("number", "")) or ticket.caller_e164
    if told or not ticket.customer_id:
        return told
    return next(iter((await customers.numbers(session, [ticket.customer_id])).get(ticket.customer_id, [])), "")


def _dead() -> Response:
    return HTMLResponse(_pages.get_template("dead.html").render(text=DEAD, help=HELP_NUMBER), 404, _HEADERS)
