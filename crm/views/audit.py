"""The audit log as the pages see it: what an id stands for is said beside it."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from crm.audit.models import AuditEntry
from crm.audit.schemas import AuditForm
from crm.audit.service import ACTIONS
from crm.calls import repository as calls
from crm.customers import repository as customers
from crm.lens import Lens
from crm.policy.ticket_states import KINDS
from crm.tickets import repository as tickets
from crm.words import word

_CALLS = ("contact", "call")


async def rows(session: AsyncSession, found: Sequence[AuditEntry], lens: Lens) -> list[AuditForm]:
    """Return lines of the log; the number of statements does not grow with its length."""
    names = await _names(session, found, lens)
    return [
        AuditForm(
            id=entry.id,
            at=entry.at,
            actor=entry.actor,
            actor_name=entry.actor_name,
            action=entry.action,
            action_name=word(ACTIONS, entry.action),
            subject_kind=entry.subject_kind,
            subject=entry.subject,
            subject_name=names.get((entry.subject_kind, entry.subject), ""),
            detail=entry.detail,
            reason=entry.reason,
        )
        for entry in found
    ]


async def _names(session: AsyncSession, found: Sequence[AuditEntry], lens: Lens) -> Mapping[tuple[str, str], str]:
    """Return what each subject is called: of a ticket its kind and whom it is about, of a call or a file the latter."""
    about = await tickets.by_numbers(session, _subjects(found, "ticket"))
    talks = await calls.contacts_by_id(session, _subjects(found, *_CALLS))
    owners = [*(row.customer_id for row in about), *(row.customer_id for row in talks)]
    people = await _whom(session, {*_subjects(found, "customer"), *filter(None, owners)}, lens)
    names = {("customer", item): people.get(item, "") for item in _subjects(found, "customer")}
    for ticket in about:
        whom = people.get(ticket.customer_id or "") or _number(ticket.caller_e164, lens)
        names["ticket", ticket.no] = f"{KINDS[ticket.kind]} {whom}".strip()
    for talk in talks:
        whom = people.get(talk.customer_id or "") or _number(talk.caller_e164, lens)
        names |= {(kind, talk.id): whom for kind in _CALLS}
    return names


async def _whom(session: AsyncSession, ids: Collection[str], lens: Lens) -> Mapping[str, str]:
    """Return the name of each customer, the masked number of one without; nothing for who may not know whom."""
    if not lens.sees_people:
        return {}
    people = await customers.by_ids(session, ids)
    numbers = await customers.numbers(session, ids)
    return {key: row.name or lens.number(numbers.get(key, [""])[0]) for key, row in people.items()}


def _number(e164: str, lens: Lens) -> str:
    return lens.number(e164) if lens.sees_people else ""


def _subjects(found: Sequence[AuditEntry], *kinds: str) -> list[str]:
    return list(dict.fromkeys(entry.subject for entry in found if entry.subject_kind in kinds))
