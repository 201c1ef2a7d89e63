"""Wires one ivr process: every part is made here and nowhere else, and runs in one TaskGroup until SIGTERM."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import structlog
import uvicorn

from ivr.contract.hours import parse_hours
from ivr.dialplan.limits import Limits
from ivr.dialplan.queues import QUEUE_NAMES
from ivr.flows.load import load_program
from ivr.sessions.article_pack import PackArticles
from ivr.sessions.caller_id import to_e164
from ivr.sessions.calls import Calls
from ivr.sessions.code_pack import PackCodes
from ivr.sessions.commands import CommandExecutor
from ivr.sessions.commands_http import commands_app
from ivr.sessions.desk_http import HTTPDesk
from ivr.sessions.found_calls import FoundCalls
from ivr.sessions.handler import CallHandler
from ivr.sessions.health import SpeechHealth
from ivr.sessions.journal import Journal
from ivr.sessions.kept_places import KeptPlaces
from ivr.sessions.live import LiveBoard
from ivr.sessions.lookups import Lookups
from ivr.sessions.machine_flow import MachineFlow
from ivr.sessions.media_choice import MediaSettings
from ivr.sessions.media_speech import SpeechSettings
from ivr.sessions.numbers import NumberPool
from ivr.sessions.outbound import Outbound
from ivr.sessions.pbx import AMIPBX
from ivr.sessions.recording_files import RecordingWatch
from ivr.sessions.reservation import Reservation
from ivr.sessions.resume import is_elder
from ivr.sessions.session import NOTICE_VERSION, SessionServices
from ivr.sessions.shipper import Shipper
from ivr.sessions.telephony_facts import TelephonyFacts
from ivr.sessions.waiting import WaitingRoom
from ivr.settings import Settings, load_settings
from ivr.telephony.agi import AGILimits, AGIServer
from ivr.telephony.ami.client import AMIClient, AMISettings
from ivr.telephony.calls import CallLedger, QueueTimes
from ivr.telephony.events import TelephonyEvent
from ivr.telephony.holds import Holds
from liveness.http_door import http_server
from liveness.watchdog import keep_alive

log = structlog.get_logger(__name__)

_HOST = "127.0.0.1"
_BLOCKED_S = 2.0  # then the loop is blocked: a caller is to hear something within three seconds
_FROZEN_S = 2.2  # then the whole process is stopped: the traceback of a blocked loop comes first
_AMI_EVENTS = "system,call,agent,user"
_LAST_SHIPMENT_S = 2.0
_MOST_OF_CRM = 200


def now() -> datetime:
    """Return the time in UTC; the one clock of the process."""
    return datetime.now(UTC)


def configure_logging(node: str) -> None:
    """Log one JSON object a line to stdout; the contact is bound per call."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process="ivr", node=node)


@dataclass(frozen=True, slots=True)
class App:
    """The parts of one ivr."""

    settings: Settings
    journal: Journal
    calls: Calls
    ami: AMIClient
    numbers: NumberPool
    shipper: Shipper
    health: SpeechHealth
    facts: TelephonyFacts
    waiting: WaitingRoom
    places: KeptPlaces
    holds: Reservation
    recordings: RecordingWatch
    agi: AGIServer
    web: uvicorn.Server


def build(settings: Settings, client: httpx.AsyncClient) -> App:
    """Make every part. Raises FlowError, JournalLocked, OSError."""
    flow = MachineFlow(load_program())
    journal = Journal(settings.journal_dir, settings.node, now())
    calls, live = Calls(), LiveBoard()
    desk = HTTPDesk(client, settings.internal_token)
    numbers, shipper = NumberPool(journal, desk, now), Shipper(journal, desk, now)
    recordings = RecordingWatch(settings.recordings_dir, journal, now)
    found = FoundCalls(settings.queue_log, settings.journal_dir / "calls-found")
    login = AMISettings(_HOST, settings.ami_port, settings.ami_user, settings.ami_secret, _AMI_EVENTS)

    async def reconcile() -> None:
        waiting.forget()
        coming = places.coming  # who comes while Asterisk is asked may not be in its answer
        held = await facts.reconcile(ami)
        waiting.find(held)
        places.let_go(coming - held.channels)
        holds.find(held)

    ami = AMIClient(login, on_connected=reconcile)
    pbx = AMIPBX(ami)
    outbound = Outbound(pbx, journal, now, Limits())
    ledger = CallLedger(to_e164, notice_version=NOTICE_VERSION, times=_queue_times())
    spoken, limits = settings.prompts_dir / "fallback", Limits()
    waiting = WaitingRoom(
        pbx, spoken, now, beat_s=settings.wait_every_s, wrapup_s=limits.wrapup_s,
        is_elder=lambda uniqueid: is_elder(flow, journal.state.contacts.values(), uniqueid),
    )  # fmt: skip
    places = KeptPlaces(pbx, pbx, now)
    holds = Reservation(Holds(settings.longest_hold), pbx, lambda: journal.state.dangers, now)

    def hear(event: TelephonyEvent) -> None:
        waiting.take(event)
        places.take(event)
        holds.take(event)

    facts = TelephonyFacts(ledger, journal, calls, flow, recordings, found, now, outbound.ended, hear)
    health = SpeechHealth(settings.speech_socket, calls, pbx)
    speech = SpeechSettings(settings.speech_socket, _HOST, settings.audiosocket_port)
    media = MediaSettings(settings.prompts_dir, settings.clips_dir, speech, lambda: health.alive)
    zone = ZoneInfo(settings.time_zone)
    hours = parse_hours(settings.human_hours, zone)

    def queue_now(queue: str) -> str:
        return hours.queue_for(queue, now())

    codes, articles = PackCodes(settings.packs), PackArticles(settings.packs)
    lookups = Lookups(desk, numbers, pbx, codes, articles, queue_now, hours.open_from)
    services = SessionServices(journal, flow, lookups, live, media, pbx, facts, now, zone, demo=settings.demo)

    def status() -> Mapping[str, Any]:
        return _status(app)

    executor = CommandExecutor(journal, pbx, outbound, now, holds.pauses, partial(_room, waiting, journal, settings))
    commands = commands_app(executor, live, status, settings.internal_token)
    web = http_server(commands, settings.commands_port, connections=_MOST_OF_CRM)
    agi = AGIServer(_HOST, settings.agi_port, CallHandler(services, calls), AGILimits(stop_s=settings.stop_s))
    app = App(
        settings, journal, calls, ami, numbers, shipper, health, facts, waiting, places, holds, recordings, agi, web
    )
    return app


def _room(waiting: WaitingRoom, journal: Journal, settings: Settings) -> bool:
    """Tell whether a call may go out that can wait: nobody waits for us, and half of the lines are left."""
    return not len(waiting) and 2 * len(journal.state.contacts) < settings.max_calls


def _queue_times() -> dict[str, QueueTimes]:
    limits = Limits()
    times = {name: QueueTimes(limits.queue_timeout_s, limits.wrapup_s) for name in QUEUE_NAMES}
    return times | {"emergency": QueueTimes(limits.emergency_timeout_s, 0, keys=False)}


def _status(app: App) -> dict[str, Any]:
    ami = app.ami.status()
    return {
        "node": app.settings.node,
        "calls": len(app.calls),
        "callers_waiting": len(app.waiting),
        "contacts_open": len(app.journal.state.contacts),
        "facts_waiting": app.shipper.waiting,
        "facts_error": app.shipper.last_error,
        "facts_held": app.shipper.held,
        "facts_refused": app.shipper.refused(),
        "journal_damaged": app.journal.damaged,
        "numbers_left": app.numbers.left,
        "speech_alive": app.health.alive,
        "ami_connected": ami.connected,
        "ami_error": ami.last_error,
        "events_invalid": app.facts.invalid,
    }


async def serve(settings: Settings) -> None:
    """Run an ivr until SIGTERM or SIGINT, then let its dialogues end for `stop_s` and write the journal out."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # idle connections go before crm's server closes them: a request on a dying one would be a caller not known
    limits = httpx.Limits(max_connections=100, keepalive_expiry=2.0)
    desk_url = f"http://{_HOST}:{settings.desk_port}"
    async with httpx.AsyncClient(base_url=desk_url, trust_env=False, limits=limits) as client:
        app = build(settings, client)
        app.facts.recover()
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(part, name=name) for name, part in _parts(app)]
                await app.health.check()
                await app.agi.start()
                log.info("ivr_ready", contacts=len(app.journal.state.contacts))
                await stop.wait()
                await _wind_down(app)
                for task in tasks:
                    task.cancel()
        finally:
            await app.journal.close()
    log.info("ivr_stopped")


def _parts(app: App) -> list[tuple[str, Any]]:
    return [
        ("watchdog", keep_alive(_BLOCKED_S, _FROZEN_S)),
        ("journal", app.journal.run()),
        ("ami", app.ami.run()),
        ("events", app.facts.run(app.ami)),
        ("tick", app.facts.tick()),
        ("waiting", app.waiting.run()),
        ("places", app.places.run()),
        ("holds", app.holds.run()),
        ("recordings", app.recordings.run()),
        ("shipper", app.shipper.run()),
        ("numbers", app.numbers.run()),
        ("health", app.health.run()),
        ("web", app.web.serve()),
    ]


async def _wind_down(app: App) -> None:
    """Take no new call, let the dialogues end; those that do not are left to the dialplan, which resumes them."""
    log.info("ivr_stopping", calls=len(app.calls))
    stopping = asyncio.ensure_future(app.agi.stop())
    left = await app.calls.drain(app.settings.stop_s)
    if left:
        log.warning("dialogues_left", count=left)
    await stopping
    app.web.should_exit = True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_SHIPMENT_S):
            await asyncio.gather(app.shipper.idle.wait(), app.holds.close())


def main() -> None:
    """Run the process named by $HOTLINE_ENV."""
    settings = load_settings()
    configure_logging(settings.node)
    asyncio.run(serve(settings))
