"""Stays of callers in queues: which one an event belongs to, and how each ends. Pure; `now` is always an argument."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from ivr.contract.facts import QueueJoined
from ivr.telephony.call import Call, QueueTimes
from ivr.telephony.events import (
    AgentCalled,
    AgentCompleted,
    AgentConnected,
    AgentRingNoAnswer,
    CallerAbandoned,
    CallerJoinedQueue,
    Snapshot,
    VisitEvent,
)
from ivr.telephony.phones import Phones
from ivr.telephony.visits import Out, Visit, milliseconds


class Stays:
    """Folds events into the visits of calls; what they make known is told to `out`. times: by queue name."""

    def __init__(self, phones: Phones, times: Mapping[str, QueueTimes]) -> None:
        self._phones = phones
        self._times = dict(times)

    def take(self, call: Call, event: VisitEvent, out: Out) -> None:
        """Take one event."""
        match event:
            case CallerJoinedQueue():
                if not any(visit.queue == event.queue and visit.joined == event.at for visit in call.visits):
                    self._join(call, event.queue, event.at, event.position, out)
            case AgentCalled():
                self._visit(call, event.queue, event.at, out).ring(event.agent, event.agent_uniqueid, event.at, out)
            case AgentRingNoAnswer():
                visit = self._visit(call, event.queue, event.at, out)
                visit.ring_ended(event.agent_uniqueid, "no_answer", event.at, out, event.ring_ms)
            case AgentConnected():
                joined = event.at - timedelta(seconds=event.hold_s)
                visit = self._answered_visit(call, event.queue, joined, out)
                visit.answer(event.agent, event.agent_uniqueid, event.at, out)
            case AgentCompleted():
                answered = event.at - timedelta(seconds=event.talk_s)
                joined = answered - timedelta(seconds=event.hold_s)
                visit = self._answered_visit(call, event.queue, joined, out)
                visit.answer(event.agent, event.agent_uniqueid, answered, out)
                visit.complete(event.by, event.at, self._wrapup(event.queue), out)
            case CallerAbandoned():
                visit = self._visit(call, event.queue, event.at, out)
                reason = self._left_reason(call, visit, event.at)
                visit.leave("timeout" if reason == "key" else reason, event.at, out)  # a key gives no such event
            case _:  # CallerLeftQueue; answered or not: AgentConnected would come at once
                visit = self._visit(call, event.queue, event.at, out)
                visit.left = (event.at, self._left_reason(call, visit, event.at))

    def settle(self, call: Call, out: Out) -> None:
        """Give the visits that were left their end: no agent's answer has followed."""
        for visit in call.visits:
            visit.settle(out)

    def close(self, call: Call, at: datetime, out: Out) -> None:
        """End every visit, for the caller's channel is gone."""
        self.settle(call, out)
        by = "caller" if call.hangup_requested else "agent"
        for visit in call.visits:
            visit.leave("abandoned", at, out)
            visit.complete(by, at, self._wrapup(visit.queue), out)

    def reconcile(self, call: Call, snapshot: Snapshot, now: datetime, out: Out) -> None:
        """Compare with what Asterisk holds after AMI was away: what vanished is uncertain, what is new begins."""
        for visit in call.visits:
            self._reach(call, visit, snapshot, now, out)
        self.settle(call, out)
        alive = call.uniqueid in snapshot.channels
        waiting = snapshot.waits_of(call.uniqueid)
        for visit in call.visits:
            visit.vanished(snapshot.channels, now, out)
            if visit.talk is None and not visit.is_among(waiting):
                visit.leave("uncertain", now, out)
            if not (alive and visit.talks_in(snapshot.channels)):
                visit.complete("uncertain", now, self._wrapup(visit.queue), out)
        for queue, joined in waiting.items():
            if all(visit.over or visit.queue != queue for visit in call.visits):
                self._join(call, queue, joined, 0, out)  # while nobody of ours looked

    def _visit(self, call: Call, queue: str, joined: datetime, out: Out) -> Visit:
        """Return the newest visit to this queue; when its beginning was missed it begins at `joined`."""
        found = next((visit for visit in reversed(call.visits) if visit.queue == queue), None)
        return found or self._join(call, queue, joined, 0, out)

    def _answered_visit(self, call: Call, queue: str, joined: datetime, out: Out) -> Visit:
        """Return the visit that an agent answered: another one if it was given up as uncertain while AMI was away."""
        found = self._visit(call, queue, joined, out)
        return self._join(call, queue, joined, 0, out) if found.end == "uncertain" else found

    def _join(self, call: Call, queue: str, at: datetime, position: int, out: Out) -> Visit:
        self.settle(call, out)
        for visit in call.visits:
            visit.leave(self._left_reason(call, visit, at), at, out)  # its own end was missed
        call.joins += 1
        visit = Visit(f"{call.linkedid}/{queue}/{call.joins}", queue, at, position, self._phones)
        call.visits.append(visit)
        out.say(at, QueueJoined(visit.id, queue, position))
        return visit

    def _left_reason(self, call: Call, visit: Visit, at: datetime) -> str:
        """Asterisk does not say why; the hang-up request comes first, and the dialplan's time-out is known."""
        times = self._times.get(visit.queue, QueueTimes())
        if call.hangup_requested:
            return "abandoned"
        if milliseconds(visit.joined, at) >= (times.timeout_s - 1) * 1000:
            return "timeout"
        return "key" if times.keys else "empty"

    def _wrapup(self, queue: str) -> timedelta:
        return timedelta(seconds=self._times.get(queue, QueueTimes()).wrapup_s)

    def _reach(self, call: Call, visit: Visit, snapshot: Snapshot, now: datetime, out: Out) -> None:
        """Take over which agents' phones ring for an open stay, and who has answered meanwhile."""
        legs = snapshot.legs_of(call.linkedid)
        if visit.over or visit.talk is not None:
            return
        for channel, leg in legs.items():
            visit.reached(channel, leg.agent, now, out)
        for channel, leg in legs.items():
            if leg.talking:
                visit.answer(leg.agent, channel, now, out)
