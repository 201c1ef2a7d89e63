"""One call: inputs to the journal, then to the flow; effects to media, Desk and numbers; at the end the dialplan."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol

import structlog

from ivr.contract.dialogue import (
    Effect,
    End,
    HandOver,
    HungUp,
    Input,
    Lookup,
    Perform,
    Record,
    Resumed,
    Returned,
    Started,
    TurnDone,
)
from ivr.contract.facts import ContactStarted, Fact, MatterOpened, SafetyCleared, SafetyRaised
from ivr.contract.ids import ContactId
from ivr.dialplan.variables import HL_QUEUE
from ivr.sessions.calls import RunningCall
from ivr.sessions.dialplan_words import came_back, first_key, leave
from ivr.sessions.follow_up_calls import parse_asks
from ivr.sessions.journal import Journal
from ivr.sessions.live import LiveBoard
from ivr.sessions.lookups import Lookups
from ivr.sessions.media_choice import CallMedia, MediaSettings
from ivr.sessions.ports import PBX, Flow, FlowBroken, MediaStuck, PBXUnavailable
from ivr.sessions.records import CallInfo, OpenContact
from ivr.sessions.rescue import rescue_stuck
from ivr.sessions.resume import Folded, dialogue_end, fold, give_up, is_hang_up, write_missing
from ivr.telephony.agi import AGISession
from ivr.telephony.call import DialogueEnd
from ivr.telephony.errors import AGIError
from speech.contract import Bargein, Cause, Segment, Turn, TurnResult

log = structlog.get_logger(__name__)

NOTICE_VERSION = "opening_notice.2"
_MAX_RAW = 64
_GONE_WAIT_S = 1.5
_MEDIA_FAILURES = 4
_APOLOGY_S = 15.0
_TICKET_QUEUES = {"complaint": "complaint", "repair": "repair", "consult": "consult"}
_LOST = HandOver("queue")  # whoever we cannot help gets a person: of the queue HL_QUEUE names, else repair


class CallWatch(Protocol):
    """Who follows the whole contact, before and after its dialogue."""

    def began(self, contact: ContactId, info: CallInfo) -> None:
        """A session has this contact."""

    def dialogue_over(self, contact: ContactId, how: DialogueEnd) -> None:
        """The dialogue is over and its facts are in the journal."""

    def session_left(self, call: RunningCall) -> None:
        """The session is over, whatever became of its dialogue."""


@dataclass(frozen=True, slots=True)
class SessionServices:
    """What every session shares."""

    journal: Journal
    flow: Flow
    lookups: Lookups
    live: LiveBoard
    media: MediaSettings
    pbx: PBX
    watch: CallWatch
    clock: Callable[[], datetime]
    zone: tzinfo = UTC
    demo: bool = False  # example rows may be spoken


class _Moved(Exception):
    """The channel is still there but not with us: say nothing, the next session goes on."""


class CallSession:
    """Runs one AGI session of a contact to its end. Made per session; `run` once."""

    def __init__(self, services: SessionServices, agi: AGISession, call: RunningCall, info: CallInfo) -> None:
        self._services = services
        self._journal = services.journal
        self._agi = agi
        self._call = call
        self._info = info
        self._keys_only = False
        self._busy = False
        self._media_failures = 0
        self._folded = Folded(services.flow.begin())

    async def run(self) -> None:
        """Hold the dialogue and leave the AGI. Raises only what cancels the session."""
        async with asyncio.TaskGroup() as group:
            media = CallMedia(group, self._agi, self._services.media, self._call, self._services.flow.lexicon)
            try:
                last = await self._guarded(media)
                await media.close()
                await leave(self._agi, last)
            except _Moved:
                log.info("session_moved")
                return  # the next session shows where the dialogue is
            except MediaStuck:
                await rescue_stuck(self._services.pbx, self._call, self._agi.wait_hung_up)
                return
            except AGIError as error:
                log.info("session_left_early", error=type(error).__name__, hung_up=self._agi.hung_up)
            finally:
                await self._forget(media)
        await self._show("over")

    async def _guarded(self, media: CallMedia) -> HandOver | End:
        """Return the dialogue's last effect; whatever breaks on our side ends with a person."""
        try:
            return await self._dialogue(media)
        except (_Moved, MediaStuck):
            raise
        except Exception:
            log.exception("dialogue_broken", node=self._place()[1])
        give_up(self._services.flow, self._journal, self._call.contact, self._services.clock())
        self._services.watch.dialogue_over(self._call.contact, DialogueEnd.HANDED_OVER)
        await self._apologize(media)
        return _LOST

    async def _apologize(self, media: CallMedia) -> None:
        """Say that something went wrong and a person follows; the caller is handed over whether or not it is heard."""
        if self._agi.hung_up:
            return
        try:
            async with asyncio.timeout(_APOLOGY_S):
                await media.turn(Turn("sys_error", self._services.flow.apology, Bargein.NONE))
        except TimeoutError:
            log.warning("apology_cut")

    async def _forget(self, media: CallMedia) -> None:
        """Free what media holds after a rescue or a move; it was tried properly before."""
        try:
            await media.close()
        except MediaStuck:
            log.warning("media_left_behind")

    # ---- the dialogue ----

    async def _dialogue(self, media: CallMedia) -> HandOver | End:
        known = self._journal.state.contacts.get(self._call.contact)
        effect = await (self._begin(media) if known is None else self._resume(media, known))
        while not isinstance(effect, HandOver | End):
            effect = await self._take(await self._perform(media, effect))
        self._journal.dialogue_over(self._call.contact, self._services.clock())
        contact = self._journal.state.contacts[self._call.contact]
        self._services.watch.dialogue_over(contact.contact, dialogue_end(self._services.flow, contact, self._folded))
        await self._journal.durable()
        return effect

    async def _begin(self, media: CallMedia) -> Effect:
        self._journal.open_contact(self._call.contact, self._info, self._services.clock())
        media.first_key = await first_key(self._agi)
        await self._announce(NOTICE_VERSION if media.first_key != "9" else "")  # 9 cuts the notice short
        await self._open(media)
        return await self._start()

    async def _announce(self, notice: str) -> None:
        """Say that the contact began, unless the journal says so already. notice: the version told, or none."""
        info, contact = self._info, self._call.contact
        if not self._journal.state.contacts[contact].announced:
            raw = self._agi.variables.caller[:_MAX_RAW]
            resumed = self._agi.attempt > 1
            started = ContactStarted(info.linkedid, raw, info.caller_e164, info.did, info.recording, notice, resumed)
            self._journal.fact(contact, started, self._services.clock())
        self._services.watch.began(contact, info)
        await self._services.live.begin(contact, info.caller_e164)

    async def _start(self) -> Effect:
        self._folded = Folded(self._services.flow.begin())
        services, info = self._services, self._info
        at = services.clock().astimezone(services.zone).strftime("%Y-%m-%dT%H:%M")
        started = Started(
            self._call.contact, info.caller_e164, info.did, self._keys_only, at, services.demo, self._busy,
            parse_asks(self._agi.variables.asks),
        )  # fmt: skip
        return await self._take(started)

    async def _resume(self, media: CallMedia, known: OpenContact) -> Effect:
        """Fold what is journalled and go on at the same question; facts already written are not written again."""
        now = self._services.clock()
        self._journal.open_contact(self._call.contact, self._info, now)
        await self._announce(NOTICE_VERSION)
        self._folded = fold(self._services.flow, known.inputs)
        write_missing(self._journal, known, self._folded, now)
        log.info("session_resumed", inputs=len(known.inputs), over=self._folded.over)
        if known.inputs and is_hang_up(known.inputs[-1]):
            return _LOST  # we took the caller for gone, and the dialogue is over
        back = await came_back(self._agi) if isinstance(self._folded.effect, HandOver) else None
        if self._folded.over and self._folded.effect is not None and back is None:
            return self._folded.effect
        await self._open(media)
        if back is not None:
            return await self._take(Returned(back.value, self._keys_only))
        if not known.inputs:
            return await self._start()
        return await self._take(Resumed(self._keys_only))

    async def _open(self, media: CallMedia) -> None:
        self._keys_only = await media.open()
        self._busy = media.busy

    async def _take(self, item: Input) -> Effect:
        """Journal an input, step, write the facts; return what waits."""
        effect = await self._step(item)
        if is_hang_up(item) and not isinstance(effect, HandOver | End):
            effect = await self._step(HungUp())
        if is_hang_up(item):
            if not isinstance(effect, HandOver | End):
                raise FlowBroken("the flow goes on after a hang-up")
            return End()
        return effect

    async def _step(self, item: Input) -> Effect:
        now = self._services.clock()
        self._journal.input(self._call.contact, item, now)
        await self._journal.durable()
        fresh = self._folded.take(self._services.flow, item)
        contact = self._journal.state.contacts[self._call.contact]
        write_missing(self._journal, contact, self._folded, now)
        for fact in fresh:
            await self._note(fact)
        if self._folded.effect is None:
            raise FlowBroken("a step without an effect")
        return self._folded.effect

    async def _note(self, fact: Fact) -> None:
        """Tell the rest of the call what a fact means for it: where a call that is lost from now on goes."""
        match fact:
            case SafetyRaised():
                await self._fall_back_to("emergency")
            case SafetyCleared():
                await self._fall_back_to("repair")
            case MatterOpened(kind=kind):
                await self._fall_back_to(_TICKET_QUEUES.get(kind, "repair"))

    async def _fall_back_to(self, queue: str) -> None:
        try:
            await self._services.pbx.set_variable(self._call.channel, HL_QUEUE, queue)
        except PBXUnavailable as error:
            log.info("fallback_queue_not_set", queue=queue, reason=str(error))

    # ---- effects ----

    async def _perform(self, media: CallMedia, effect: Effect) -> Input:
        match effect:
            case Perform(turn):
                await self._show("speak" if turn.slot is None else "listen", turn.segments)
                return await self._turn_done(await media.turn(turn))
            case Record(spec):
                await self._show("record", spec.segments)
                return await self._turn_done(await media.record(spec))
            case Lookup(action, args):
                return await self._services.lookups.ask(action, args)
            case _:
                raise FlowBroken("an effect that cannot be performed")

    async def _turn_done(self, result: TurnResult) -> Input:
        if result.cause is Cause.HUNG_UP:
            await self._check_gone()
        if result.cause is Cause.MEDIA_FAILED:
            self._media_failures += 1
            self._keys_only = True  # what the flow does with this cause
            log.warning("media_failed", count=self._media_failures, node=self._place()[1])
            if self._media_failures > _MEDIA_FAILURES:
                raise FlowBroken("no media works")
        return TurnDone(result)

    async def _check_gone(self) -> None:
        """The end of AGI is a hang-up only when Asterisk's manager says so, or cannot be asked."""
        if self._call.moved:
            raise _Moved
        if not self._services.pbx.connected:
            return
        try:
            async with asyncio.timeout(_GONE_WAIT_S):
                await self._call.gone.wait()
        except TimeoutError:
            raise _Moved from None

    def _place(self) -> tuple[str, str]:
        return self._services.flow.place(self._folded.state)

    async def _show(self, listening: str, segments: tuple[Segment, ...] = ()) -> None:
        flow, node = self._place()
        slot = self._services.flow.slot(self._folded.state) if listening in ("listen", "record") else ""
        said = tuple(segment.text for segment in segments)
        await self._services.live.put(
            self._call.contact, flow, node, slot, listening, keys_only=self._keys_only, said=said
        )
