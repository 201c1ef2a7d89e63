"""SQL that empties what others wrote about a person: reasons, searches, lines that wait to be taken over."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, false, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm import phone
from crm.audit.models import AuditEntry
from crm.imports import batches
from crm.policy.personal import ERASED
from crm.saved_views.models import SavedView
from crm.stock.models import StockMove

_SHORTEST_NAME = 2  # one character is in too many words


def words_of(names: Collection[str], numbers: Collection[str]) -> list[str]:
    """Return by what a text is known to be about a person. numbers: E.164."""
    told = {form for number in numbers for form in (phone.national(number), phone.grouped(number))}
    return sorted(told | {name for name in names if len(name) >= _SHORTEST_NAME})


def _quotes(words: Collection[str], *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(false(), *(column.contains(word, autoescape=True) for column in columns for word in words))


async def empty_log(
    session: AsyncSession, words: Collection[str], subjects: Collection[tuple[str, str]], reasons: Collection[str]
) -> None:
    """Empty the free words of audit entries about these (kind, id), of stock moves' reasons, and of what quotes the
    person; who did what and when stays."""
    about = tuple_(AuditEntry.subject_kind, AuditEntry.subject).in_(list(subjects))
    moved = (AuditEntry.action == "stock_moved") & AuditEntry.reason.in_(list(reasons))
    told = or_(about, moved, _quotes(words, AuditEntry.reason))
    await session.execute(update(AuditEntry).where(told, AuditEntry.reason != "").values(reason=ERASED))
    quoting = _quotes(words, AuditEntry.detail)
    await session.execute(update(AuditEntry).where(quoting).values(detail=ERASED))


async def empty_stock(session: AsyncSession, words: Collection[str], tickets: Collection[str]) -> set[str]:
    """Empty the reasons of stock moves of these tickets, and of those that quote the person; returns what they were."""
    told = or_(StockMove.ticket_no.in_(list(tickets)), _quotes(words, StockMove.reason))
    reasons = set((await session.execute(select(StockMove.reason).where(told, StockMove.reason != ""))).scalars())
    await session.execute(update(StockMove).where(told, StockMove.reason != "").values(reason=ERASED))
    return reasons


async def drop_views(session: AsyncSession, words: Collection[str]) -> None:
    """Delete saved views that search for the person: without the search they would be another list."""
    await session.execute(delete(SavedView).where(_quotes(words, SavedView.q, SavedView.name)))


async def drop_lines(session: AsyncSession, numbers: Collection[str], now: datetime) -> None:
    """Leave out waiting lines of imports that have one of these E.164 numbers: they would bring the person back."""
    await batches.leave_out(session, frozenset(numbers), "已按本人要求删除", now)
