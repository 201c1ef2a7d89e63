"""Synthesizer port by espeak-ng and sox, both as separate programs."""

import asyncio
from pathlib import Path

import structlog

from speech.contract import prompt_file
from speech.synthesizers.loudness import even
from speech.synthesizers.port import SynthesisFailed
from speech.synthesizers.pronunciation import spoken_form
from speech.wav import write_wav

log = structlog.get_logger(__name__)

VOICE = "cmn-latn-pinyin"
WORDS_PER_MINUTE = 160
TIMEOUT_SECONDS = 5.0
AT_ONCE = 2
_SOX = ("sox", "-V1", "--ignore-length", "-v", "0.6", "-t", "wav", "-")
_RAW = ("-t", "raw", "-r", "8000", "-e", "signed-integer", "-b", "16", "-c", "1", "-")


class EspeakSynthesizer:
    """Port Synthesizer; at most two programs at once."""

    def __init__(self, root: Path, voice: str = VOICE) -> None:
        self.made = 0
        self.failed = 0
        self._root = root
        self._voice = voice
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._underway: dict[Path, asyncio.Task[Path]] = {}

    async def speak(self, text: str, rate: float = 1.0) -> Path:
        """See Synthesizer."""
        path = prompt_file(self._root, text, rate)
        if await asyncio.to_thread(path.exists):
            return path
        task = self._underway.get(path)
        if task is None:
            task = asyncio.create_task(self._make(path, text, rate))
            self._underway[path] = task
            task.add_done_callback(lambda _: self._underway.pop(path, None))
        # Shielded: a caller who hangs up must not spoil the file for the next one who waits for it.
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = list(self._underway.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self, path: Path, text: str, rate: float) -> Path:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                pcm = await self._synthesize(text, rate)
            await asyncio.to_thread(write_wav, path, pcm)
        except (TimeoutError, OSError, SynthesisFailed) as error:
            self.failed += 1
            log.warning("synthesis_failed", prompt=path.stem, error=f"{type(error).__name__}: {error}")
            raise SynthesisFailed(path.stem) from error
        self.made += 1
        return path

    async def _synthesize(self, text: str, rate: float) -> bytes:
        spoken = spoken_form(text)
        if not spoken:
            raise SynthesisFailed("nothing to say")
        speed = str(round(WORDS_PER_MINUTE * rate))
        async with self._slots:
            wav = await _run(("espeak-ng", "-v", self._voice, "-s", speed, "--stdin", "--stdout"), spoken.encode())
            raw = await _run((*_SOX, *_RAW), wav)
        pcm = await asyncio.to_thread(even, raw)
        if not pcm:
            raise SynthesisFailed("only silence came out")
        return pcm


async def _run(arguments: tuple[str, ...], data: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        out, _ = await process.communicate(data)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise SynthesisFailed(f"{arguments[0]} ended with {process.returncode}")
    return out
