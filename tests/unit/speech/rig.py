"""The whole media process in this one, with ivr's and Asterisk's ends of its wires."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter

from speech.bootstrap import SpeechProcess
from speech.contract import Lexicon, RecordSpec, Segment, Turn, TurnResult, encode
from speech.packs import Pack, write_pack
from speech.recognizers.port import Recognizer
from speech.settings import SpeechSettings
from tests.unit.speech.line_peer import FakeAsterisk
from tests.unit.speech.slots.samples import LEXICON, PACK
from tests.unit.speech.voices import MODEL
from tests.unit.speech.waiting import until

SHORT = (Segment("", "请说。"),)
LONG = (Segment("long.p.1", "很长"),)  # ten seconds of tone, where `start` of conftest runs the process
_RESULT = TypeAdapter(TurnResult)


class FakeIvr:
    """ivr's end of one control connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.events: list[dict[str, Any]] = []
        self.times: list[float] = []

    @classmethod
    async def connect(cls, path: Path) -> "FakeIvr":
        return cls(*await asyncio.open_unix_connection(path, limit=1 << 20))

    def send(self, message: Any) -> None:
        raw = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        self._writer.write(raw + b"\n")

    async def event(self, name: str, seconds: float = 60.0) -> dict[str, Any]:
        """Return the next event of that name; earlier ones of other names are kept in `events`."""
        async with asyncio.timeout(seconds):
            while True:
                line = await self._reader.readline()
                if not line:
                    raise ConnectionResetError(f"no {name}")
                found: dict[str, Any] = json.loads(line)
                self.events.append(found)
                self.times.append(asyncio.get_running_loop().time())
                if found["ev"] == name:
                    return found

    async def at_end(self, seconds: float = 60.0) -> bool:
        async with asyncio.timeout(seconds):
            return await self._reader.read(1) == b""

    def open(self, dialogue: UUID, contact: str = "c-1", lexicon: Lexicon = LEXICON) -> None:
        self.send({"op": "open", "dialogue": str(dialogue), "contact": contact, "lexicon": encode(lexicon)})

    def ask(self, turn: Turn) -> None:
        self.send({"op": "turn", "turn": encode(turn)})

    def record(self, spec: RecordSpec) -> None:
        self.send({"op": "record", "spec": encode(spec)})

    async def result(self, seconds: float = 60.0) -> TurnResult:
        return _RESULT.validate_python((await self.event("done", seconds))["result"])

    def close(self) -> None:
        self._writer.close()


class Rig:
    """A running process and its settings."""

    def __init__(self, process: SpeechProcess, settings: SpeechSettings) -> None:
        self.process = process
        self.settings = settings
        self._closing: list[Callable[[], Any]] = []

    async def ivr(self) -> FakeIvr:
        ivr = await FakeIvr.connect(self.settings.speech_socket)
        self._closing.append(ivr.close)
        return ivr

    async def dialogue(self, contact: str = "c-1") -> tuple[FakeIvr, FakeAsterisk]:
        """Return a connected dialogue."""
        ivr, uuid = await self.ivr(), uuid4()
        ivr.open(uuid, contact)
        await ivr.event("opened")
        caller = await FakeAsterisk.connect(self.process.port, uuid)
        await ivr.event("connected")
        self._closing.append(caller.close)
        return ivr, caller

    async def close(self) -> None:
        await self.process.close()
        for close in self._closing:
            waiting = close()
            if waiting is not None:
                await waiting


def pack_data(pack: Pack) -> dict[str, Any]:
    """Return a pack as its file's content."""
    divisions = [[item.code, item.name, item.level, item.parent] for item in pack.divisions.values()]
    return {"codes": pack.codes, "divisions": divisions, "aliases": pack.aliases}


@asynccontextmanager
async def running(tmp_path: Path, recognizer: Recognizer, max_calls: int = 4) -> AsyncIterator[Rig]:
    """Run the process with its state below tmp_path."""
    settings = SpeechSettings(home=tmp_path, audiosocket_port=0, model_dir=MODEL, max_calls=max_calls)
    write_pack(settings.packs_dir, pack_data(PACK))
    process = SpeechProcess(settings, recognizer)
    await process.start()
    rig = Rig(process, settings)
    try:
        yield rig
    finally:
        await rig.close()


Start = Callable[..., AbstractAsyncContextManager[Rig]]  # conftest's fixture `start`


def audible(caller: FakeAsterisk, last: int = 5) -> bool:
    return any(any(pcm) for _, pcm in caller.heard[-last:])


async def playing(caller: FakeAsterisk) -> None:
    """Wait until the prompt is on the line and past its guarded head."""
    await until(lambda: audible(caller, 1))
    began = len(caller.heard)
    await until(lambda: len(caller.heard) >= began + 25)
