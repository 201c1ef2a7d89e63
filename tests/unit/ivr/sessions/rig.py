"""A whole ivr without Asterisk and speech: journal, calls and an AGI server on real sockets, fakes at the ports."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ivr.contract.envelope import Envelope
from ivr.contract.ids import ContactId
from ivr.sessions.caller_id import to_e164
from ivr.sessions.calls import Calls
from ivr.sessions.found_calls import FoundCalls
from ivr.sessions.handler import CallHandler
from ivr.sessions.journal import Journal
from ivr.sessions.live import LiveBoard
from ivr.sessions.lookups import Lookups
from ivr.sessions.media_choice import MediaSettings
from ivr.sessions.media_speech import SpeechSettings
from ivr.sessions.numbers import NumberPool
from ivr.sessions.recording_files import RecordingWatch
from ivr.sessions.session import SessionServices
from ivr.sessions.telephony_facts import TelephonyFacts
from ivr.telephony.agi import AGIServer
from ivr.telephony.calls import CallLedger
from speech.contract import prompt_file
from tests.unit.ivr.sessions.fake_channel import FakeChannel
from tests.unit.ivr.sessions.fakes import NOW, MemoryDesk, MemoryPBX, OneArticle, OneCode, OpenQueues
from tests.unit.ivr.sessions.small_flow import TEXTS, SmallFlow

CONTACT = ContactId("c" * 32)


def clock() -> datetime:
    return NOW


async def until(condition: Callable[[], object], what: str, timeout_s: float = 60.0) -> None:
    """Wait until the condition holds; fail saying `what` did not come."""
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                if condition():
                    return
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"did not come: {what}") from None


def make_prompts(root: Path) -> Path:
    """Write an empty sound for every prompt of the small flow."""
    for text in TEXTS.values():
        path = prompt_file(root, text)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"RIFF")
    return root


@contextlib.asynccontextmanager
async def running_journal(folder: Path, **options: int) -> AsyncIterator[Journal]:
    """A journal with its writer; closed properly at the end."""
    journal = Journal(folder, "ivr-1", NOW, **options)
    task = asyncio.create_task(journal.run())
    try:
        yield journal
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await journal.close()


@dataclass
class Rig:
    """What a test touches."""

    journal: Journal
    flow: SmallFlow
    desk: MemoryDesk
    pbx: MemoryPBX
    calls: Calls
    services: SessionServices
    port: int
    folder: Path
    watch: TelephonyFacts

    async def call(self, channel: FakeChannel) -> FakeChannel:
        """Run one AGI session to its end."""
        await channel.call(self.port)
        await until(lambda: len(self.calls) == 0, "the session's end")
        return channel

    def facts(self) -> list[Envelope]:
        """Return all facts that crm does not hold yet."""
        return list(self.journal.state.facts.values())

    def kinds(self) -> list[str]:
        """Return the kinds of the facts."""
        return [envelope.fact.KIND for envelope in self.facts()]


@contextlib.asynccontextmanager
async def rig(
    folder: Path, *, socket: Path | None = None, speech: SpeechSettings | None = None, numbers: bool = True
) -> AsyncIterator[Rig]:
    """Run an ivr; `speech` gives it a speech process to use."""
    desk, pbx, flow, calls = MemoryDesk(), MemoryPBX(), SmallFlow(), Calls()
    media = MediaSettings(
        make_prompts(folder / "prompts"),
        folder / "clips",
        speech or SpeechSettings(socket or folder / "none.sock", "127.0.0.1", 1),
        lambda: speech is not None,
    )
    async with running_journal(folder / "journal") as journal:
        pool = NumberPool(journal, desk, clock)
        if numbers and not journal.state.pool:
            block = await desk.lease_numbers("ivr-1")
            journal.block(block.first, block.size, NOW)
        lookups = Lookups(desk, pool, OpenQueues(), OneCode(), OneArticle())
        recordings = RecordingWatch(folder / "recordings", journal, clock, patience_s=0.2)
        found = FoundCalls(folder / "queue_log", folder / "calls-found")
        watch = TelephonyFacts(CallLedger(to_e164), journal, calls, flow, recordings, found, clock)
        services = SessionServices(journal, flow, lookups, LiveBoard(), media, pbx, watch, clock)
        async with AGIServer("127.0.0.1", 0, CallHandler(services, calls)) as server:
            yield Rig(journal, flow, desk, pbx, calls, services, server.port, folder, watch)
