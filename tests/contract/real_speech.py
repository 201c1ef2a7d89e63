"""The real speech process with a scripted recognizer, and a caller with ears on its AudioSocket."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from operator import ne
from pathlib import Path
from uuid import UUID

import numpy as np

from ivr.sessions.media_speech import SpeechSettings
from speech.audiosocket.protocol import FRAME_BYTES, audio_message
from speech.contract import recorded_file
from speech.recognizers.scripted import Line, ScriptedRecognizer
from speech.wav import write_wav
from tests.contract import fake_speech
from tests.unit.ivr.sessions.small_flow import segment
from tests.unit.speech.line_peer import FakeAsterisk
from tests.unit.speech.rig import running
from tests.unit.speech.voices import say
from tests.unit.speech.waiting import until

SPOKEN = "我要报修"  # an act: said aloud once the prompt is over
_PATIENCE_S = 30.0  # for the machine; nothing here is about time
_QUIET_FRAMES = 15  # so long nothing is heard only when the prompt is over
_LEVELS = {"greet": 1000, "menu": 2000, "code": 3000, "say": 4000}  # every sample of a prompt has its own level
_PROMPT_FRAMES = 20


class Caller:
    """Plays `acts`, one per question or recording; a question is known by the sound of its prompt."""

    def __init__(self, acts: Sequence[str]) -> None:
        self._acts = deque(acts)
        self.hung_up = asyncio.Event()

    async def app(self, dialogue: str, address: str) -> int:
        """Be the channel inside Asterisk's AudioSocket application until it ends."""
        line = await FakeAsterisk.connect(int(address.rpartition(":")[2]), UUID(dialogue))
        try:
            place = 0
            while self._acts:
                place = await _heard(line, place, _asks)
                asked = line.heard[place][1] if place < len(line.heard) else b""
                await self._act(self._acts.popleft(), line)
                place = await _heard(line, place, partial(ne, asked))  # silence, or the next prompt at once
            await line.ended.wait()
        finally:
            await line.close()
        return 0

    async def _act(self, act: str, line: FakeAsterisk) -> None:
        match act:
            case fake_speech.HANG_UP:
                self.hung_up.set()
            case fake_speech.SAID:  # at once, not as one speaks: order is all that counts
                await _over(line)
                pcm = say(SPOKEN * 2)
                for start in range(0, len(pcm), FRAME_BYTES):
                    line.writer.write(audio_message(pcm[start : start + FRAME_BYTES]))
                line.press("#")
            case _ if act == SPOKEN:
                await _over(line)
                await line.say(say(act) + bytes(16000 * 2))
            case _:
                line.press(act)


async def _heard(line: FakeAsterisk, place: int, wanted: Callable[[bytes], bool]) -> int:
    """Return where the next frame of that sort stands, looking from `place` on."""
    looking = place

    def found() -> bool:
        nonlocal looking
        while looking < len(line.heard) and not wanted(line.heard[looking][1]):
            looking += 1
        return looking < len(line.heard) or line.ended.is_set()

    await until(found, _PATIENCE_S)
    return looking


async def _over(line: FakeAsterisk) -> None:
    await until(lambda: not any(any(pcm) for _, pcm in line.heard[-_QUIET_FRAMES:]), _PATIENCE_S)


def _asks(frame: bytes) -> bool:
    """Tell whether something is asked: any sound but the greeting's."""
    return any(frame) and frame != _frame("greet")


def _frame(prompt: str) -> bytes:
    return np.full(FRAME_BYTES // 2, _LEVELS[prompt], "<i2").tobytes()


@contextlib.asynccontextmanager
async def real_speech(folder: Path, *lines: Line) -> AsyncIterator[SpeechSettings]:
    """Run the process; give ivr's settings for it."""
    for name in _LEVELS:
        write_wav(recorded_file(folder / "prompts", segment(name).key), _frame(name) * _PROMPT_FRAMES)
    async with running(folder, ScriptedRecognizer(lines)) as rig:
        patience = {"control_s": _PATIENCE_S, "connect_s": _PATIENCE_S, "end_s": _PATIENCE_S, "leave_s": _PATIENCE_S}
        yield SpeechSettings(rig.settings.speech_socket, "127.0.0.1", rig.process.port, **patience)
