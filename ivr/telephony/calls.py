"""The call ledger: typed telephony events in, facts of contract/facts.py out. Pure; `now` is always an argument.

Events of one caller's channel come in order, everything else may come in any order and twice. Each visit gets exactly
one end and each contact exactly one ContactEnded; what was missed while AMI was away is ended by `reconcile`.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.contract.facts import (
    CallbackRequested,
    ContactEnded,
    ContactStarted,
    Fact,
    SafetyRaised,
    VoicemailRecorded,
)
from ivr.contract.ids import ContactId
from ivr.telephony.call import CALLBACKS, Call, DialogueEnd, QueueTimes, heard_notice, outcome_of
from ivr.telephony.events import (
    AgentRingCanceled,
    CallEnded,
    CallEvent,
    CallPlaced,
    CallStarted,
    ChannelHungUp,
    ContactStatus,
    DialAnswered,
    DutyPhoneTook,
    EmergencyBegun,
    HangupRequested,
    MemberStateChanged,
    MusicChanged,
    Snapshot,
    TelephonyEvent,
)
from ivr.telephony.found_calls import FoundCall
from ivr.telephony.phones import Phones
from ivr.telephony.stays import Stays
from ivr.telephony.visits import Out, Visit, milliseconds

__all__ = ["CallLedger", "DialogueEnd", "Noted", "QueueTimes"]

_REMEMBERED = 10_000  # finished calls whose late events are ignored
_ANSWER_GRACE = timedelta(seconds=5)  # AgentConnected follows CallerLeftQueue within milliseconds
_DIALOGUE_GRACE = timedelta(seconds=10)  # a session ends its dialogue within this after the hang-up


@dataclass(frozen=True, slots=True)
class Noted:
    """One fact for the journal; contact is "" for an agent's phone."""

    contact: ContactId
    at: datetime
    fact: Fact


class CallLedger:
    """Folds events into facts; every public method returns the new ones in order.

    to_e164 turns the trunk's caller number into E.164 ("" when it cannot). times: by queue name.
    """

    def __init__(
        self,
        to_e164: Callable[[str], str],
        *,
        notice_version: str = "",
        times: Mapping[str, QueueTimes] | None = None,
    ) -> None:
        self._to_e164 = to_e164
        self._notice_version = notice_version
        self._calls: dict[str, Call] = {}
        self._linkedids: dict[str, str] = {}
        self._over: OrderedDict[str, None] = OrderedDict()
        self.phones = Phones()
        self._stays = Stays(self.phones, times or {})
        self.unattributed = 0  # calls that ended without our ever learning their contact

    @property
    def open_calls(self) -> int:
        """How many calls have no end yet."""
        return len(self._calls)

    def holds(self, contact: str) -> bool:
        """Tell whether this contact's end is still to be told."""
        return contact in self._linkedids

    def found(self, call: FoundCall) -> Noted:
        """Return what is told of a call that is not held: it ended while nobody of ours looked."""
        return Noted(
            ContactId(call.end.contact), call.end.at, call.fact(self._to_e164(call.end.caller), self._notice_version)
        )

    def apply(self, event: TelephonyEvent) -> list[Noted]:
        """Take one event."""
        out = Out()
        match event:
            case MemberStateChanged():
                out.tell(event.at, self.phones.member(event))
            case ContactStatus():
                out.tell(event.at, self.phones.registered(event))
            case CallPlaced() | MusicChanged() | DutyPhoneTook():
                pass  # who is called back is a call of its own once they answer; the others are no call's
            case _:
                return self._call_event(event, out)
        return self._notes(None, out)

    def contact_known(
        self, contact: str, linkedid: str, uniqueid: str, now: datetime, *, joins: int = 0
    ) -> list[Noted]:
        """An AGI session has this contact and writes its ContactStarted; again for one that resumes.

        joins: queue visits that are in the journal already (after a restart), so that visit ids stay unique.
        """
        if linkedid in self._over:
            return []
        call = self._calls.setdefault(linkedid, Call(linkedid, uniqueid, now))
        call.known_to_agi, call.announced, call.dialogue = True, True, None
        call.joins = max(call.joins, joins)
        self._bind(call, contact)
        return self._notes(call, Out())

    def talk_known(self, contact: str, visit: str, queue: str, agent: str, since: datetime) -> list[Noted]:
        """The journal holds a talk without an end (after a restart): it goes on until an event or `reconcile` ends it.

        contact: one that `contact_known` has told of.
        """
        call, out = self._calls[self._linkedids[contact]], Out()
        found = Visit(visit, queue, since, 0, self.phones)
        found.go_on(agent, since, out)
        call.visits.append(found)
        return self._notes(call, out)

    def wait_known(
        self, contact: str, visit: str, queue: str, since: datetime, ringing: Mapping[str, datetime]
    ) -> None:
        """The journal holds a stay in a queue without an end: it goes on until an event or `reconcile` ends it.

        contact: one that `contact_known` has told of. ringing: agents whose phones rang for it, since when.
        """
        found = Visit(visit, queue, since, 0, self.phones)
        for agent, at in ringing.items():
            found.rang(agent, at)
        self._calls[self._linkedids[contact]].visits.append(found)

    def dialogue_ended(self, contact: str, how: DialogueEnd) -> list[Noted]:
        """The AGI session's dialogue is over; unknown or finished contacts are ignored."""
        call = self._calls.get(self._linkedids.get(contact, ""))
        if call is None:
            return []
        call.dialogue = how
        return self._notes(call, Out())

    def tick(self, now: datetime) -> list[Noted]:
        """Call about once a second: ends wrap-ups, visits left by a key, calls whose session never told its end."""
        out = Out()
        out.tell(now, self.phones.tick(now))
        notes = self._notes(None, out)
        for call in list(self._calls.values()):
            out = Out()
            for visit in call.visits:
                if visit.left is not None and now - visit.left[0] > _ANSWER_GRACE:
                    visit.settle(out)
            overdue = call.gone is not None and now - call.gone[0] > _DIALOGUE_GRACE
            notes += self._notes(call, out, overdue=overdue)
        return notes

    def reconcile(self, snapshot: Snapshot, now: datetime, *, restarted: bool = False) -> list[Noted]:
        """Compare with what Asterisk holds after AMI was away; what vanished is uncertain, or cut when it restarted."""
        out = Out()
        out.tell(now, self.phones.replace(snapshot.members, now))
        notes = self._notes(None, out)
        for call in list(self._calls.values()):
            if call.gone is None:
                notes += self._reconcile_call(call, snapshot, now, restarted=restarted)
        return notes

    def _reconcile_call(self, call: Call, snapshot: Snapshot, now: datetime, *, restarted: bool) -> list[Noted]:
        out = Out()
        alive = call.uniqueid in snapshot.channels
        self._stays.reconcile(call, snapshot, now, out)
        if not alive:
            call.gone = (now, 0)
            call.lost = "cut" if restarted else "uncertain"
        return self._notes(call, out)

    # ---- events of one call ----

    def _call_event(self, event: CallEvent, out: Out) -> list[Noted]:
        if event.linkedid in self._over:
            return []
        call = self._calls.get(event.linkedid)
        if call is None:
            if isinstance(event, HangupRequested | ChannelHungUp | AgentRingCanceled | DialAnswered):
                return []  # these alone do not tell that the channel is a caller's
            call = self._calls[event.linkedid] = Call(event.linkedid, event.uniqueid, event.at)
        self._take(call, event, out)
        return self._notes(call, out)

    def _take(self, call: Call, event: CallEvent, out: Out) -> None:
        match event:
            case CallStarted() | CallEnded():
                call.source = call.source or event
                call.callback |= isinstance(event, CallStarted) and event.callback
                call.ended = event if isinstance(event, CallEnded) else call.ended
                call.began = min(call.began, event.at)
                self._stays.settle(call, out)
                self._bind(call, event.contact)
                if isinstance(event, CallEnded) and event.danger:  # it may have begun while AMI was away
                    self._endanger(call, event.at, out)
            case EmergencyBegun():
                self._bind(call, event.contact)
                self._endanger(call, event.at, out)
            case HangupRequested():
                call.hangup_requested |= event.uniqueid == call.uniqueid
            case ChannelHungUp():
                if event.uniqueid == call.uniqueid and call.gone is None:
                    call.gone = (event.at, event.cause)
                    self._stays.close(call, event.at, out)
            case AgentRingCanceled():
                for visit in call.visits:
                    visit.ring_ended(event.agent_uniqueid, "canceled", event.at, out)
            case DialAnswered():
                rung = {channel for visit in call.visits for channel in visit.rings}
                call.answered_directly |= event.agent_uniqueid not in rung
            case _:
                self._stays.take(call, event, out)

    def _endanger(self, call: Call, at: datetime, out: Out) -> None:
        if not call.endangered:
            call.endangered = True
            out.say(at, SafetyRaised(0, "unknown", "key"))

    def _bind(self, call: Call, contact: str) -> None:
        if not call.contact:
            call.contact = contact
            self._linkedids[contact] = call.linkedid

    # ---- facts ----

    def _notes(self, call: Call | None, out: Out, *, overdue: bool = False) -> list[Noted]:
        notes: list[Noted] = []
        if call is not None:
            call.held += out.facts
            if call.gone is not None and (overdue or call.dialogue is not None or not call.known_to_agi):
                self._finish(call)
            if call.contact and call.held:
                notes = [Noted(ContactId(call.contact), at, fact) for at, fact in self._announced(call)]
                call.held = []
        return notes + [Noted(ContactId(""), at, fact) for at, fact in out.phones]

    def _announced(self, call: Call) -> list[tuple[datetime, Fact]]:
        """Return the held facts, with a ContactStarted before the first one when no AGI session wrote it."""
        if call.announced:
            return call.held
        call.announced = True
        source = call.source
        caller, did, recording = (source.caller, source.did, source.recording) if source else ("", "", "")
        notice = self._notice_version if heard_notice(call) else ""
        started = ContactStarted(
            call.linkedid, caller, self._to_e164(caller), did, recording, notice, callback=call.callback
        )
        return [(call.began, started), *call.held]

    def _finish(self, call: Call) -> None:
        del self._calls[call.linkedid]
        self._linkedids.pop(call.contact, None)
        self._over[call.linkedid] = None
        while len(self._over) > _REMEMBERED:
            self._over.popitem(last=False)
        if not call.contact:
            self.unattributed += 1
            return
        at, cause = call.gone or (call.began, 0)
        outcome = outcome_of(call)
        voicemail = call.ended is not None and call.ended.voicemail
        if voicemail and call.ended is not None:
            call.held.append((at, VoicemailRecorded(f"voicemail/{call.ended.recording}")))
        reason = "voicemail" if voicemail and outcome != "talked" else CALLBACKS.get(outcome, "")
        if call.lost == "cut":  # by us: rung back whatever had been said, in the middle of a talk too
            reason = reason or "cut"
        if reason:
            call.held.append((at, CallbackRequested(reason)))
        call.held.append((at, ContactEnded(outcome, cause, milliseconds(call.began, at))))
