"""Resume is replay: fold the journalled inputs of a contact and know its question and its unwritten facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from ivr.contract.dialogue import Effect, End, HandOver, HungUp, Input, Returned, Save, TurnDone
from ivr.contract.facts import (
    WRONG_NUMBER,
    CallbackRequested,
    Fact,
    HandedOver,
    MatterOpened,
    SlotFilled,
    TicketAsked,
    TicketOpened,
    VoicemailRecorded,
)
from ivr.contract.ids import ContactId
from ivr.sessions.journal import Journal
from ivr.sessions.numbers import next_number
from ivr.sessions.ports import Flow, FlowBroken
from ivr.sessions.records import OpenContact
from ivr.telephony.call import DialogueEnd
from speech.contract import Cause

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Folded:
    """Where a dialogue stands: its state, every fact it ever saved, and the effect that waits (None before Started)."""

    state: Any
    facts: list[Fact] = field(default_factory=list)
    effect: Effect | None = None

    @property
    def over(self) -> bool:
        """Whether the dialogue came to its last effect."""
        return isinstance(self.effect, HandOver | End)

    def take(self, flow: Flow, item: Input) -> list[Fact]:
        """Step once and return the facts of this step; raises FlowBroken, and what the flow raises."""
        self.state, effects = flow.step(self.state, item)
        fresh, self.effect = split(effects)
        self.facts += fresh
        return fresh


def split(effects: Sequence[Effect]) -> tuple[list[Fact], Effect]:
    """Return the saved facts and the one other effect; raises FlowBroken when there is not exactly one, the last."""
    if not effects or isinstance(effects[-1], Save):
        raise FlowBroken("a step must end with an effect that waits or ends")
    facts = []
    for effect in effects[:-1]:
        if not isinstance(effect, Save):
            raise FlowBroken("a step has two effects that wait")
        facts.append(effect.fact)
    return facts, effects[-1]


def fold(flow: Flow, inputs: Sequence[Input]) -> Folded:
    """Replay a dialogue from its first input; after its end only a caller who comes back from the queue counts."""
    folded = Folded(flow.begin())
    for item in inputs:
        if not folded.over or isinstance(item, Returned):
            folded.take(flow, item)
    return folded


def is_hang_up(item: Input) -> bool:
    """Whether this input says that the caller is gone."""
    return isinstance(item, HungUp) or (isinstance(item, TurnDone) and item.result.cause is Cause.HUNG_UP)


def write_missing(journal: Journal, contact: OpenContact, folded: Folded, now: datetime) -> None:
    """Write the facts that the fold gave and the journal does not hold yet; none is written twice."""
    for number, fact in enumerate(folded.facts[contact.dialogue_facts :], contact.dialogue_facts + 1):
        journal.fact(contact.contact, _numbered(journal, fact, now), now, dialogue=number)


def _numbered(journal: Journal, fact: Fact, now: datetime) -> Fact:
    """Give a ticket its number where the dialogue took none: in danger nothing is waited for, and it is not spoken."""
    if not isinstance(fact, TicketOpened) or fact.number:
        return fact
    return replace(fact, number=next_number(journal, now) or "")


def hang_up(flow: Flow, folded: Folded, journal: Journal, contact: OpenContact, now: datetime) -> None:
    """Give the dialogue its HungUp and write what comes of it; raises FlowBroken when it goes on after that."""
    if not folded.over:
        journal.input(contact.contact, HungUp(), now)
        folded.take(flow, HungUp())
        write_missing(journal, contact, folded, now)
    if not folded.over:
        raise FlowBroken("the flow goes on after a hang-up")
    if not contact.over:
        journal.dialogue_over(contact.contact, now)


def dialogue_end(flow: Flow, contact: OpenContact, folded: Folded | None = None) -> DialogueEnd:
    """Return how a dialogue that is over ended, for the contact's outcome: the best that came of it.

    Whoever is to be rung back was not served: that the flow says itself, by a CallbackRequested.
    """
    if not contact.inputs:
        return DialogueEnd.MISSED
    try:
        folded = folded or fold(flow, contact.inputs)
    except Exception:  # one call's boundary: see finish
        log.exception("dialogue_not_replayed", contact=contact.contact)
        return DialogueEnd.HUNG_UP
    if isinstance(folded.effect, HandOver):
        return DialogueEnd.HANDED_OVER
    kinds = {type(fact) for fact in folded.facts}
    if VoicemailRecorded in kinds:
        return DialogueEnd.VOICEMAIL
    if any(isinstance(fact, CallbackRequested) and fact.queue for fact in folded.facts):
        return DialogueEnd.CALLBACK
    if any(isinstance(fact, TicketOpened) and fact.outcome == "reported" for fact in folded.facts):
        return DialogueEnd.REPORTED  # most callers hang up once they have the number: that is no broken report
    if any(isinstance(fact, HandedOver) and fact.reason == WRONG_NUMBER for fact in folded.facts):
        return DialogueEnd.MISSED
    if is_hang_up(contact.inputs[-1]):
        return _cut_off(folded.facts)
    return DialogueEnd.CALLBACK if CallbackRequested in kinds else DialogueEnd.SERVED


def _cut_off(facts: Sequence[Fact]) -> DialogueEnd:
    """Return what a hang-up left: who was told or noted the last matter was served, and is asked to just hang up."""
    if any(isinstance(fact, HandedOver) and fact.target == "end" for fact in facts):
        return DialogueEnd.SERVED  # the flow itself says that nothing was left to do
    if not any(isinstance(fact, TicketOpened | MatterOpened | SlotFilled) for fact in facts):
        return DialogueEnd.MISSED
    if any(isinstance(fact, CallbackRequested) for fact in facts):
        return DialogueEnd.HUNG_UP
    last = max(fact.matter for fact in facts if isinstance(fact, TicketOpened | MatterOpened | SlotFilled))
    done = any(isinstance(fact, TicketOpened | TicketAsked) and fact.matter == last for fact in facts)
    return DialogueEnd.SERVED if done else DialogueEnd.HUNG_UP


def is_elder(flow: Flow, contacts: Iterable[OpenContact], uniqueid: str) -> bool:
    """Tell whether the caller on this channel was spoken to slowly when their dialogue ended."""
    inputs = next((contact.inputs for contact in contacts if contact.call.uniqueid == uniqueid), [])
    try:
        return flow.is_elder(fold(flow, inputs).state)
    except Exception:  # one call's boundary: see finish
        log.exception("dialogue_not_replayed")
        return False


def finish(flow: Flow, journal: Journal, contact: OpenContact, now: datetime) -> None:
    """End the dialogue of a contact whose caller is gone and which no session holds (ivr was lost, or AGI was).

    What cannot be replayed leaves a call-back, so that the caller is not forgotten.
    """
    if contact.over:
        return
    try:
        folded = fold(flow, contact.inputs)
        write_missing(journal, contact, folded, now)
        if contact.inputs:
            hang_up(flow, folded, journal, contact, now)
        else:
            journal.dialogue_over(contact.contact, now)
    except Exception:
        log.exception("dialogue_not_replayed", contact=contact.contact)
        number = contact.dialogue_facts + 1
        journal.fact(contact.contact, CallbackRequested("cut"), now, dialogue=number)
        journal.dialogue_over(contact.contact, now)


def give_up(flow: Flow, journal: Journal, contact: ContactId, now: datetime) -> None:
    """End a dialogue that broke while the caller is there: what is known becomes facts, and a person goes on."""
    known = journal.state.contacts.get(contact)
    if known is not None:
        finish(flow, journal, known, now)
    journal.fact(contact, HandedOver("queue", reason="error"), now)
