"""Follow-ups as the pages see them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone, slots
from crm.customers import repository as customers
from crm.engineers import repository as engineers
from crm.followups import repository
from crm.followups.models import FollowUp, FollowUpAttempt
from crm.followups.planning import current
from crm.followups.schemas import (
    AttemptForm,
    FollowUpFigures,
    FollowUpForm,
    RuleForm,
    ScoreForm,
    SurveyForm,
)
from crm.lens import Lens
from crm.policy.follow_up import ABOUT, ATTEMPTS, CAME, OUTCOMES, PLACED, RULES, Figures, Mean, Survey, survey_text
from crm.policy.ticket_states import KINDS
from crm.tickets import repository as tickets
from crm.tickets.models import Ticket, TicketSlot
from crm.visits import repository as visits
from crm.visits.models import EngineerVisit

_FAULT = ("fault_code", "symptom", "statement")
_UNHEARD = (PLACED, "no_answer")


async def forms(session: AsyncSession, rows: Sequence[FollowUp], lens: Lens) -> list[FollowUpForm]:
    """Return the wire forms; the number of statements does not grow with their number."""
    originals = {item.no: item for item in await tickets.by_numbers(session, {row.original_no for row in rows})}
    own = {item.no: item for item in await tickets.by_numbers(session, {row.ticket_no or "" for row in rows})}
    held = await tickets.slots(session, list(originals))
    people = await customers.by_ids(session, {item.customer_id for item in originals.values() if item.customer_id})
    been = await visits.came(session, list(originals), CAME)
    names = await engineers.by_ids(session, {visit.engineer_id for visit in been.values()})
    tried = await repository.attempts(session, [row.id for row in rows])
    most = (await current(session, lens.now)).most_days
    found = []
    for row in rows:
        original, visit = originals[row.original_no], been.get(row.original_no)
        customer = people.get(original.customer_id or "")
        found.append(
            _form(
                row, original, own.get(row.ticket_no or ""), held.get(original.no, []), tried[row.id], visit,
                name=customer.name if customer else "",
                engineer=names[visit.engineer_id].name if visit else "", most=most,
            )
        )  # fmt: skip
    return found


def _form(
    row: FollowUp, original: Ticket, own: Ticket | None, held: Sequence[TicketSlot], tried: Sequence[FollowUpAttempt],
    visit: EngineerVisit | None, *, name: str, engineer: str, most: int,
) -> FollowUpForm:  # fmt: skip
    values = {slot.slot: slot.value for slot in held}
    number = own.caller_e164 if own else ""
    return FollowUpForm(
        id=row.id, ticket=row.ticket_no or "", original=original.no, kind=row.kind, kind_name=KINDS[row.kind],
        matter=ABOUT[row.kind], customer=original.customer_id or "", customer_name=name,
        number=phone.grouped(number), e164=number, place=slots.short_place(values.get("address", {})),
        fault=" ".join(filter(None, (slots.text(key, values[key]) for key in _FAULT if key in values))),
        engineer=engineer, visited=visit is not None, completed_at=row.completed_at, due_at=row.due_at, code=row.code,
        taken_by=row.taken_by, taken_name=row.taken_name, taken_until=row.taken_until,
        attempts=[_attempt(item) for item in tried], attempts_left=max(0, most - row.attempts), outcome=row.outcome,
        outcome_name=OUTCOMES.get(row.outcome, ""), survey=survey(row), supervisor=row.supervisor, done_at=row.done_at,
        done_by=row.done_by,
    )  # fmt: skip


def _attempt(row: FollowUpAttempt) -> AttemptForm:
    call = row.contact_id or "" if row.result not in _UNHEARD else ""
    return AttemptForm(
        at=row.at, by=row.by, result=row.result, result_name=ATTEMPTS[row.result], note=row.note, contact=call
    )


def survey(row: FollowUp) -> SurveyForm | None:
    """Return the answers of a follow-up, None where there are none."""
    if row.outcome != "answered":
        return None
    told = Survey(row.fixed, row.score_visit, row.visit_rules, row.score_call)
    return SurveyForm(
        fixed=row.fixed, score_visit=row.score_visit, visit_rules=row.visit_rules, score_call=row.score_call,
        remark=row.remark, text=survey_text(told), said=row.said,
    )  # fmt: skip


def figures_form(found: Figures, since: datetime, until: datetime) -> FollowUpFigures:
    """Return the figures of a time."""
    return FollowUpFigures(
        since=since, until=until, ended=found.ended, answered=found.answered, silent=found.silent,
        satisfied=found.satisfied, satisfied_of_ended=_share(found.satisfied, found.ended),
        satisfied_of_answered=_share(found.satisfied, found.answered), fixed=found.fixed,
        score_visit=_score(found.visit), score_call=_score(found.call),
        rules=[RuleForm(key=key, name=RULES[key], kept=kept, asked=asked) for key, (kept, asked) in found.kept.items()],
    )  # fmt: skip


def _score(mean: Mean) -> ScoreForm:
    return ScoreForm(given=mean.given, mean=mean.mean)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
