"""What the recognizer is compared with: alphacep's websocket server (its own checkout) and a bare decode loop."""

import asyncio
import contextlib
import json
import multiprocessing
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import vosk
import websockets

from speech.recognizers.port import PACKET_BYTES, UNKNOWN

SERVER_SCRIPT = Path("websocket") / "asr_server.py"
SERVER_PACKET_BYTES = 3200  # 0.2 s, as the server's own sample client sends
_PACKET_S = SERVER_PACKET_BYTES / 16000
_READY_S = 60.0
# The published server is written for the interface that `websockets` keeps as its legacy one.
_LAUNCH = (
    "import runpy, sys, websockets, websockets.legacy.server as legacy; websockets.serve = legacy.serve; "
    "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)
Utterances = Sequence[tuple[tuple[str, ...], bytes]]


class RivalMissing(Exception):
    """The checkout holds no server, or it does not start; the message says which."""


@contextlib.asynccontextmanager
async def vosk_server(checkout: Path, model: Path) -> AsyncIterator[tuple[int, str]]:
    """Run the server of a checkout for a while; gives (process id, address). Raises RivalMissing."""
    script = checkout / SERVER_SCRIPT
    if not script.is_file():
        raise RivalMissing(f"{checkout}: no {SERVER_SCRIPT} there")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "VOSK_SERVER_INTERFACE": "127.0.0.1", "VOSK_SERVER_PORT": str(port), "VOSK_SAMPLE_RATE": "8000",
        "MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-c", _LAUNCH, str(script), str(model)),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _answers(port, process)
        yield process.pid, f"ws://127.0.0.1:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _answers(port: int, process: asyncio.subprocess.Process) -> None:
    deadline = asyncio.get_running_loop().time() + _READY_S
    while asyncio.get_running_loop().time() < deadline:
        if process.returncode is not None:
            raise RivalMissing(f"the server ended with {process.returncode} before it listened")
        with contextlib.suppress(OSError):
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.2)
    raise RivalMissing("the server does not listen")


async def stream(address: str, pcm: bytes, waits_s: list[float], *, paced: bool, phase_s: float = 0.0) -> None:
    """Send audio over one connection and read every answer; waits_s gets each answer's time since it was due.

    paced: in real time, beginning phase_s from now; else as fast as it answers. No compression: that favours it.
    """
    await asyncio.sleep(phase_s)
    async with websockets.connect(address, compression=None, max_size=None) as connection:
        begun = asyncio.get_running_loop().time()
        for number, start in enumerate(range(0, len(pcm), SERVER_PACKET_BYTES)):
            due = begun + (number + 1) * _PACKET_S if paced else asyncio.get_running_loop().time()
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            await connection.send(pcm[start : start + SERVER_PACKET_BYTES])
            await connection.recv()
            waits_s.append(asyncio.get_running_loop().time() - due)
        await connection.send('{"eof" : 1}')
        await connection.recv()


def bare_cpu_s(model: Path, utterances: Utterances, *, both: bool) -> float:
    """Return the CPU seconds of a bare loop, in a process of its own with one thread.

    both: within the phrases and openly, as our workers decode; else openly only.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_bare, str(model), list(utterances), both).result()


def _bare(model_path: str, utterances: Utterances, both: bool) -> float:
    vosk.SetLogLevel(-1)
    model = vosk.Model(model_path)
    grammars = {phrases: _grammar(model, phrases) for phrases, _pcm in utterances}
    begun = time.process_time()
    for phrases, pcm in utterances:
        decoders = [vosk.KaldiRecognizer(model, 8000)]
        if both and phrases:
            decoders.append(vosk.KaldiRecognizer(model, 8000, grammars[phrases]))
        for start in range(0, len(pcm), PACKET_BYTES):
            for decoder in decoders:
                if decoder.AcceptWaveform(pcm[start : start + PACKET_BYTES]):
                    decoder.Result()
                else:
                    decoder.PartialResult()
        for decoder in decoders:
            decoder.FinalResult()
    return time.process_time() - begun


def _grammar(model: vosk.Model, phrases: Sequence[str]) -> str:
    """Return the phrases that the model can write whole, as Vosk takes them."""
    known = [text for text in phrases if all(model.vosk_model_find_word(word) >= 0 for word in text.split())]
    return json.dumps([*known, UNKNOWN], ensure_ascii=False)
