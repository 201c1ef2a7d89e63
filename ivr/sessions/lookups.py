"""What a flow may ask of the outside, each with an answer in time or LookupFailed."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Protocol

import structlog

from ivr.contract.desk import Desk, DeskUnavailable, WarrantyQuestion
from ivr.contract.dialogue import LookedUp, LookupFailed
from ivr.sessions.journal import JournalUnavailable
from ivr.sessions.numbers import NoNumberLeft, NumberPool
from ivr.sessions.ports import PBXUnavailable, Staffing
from speech.contract import encode

log = structlog.get_logger(__name__)

_LIMIT_S = 1.5


class CodeCatalogue(Protocol):
    """The catalogue of fault codes."""

    def find(self, code: str) -> Mapping[str, str]:
        """Return catalogue_id, meaning_zh and severity of a code, empty when it has none."""


class Articles(Protocol):
    """The articles of the knowledge pack."""

    def find(self, keys: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return those of the articles that editors have changed."""


class UnknownAction(Exception):
    """The flow asks for something nobody answers."""


_MISSES = (DeskUnavailable, PBXUnavailable, NoNumberLeft, JournalUnavailable, UnknownAction)


class Lookups:
    """Answers Lookup effects; a miss is never an error for the caller."""

    def __init__(
        self,
        desk: Desk,
        numbers: NumberPool,
        staffing: Staffing,
        codes: CodeCatalogue,
        articles: Articles,
        queue_for: Callable[[str], str] | None = None,
        open_from: Callable[[str, datetime], datetime] | None = None,
    ) -> None:
        """queue_for: which queue takes a queue's callers at this hour; None: each its own. open_from: from which
        moment on (local) its own people answer; None: at all hours."""
        self._desk = desk
        self._numbers = numbers
        self._staffing = staffing
        self._codes = codes
        self._articles = articles
        self._queue_for = queue_for or (lambda queue: queue)
        self._open_from = open_from or (lambda _, local: local)

    async def ask(self, action: str, args: Mapping[str, str]) -> LookedUp | LookupFailed:
        """Return the answer within 1.5 s (2 s for a number that must become durable)."""
        try:
            async with asyncio.timeout(_LIMIT_S * 2 if action == "ticket_number" else _LIMIT_S):
                return LookedUp(action, await self._answer(action, args))
        except (TimeoutError, *_MISSES) as error:
            log.warning("lookup_failed", action=action, error=type(error).__name__)
            return LookupFailed(action)

    async def _queue(self, asked: str) -> Mapping[str, Any]:
        """Return whether somebody answers, which queue it is at this hour, and how many wait there."""
        queue = self._queue_for(asked)
        line = await self._staffing.line(queue)
        return {"open": line.agents > 0, "queue": queue, "waiting": len(line.waiting)}

    def _callback_hours(self, queue: str, after: str) -> str:
        """Return from when on people can ring back who asked for `after`, both local, "" for no time of its own."""
        if not after:
            return ""
        return self._open_from(queue, datetime.fromisoformat(after)).isoformat(timespec="minutes")

    async def _answer(self, action: str, args: Mapping[str, str]) -> Mapping[str, Any]:
        match action:
            case "identify":
                card = await self._desk.identify(args.get("caller_e164", ""), args.get("did", ""))
                return dict(encode(card))
            case "ticket_number":
                return {"number": await self._numbers.take()}
            case "queue_state" | "repair_state" | "complaint_state":
                return await self._queue(args.get("queue", ""))
            case "fault_code":
                return dict(self._codes.find(args.get("code", "")))
            case "articles" | "unknown_article":
                return {"articles": dict(self._articles.find(filter(None, args.get("keys", "").split(","))))}
            case "my_tickets":
                return {"tickets": encode(await self._desk.tickets_of(args.get("caller_e164", "")))}
            case "find_ticket":
                return dict(encode(await self._desk.find_ticket(args.get("number", ""), args.get("tail", ""))))
            case "callback_open":
                return {"open": await self._desk.open_callback(args.get("number", ""))}
            case "callback_hours":
                return {"after": self._callback_hours(args.get("queue", ""), args.get("after", ""))}
            case "warranty" | "warranty_earliest":
                return dict(encode(await self._desk.warranty(_warranty_question(args))))
            case "visit_code":
                return dict(encode(await self._desk.visit_code(args.get("code", ""), args.get("caller_e164", ""))))
        raise UnknownAction(action)


def _warranty_question(args: Mapping[str, str]) -> WarrantyQuestion:
    """Return the question of a flow: bought_on is "2026-03-05", "2026-03" (a month) or ""; what is none is unknown."""
    told, precision = args.get("bought_on", ""), args.get("precision", "day")
    month = len(told) == len("2026-03")
    try:
        bought_on = date.fromisoformat(f"{told}-01" if month else told)
    except ValueError:
        bought_on = None
    return WarrantyQuestion(
        product_class=args.get("product_class") or "unknown",
        bought_on=bought_on,
        precision="unknown" if bought_on is None else "month" if month else precision,
        has_proof=args.get("has_proof") or "unknown",
    )
