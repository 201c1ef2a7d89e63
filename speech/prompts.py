"""Finds the audio of a prompt segment: a human recording, the synthetic file, made now, or put together from pieces."""

import asyncio
from collections import OrderedDict
from pathlib import Path

import structlog

from speech.contract import Segment, prompt_file, recorded_file
from speech.synthesizers.loudness import softer
from speech.synthesizers.port import SynthesisFailed, Synthesizer
from speech.wav import AudioUnusable, read_wav

log = structlog.get_logger(__name__)

CACHED_FILES = 200  # of at most 12 s: 40 MB at the very most


class PromptLibrary:
    """Never fails: what cannot be said is left out, with an error in the log."""

    def __init__(self, root: Path, synthesizer: Synthesizer | None) -> None:
        self.missing = 0
        self._root = root
        self._synthesizer = synthesizer
        self._cache: OrderedDict[Path, bytes] = OrderedDict()

    async def audio(self, segment: Segment, rate: float = 1.0) -> bytes:
        """Return the segment's samples, s16le 8 kHz; b"" when nothing of it can be said."""
        pcm = await self._found(segment, rate)
        return softer(pcm) if segment.soft else pcm

    async def _found(self, segment: Segment, rate: float) -> bytes:
        if segment.key and "/" not in segment.key:
            recorded = await self._read(recorded_file(self._root, segment.key))
            if recorded:
                return recorded
        return await self._text(segment.text, rate) or await self._pieces(segment, rate) or self._nothing(segment)

    async def _text(self, text: str, rate: float) -> bytes:
        path = prompt_file(self._root, text, rate)
        if path in self._cache:
            self._cache.move_to_end(path)
            return self._cache[path]
        pcm = await self._read(path)
        if not pcm and self._synthesizer is not None:
            try:
                pcm = await self._read(await self._synthesizer.speak(text, rate))
            except SynthesisFailed:
                pcm = b""
        if not pcm and rate != 1.0:
            return await self._text(text, 1.0)
        if pcm:
            self._cache[path] = pcm
            if len(self._cache) > CACHED_FILES:
                self._cache.popitem(last=False)
        return pcm

    async def _pieces(self, segment: Segment, rate: float) -> bytes:
        parts = [await self._text(piece, rate) for piece in segment.pieces]
        return b"".join(parts)

    async def _read(self, path: Path) -> bytes:
        try:
            return await asyncio.to_thread(read_wav, path) if await asyncio.to_thread(path.exists) else b""
        except AudioUnusable as error:
            log.error("prompt_unusable", file=path.name, error=str(error))
            return b""

    def _nothing(self, segment: Segment) -> bytes:
        self.missing += 1
        log.error("prompt_missing", key=segment.key, file=prompt_file(self._root, segment.text).stem)
        return b""
