"""A speech process by script on a real unix socket and a real AudioSocket port: what ivr's adapter talks to."""

import asyncio
import contextlib
import json
import uuid
from collections import deque
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from ivr.sessions.keys import KeyCollector, KeysDone
from ivr.sessions.media_speech import SpeechSettings
from speech.contract import KeyMode, SlotKind, SlotSpec

HANG_UP, DIE, FREEZE, GARBAGE, LEAVE, SAID, STUCK = "hang up", "die", "freeze", "garbage", "leave", "said", "stuck"


async def audiosocket_app(dialogue: str, address: str) -> int:
    """Asterisk's application: connect, name the dialogue, stay until 00 or the end of the connection."""
    host, port = address.split(":")
    try:
        reader, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return -1
    writer.write(b"\x01\x00\x10" + uuid.UUID(dialogue).bytes)
    try:
        await reader.read(3)
    except OSError:
        return -1
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return 0


class FakeSpeech:
    """Plays `acts`, one per listening turn or recording: keys, "" (silence), or one of the words above.

    A turn without a slot consumes an act only when the act is in `early` (keys pressed while it was spoken).
    """

    def __init__(self, acts: Sequence[str] = (), *, early: str = "", refuse: str = "", deaf: bool = False) -> None:
        self.acts = deque(acts)
        self.early = early
        self.refuse = refuse
        self.deaf = deaf  # the control connection opens, nothing is ever answered
        self.spoken: list[str] = []
        self.frozen = False
        self.openings = 0
        self.caller_gone = asyncio.Event()  # set by `HANG_UP`; the test's channel hangs up on it
        self._audio: dict[str, asyncio.StreamWriter] = {}
        self._opened: dict[str, asyncio.StreamWriter] = {}  # the control connection of each dialogue
        self._kept = ""
        self._controls: set[asyncio.StreamWriter] = set()

    @contextlib.asynccontextmanager
    async def running(self, folder: Path, **waits: float) -> AsyncIterator[SpeechSettings]:
        """Listen; yield the settings for ivr's adapter. `waits` are those that run out in the test, in seconds;

        the others are so long that none runs out on a busy machine.
        """
        socket = folder / "speech.sock"
        control = await asyncio.start_unix_server(self._control, socket)
        audio = await asyncio.start_server(self._on_audio, "127.0.0.1", 0)
        port = audio.sockets[0].getsockname()[1]
        try:
            patient = {"control_s": 20.0, "connect_s": 20.0, "end_s": 0.3, "leave_s": 20.0}
            yield SpeechSettings(socket, "127.0.0.1", port, **(patient | waits))
        finally:
            self.die()
            for server in (control, audio):
                server.close()
            socket.unlink(missing_ok=True)

    def die(self) -> None:
        """What SIGKILL does: every connection ends."""
        for writer in [*self._controls, *self._audio.values()]:
            writer.close()

    async def _on_audio(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            dialogue = str(uuid.UUID(bytes=(await reader.readexactly(19))[3:]))
            self._audio[dialogue] = writer
            if dialogue in self._opened:
                _say(self._opened[dialogue], {"ev": "connected"})
            while await reader.read(4096):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._controls.add(writer)
        dialogue = ""
        try:
            while line := await reader.readline():
                if self.frozen or self.deaf:
                    continue
                dialogue = self._message(json.loads(line), writer, dialogue)
        except OSError:
            pass
        finally:
            if dialogue in self._audio:
                self._audio[dialogue].close()
            self._controls.discard(writer)
            writer.close()

    def _message(self, message: dict[str, Any], writer: asyncio.StreamWriter, dialogue: str) -> str:
        match message["op"]:
            case "ping":
                _say(writer, {"ev": "pong"})
            case "open":
                return self._open(message["dialogue"], writer)
            case "turn":
                self._turn(message["turn"], writer, dialogue)
            case "record":
                self._record(message["spec"], writer, dialogue)
            case "end":
                self._audio[dialogue].write(b"\x00\x00\x00")
                _say(writer, {"ev": "ended", "reason": "asked"})
        return dialogue

    def _open(self, dialogue: str, writer: asyncio.StreamWriter) -> str:
        self.openings += 1
        if self.refuse:
            _say(writer, {"ev": "refused", "reason": self.refuse})
            return dialogue
        self._opened[dialogue] = writer
        _say(writer, {"ev": "opened"})
        return dialogue

    def _turn(self, turn: dict[str, Any], writer: asyncio.StreamWriter, dialogue: str) -> None:
        self.spoken += [item["key"] for item in turn["segments"]]
        slot = turn["slot"]
        if slot is None and not (self.acts and self.acts[0] in (HANG_UP, DIE, FREEZE, LEAVE)):
            self._kept += self.early
            self.early = ""
            _done(writer, turn["turn_id"], "success")
            return
        act = self._kept or (self.acts.popleft() if self.acts else "")
        self._kept = ""
        if not self._special(act, writer, dialogue, turn["turn_id"]):
            done = _collect(slot, act)
            mode = "dtmf" if done.digits else None
            _done(writer, turn["turn_id"], done.cause.value, mode=mode, digits=done.digits)

    def _record(self, spec: dict[str, Any], writer: asyncio.StreamWriter, dialogue: str) -> None:
        act = self.acts.popleft() if self.acts else ""
        if act == SAID:
            _done(writer, spec["turn_id"], "success", clip=f"{spec['clip']}.wav", speech_ms=2000)
        elif not self._special(act, writer, dialogue, spec["turn_id"]):
            _done(writer, spec["turn_id"], "no-input-timeout")

    def _special(self, act: str, writer: asyncio.StreamWriter, dialogue: str, turn_id: str) -> bool:
        match act:
            case "hang up":
                self.caller_gone.set()
                _say(writer, {"ev": "ended", "reason": "hung-up"})
                _done(writer, turn_id, "hung-up")
            case "die":
                self.die()
            case "freeze":
                self.frozen = True
            case "garbage":
                writer.write(b"\xff\xfe not json\n")
            case "stuck":  # the control connection is gone, the audio connection stays
                self._audio[f"{dialogue} kept"] = self._audio.pop(dialogue)
                writer.close()
            case "leave":
                self._audio[dialogue].close()  # the AudioSocket returns without our report of the end
            case _:
                return False
        return True


def _collect(slot: dict[str, Any], keys: str) -> KeysDone:
    spec = SlotSpec(
        slot["name"], SlotKind(slot["kind"]), {}, KeyMode(slot["key_mode"]), slot["keys"], slot["max_digits"]
    )
    collector = KeyCollector(spec)
    for key in keys:
        if (done := collector.press(key)) is not None:
            return done
    while (done := collector.time_out()) is None:
        pass
    return done


def _say(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")


def _done(writer: asyncio.StreamWriter, turn_id: str, cause: str, **fields: Any) -> None:
    _say(writer, {"ev": "done", "result": {"turn_id": turn_id, "cause": cause, **fields}})
