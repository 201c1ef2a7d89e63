"""Asterisk's events become facts: AMI -> translate -> call ledger -> journal; reconciles whenever AMI comes back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from ivr.contract.facts import ContactEnded, ContactStarted, DutyTaken
from ivr.contract.ids import ContactId
from ivr.dialplan.variables import HL_DUTY_TAKEN
from ivr.sessions.calls import Calls, RunningCall
from ivr.sessions.found_calls import Found, FoundCalls
from ivr.sessions.journal import Journal, JournalUnavailable
from ivr.sessions.ports import Flow
from ivr.sessions.recording_files import RecordingWatch
from ivr.sessions.records import CallInfo
from ivr.sessions.resume import dialogue_end, finish
from ivr.telephony.calls import CallLedger, DialogueEnd, Noted
from ivr.telephony.errors import AMIError
from ivr.telephony.events import (
    CallEnded,
    CallPlaced,
    ChannelHungUp,
    DutyPhoneTook,
    InvalidEvent,
    Snapshot,
    TelephonyEvent,
)
from ivr.telephony.found_calls import FoundCall
from ivr.telephony.translate import rounds_taken, snapshot, translate

log = structlog.get_logger(__name__)

_TICK_S = 1.0
_UNRECORDED = ("opening", "busy")  # the dialplan's stages before it records


class AMI(Protocol):
    """What the pump needs of the AMI client."""

    def events(self) -> AsyncIterator[Mapping[str, str]]:
        """Yield every event in Asterisk's order, for one consumer."""

    async def action(self, name: str, fields: Mapping[str, str], timeout_s: float = 5.0) -> list[dict[str, str]]:
        """Run an action; raises AMIError."""


class TelephonyFacts:
    """Holds the call ledger. Sessions tell it their beginning and end; `run` and `tick` are tasks."""

    def __init__(
        self,
        ledger: CallLedger,
        journal: Journal,
        calls: Calls,
        flow: Flow,
        recordings: RecordingWatch,
        found: FoundCalls,
        clock: Callable[[], datetime],
        placed: Callable[[CallPlaced], None] = lambda _: None,
        heard: Callable[[TelephonyEvent], None] = lambda _: None,
    ) -> None:
        """placed: told of each call that we placed; heard: told of every event once it has become facts."""
        self._ledger = ledger
        self._journal = journal
        self._calls = calls
        self._flow = flow
        self._recordings = recordings
        self._found = found
        self._clock = clock
        self._placed = placed
        self._heard = heard
        self._started_at = ""
        self._waiting_recording: dict[ContactId, str] = {}  # contact -> recording, until the contact ends
        self._begun: set[str] = set()  # channels of sessions that began since the last reconcile
        self.invalid = 0

    # ---- what sessions tell ----

    def began(self, contact: ContactId, info: CallInfo) -> None:
        """A session has this contact; it writes ContactStarted itself."""
        self._waiting_recording[contact] = info.recording
        self._begun.add(info.uniqueid)
        known = self._journal.state.contacts.get(contact)
        joins = known.joins if known else 0
        self._write(self._ledger.contact_known(contact, info.linkedid, info.uniqueid, self._clock(), joins=joins))

    def dialogue_over(self, contact: ContactId, how: DialogueEnd) -> None:
        """A session's dialogue came to its end and its facts are written."""
        self._write(self._ledger.dialogue_ended(contact, how))

    def session_left(self, call: RunningCall) -> None:
        """A session is over; when its channel is gone nobody else would end the dialogue."""
        if call.gone.is_set():
            self._finish(call.contact)

    def _finish(self, contact: ContactId) -> None:
        """End the dialogue of a contact that no session holds."""
        known = self._journal.state.contacts.get(contact)
        if known is None:
            return
        finish(self._flow, self._journal, known, self._clock())
        self.dialogue_over(contact, dialogue_end(self._flow, known))

    # ---- after a restart ----

    def recover(self) -> None:
        """Take up the contacts that the journal holds open; talks and waits go on until Asterisk says otherwise."""
        for known in list(self._journal.state.contacts.values()):
            open_visits = list(known.visits.items())
            self.began(known.contact, known.call)
            for visit, seen in open_visits:
                if seen.agent:
                    self._write(self._ledger.talk_known(known.contact, visit, seen.queue, seen.agent, seen.since))
                else:
                    self._ledger.wait_known(known.contact, visit, seen.queue, seen.since, seen.ringing)
            if known.over:
                self.dialogue_over(known.contact, dialogue_end(self._flow, known))
        log.info("contacts_recovered", count=len(self._journal.state.contacts))

    # ---- AMI ----

    async def run(self, ami: AMI) -> None:
        """Take events for ever; one that breaks us is logged and the next one taken."""
        async for raw in ami.events():
            try:
                self.take(raw)
            except Exception:  # one event's boundary
                log.exception("event_failed", event_name=raw.get("Event", "")[:40])

    def take(self, raw: Mapping[str, str]) -> None:
        """Take one event."""
        event = translate(raw, self._clock())
        if event is None:
            return
        if isinstance(event, InvalidEvent):
            self.invalid += 1
            log.warning("event_invalid", event_name=event.name, field=event.field)
            return
        self._before(event)
        self._write(self._ledger.apply(event))
        self._heard(event)  # last: whatever goes wrong there, no fact is lost

    def _before(self, event: TelephonyEvent) -> None:
        if isinstance(event, CallEnded) and event.stage in _UNRECORDED:
            self._waiting_recording[ContactId(event.contact)] = ""
        if isinstance(event, ChannelHungUp):
            self._hung_up(event.uniqueid)
        if isinstance(event, CallPlaced):
            self._placed(event)
        if isinstance(event, DutyPhoneTook):
            self._duty_taken(event)

    def _duty_taken(self, event: DutyPhoneTook) -> None:
        self._journal.fact(ContactId(""), DutyTaken(event.task, event.number), event.at)

    async def _taken_unheard(self, ami: AMI) -> None:
        """Write the rounds taken while we were away, and those heard since the last log-in once more: crm tells them
        by their second. Asterisk forgets them when they are on disk. Raises AMIError."""
        kept = (await ami.action("Getvar", {"Variable": HL_DUTY_TAKEN}))[0].get("Value", "")
        if not (rounds := rounds_taken(kept)):
            return
        for event in rounds:
            self._duty_taken(event)
        try:
            await self._journal.durable()
            await ami.action("Setvar", {"Variable": HL_DUTY_TAKEN, "Value": ""})
        except (JournalUnavailable, AMIError) as error:  # not worth a comparison anew: asked at the next log-in
            log.warning("rounds_taken_not_emptied", reason=type(error).__name__)

    def _hung_up(self, uniqueid: str) -> None:
        if (call := self._calls.by_uniqueid(uniqueid)) is not None:
            call.gone.set()  # the session ends the dialogue itself
            return
        for known in list(self._journal.state.contacts.values()):
            if known.call.uniqueid == uniqueid and not known.over:
                self._finish(known.contact)

    async def reconcile(self, ami: AMI) -> Snapshot:
        """Compare with what Asterisk holds, and return that; after every log-in. Raises AMIError."""
        status = (await ami.action("CoreStatus", {}))[0]
        started_at = f"{status.get('CoreStartupDate', '')} {status.get('CoreStartupTime', '')}"
        restarted = self._started_at not in ("", started_at)
        self._begun.clear()
        channels = await ami.action("CoreShowChannels", {})
        queues = await ami.action("QueueStatus", {})
        now = self._clock()
        held, invalid = snapshot(channels, queues, now)
        held = replace(held, channels=held.channels | self._begun)  # began after the list was made
        self.invalid += len(invalid)
        found = await asyncio.to_thread(self._found.read, now)
        unheard = self._ends_of_open(found)
        self._write(self._ledger.reconcile(held, now, restarted=restarted))
        self._started_at = started_at  # not before: a comparison that was refused is made again
        for known in list(self._journal.state.contacts.values()):
            if known.call.uniqueid in held.channels:
                continue
            if (call := self._calls.get(known.contact)) is not None:
                call.gone.set()
            else:
                self._finish(known.contact)
        await self._tell_found(found, unheard)
        await self._taken_unheard(ami)
        log.info("reconciled", channels=len(held.channels), restarted=restarted, invalid=len(invalid))
        return held

    def _ends_of_open(self, found: Found) -> list[FoundCall]:
        """Take in how calls ended that we hold open, and return those that we know nothing of."""
        for call in found.calls:
            if self._ledger.holds(call.end.contact):
                self._write(self._ledger.apply(call.end))
        return [call for call in found.calls if not self._ledger.holds(call.end.contact)]

    async def _tell_found(self, found: Found, unheard: list[FoundCall]) -> None:
        """Write the calls that nobody told of, and those told a moment before we stopped once more: crm knows them."""
        for call in unheard:
            note = self._ledger.found(call)
            self._journal.fact(note.contact, note.fact, note.at)
            self._recordings.expect(note.contact, call.end.recording)
        if unheard:
            log.warning("calls_found", count=len(unheard))
        try:
            await self._journal.durable()
        except JournalUnavailable as error:  # not worth a comparison anew: read again at the next log-in
            log.warning("calls_found_not_marked", reason=type(error).__name__)
            return
        await asyncio.to_thread(self._found.told, found)

    async def tick(self) -> None:
        """End wrap-ups and overdue calls once a second, for ever."""
        while True:
            await asyncio.sleep(_TICK_S)
            self._write(self._ledger.tick(self._clock()))

    # ---- facts ----

    def _write(self, notes: list[Noted]) -> None:
        for note in notes:
            self._journal.fact(note.contact, note.fact, note.at)
            if isinstance(note.fact, ContactStarted):
                self._waiting_recording.setdefault(note.contact, note.fact.recording)
            if isinstance(note.fact, ContactEnded):
                self._journal.close_contact(note.contact, self._clock())
                self._recordings.expect(note.contact, self._waiting_recording.pop(note.contact, ""))
