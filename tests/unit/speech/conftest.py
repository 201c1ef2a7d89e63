"""The AudioSocket server, and the whole media process, over real sockets."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from speech.audiosocket.server import AudioSocketServer
from speech.contract import recorded_file
from speech.player import tone
from speech.recognizers.scripted import Line, ScriptedRecognizer
from speech.wav import write_wav
from tests.unit.speech.rig import LONG, Rig, Start, running


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def starting(*lines: Line, max_calls: int = 4) -> AbstractAsyncContextManager[Rig]:
        # A long prompt that is surely audible: 10 s of tone, "recorded" under its key.
        write_wav(recorded_file(tmp_path / "prompts", LONG[0].key), tone(440.0, 10_000))
        return running(tmp_path, ScriptedRecognizer(lines), max_calls)

    return starting


@pytest.fixture
async def server() -> AsyncIterator[tuple[AudioSocketServer, int]]:
    made = AudioSocketServer()
    port = await made.start(0)
    yield made, port
    await made.close()
