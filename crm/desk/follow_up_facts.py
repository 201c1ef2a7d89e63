"""Facts of the calls by which the hotline asks how completed work turned out."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.calls.models import Contact
from crm.desk import heard_dangers
from crm.desk.callback_facts import ring_back
from crm.desk.errors import FactRejected
from crm.followups import robot
from crm.policy.follow_up import FIXED, RULES, SOME, Survey
from crm.tickets import service as ticket_service
from crm.tickets.service import Heard
from ivr.contract import facts

_RESULTS = frozenset({"answered", "unanswered", "later", "not_asked", "wrong_number", "refused"})
_SCORES = range(6)
_LISTEN = "留了录音意见，请在通话里听"


async def rang(session: AsyncSession, fact: facts.FollowUpRang, at: datetime) -> None:
    """Note how a call ended ringing."""
    if not await robot.rang(session, fact.call, fact.end, at):
        raise FactRejected("no_such_call")


async def told(session: AsyncSession, contact: Contact, fact: facts.FollowUpTold, at: datetime) -> None:
    """Bring about what the customer said; a danger that a machine heard in the remark is rung about at once."""
    remark = _LISTEN if fact.remark else ""
    original = await robot.told(session, contact.id, fact.result, _survey(fact), fact.said, remark=remark, at=at)
    if original is None:
        raise FactRejected("no_such_call")
    if fact.danger:
        ticket = await ticket_service.locked(session, original)
        heard = Heard("voicemail", {"danger": fact.danger}, "unverified", "speech")
        if await heard_dangers.press(session, ticket, [heard], at):
            await ring_back(session, contact, "danger", at, ticket=ticket)


def _survey(fact: facts.FollowUpTold) -> Survey | None:
    """Return the answers, None where there are none; raises FactRejected for what nobody can have said."""
    if fact.result not in _RESULTS or (fact.result == "answered") != (fact.fixed in FIXED):
        raise FactRejected("unknown_result")
    if fact.score_visit not in _SCORES or fact.score_call not in _SCORES:
        raise FactRejected("bad_score")
    if not fact.rules.keys() <= {*RULES, SOME} or not set(fact.rules.values()) <= {"yes", "no"}:
        raise FactRejected("unknown_rule")
    if fact.result != "answered":
        return None
    return Survey(fact.fixed, fact.score_visit or None, dict(fact.rules), fact.score_call or None)
