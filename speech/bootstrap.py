"""Builds the speech process from its settings and runs it; the only file that knows all parts."""

import asyncio
import signal
from collections.abc import Mapping

import structlog

from liveness.watchdog import keep_alive
from speech.audiosocket.server import AudioSocketLine, AudioSocketServer
from speech.contract import Lexicon
from speech.control import ControlServer
from speech.meaning import PackedSlots, read_vocabulary
from speech.media import DialogueMedia, MediaParts
from speech.pack_voice import PackVoice
from speech.prompts import PromptLibrary
from speech.recognizers.pool import PooledRecognizer
from speech.recognizers.port import Recognizer
from speech.sayings import book
from speech.settings import SpeechSettings
from speech.synthesizers.espeak import EspeakSynthesizer

log = structlog.get_logger(__name__)

_BLOCKED_S = 3.0
_FROZEN_S = 3.3  # ivr has taken the calls to keys by then; this is for the calls that come after


class SpeechProcess:
    """The media resource: lines, control socket, prompts; the recognizer is given, so that tests may script it."""

    def __init__(self, settings: SpeechSettings, recognizer: Recognizer) -> None:
        self.lines = AudioSocketServer()
        self.port = 0
        self._settings = settings
        self._recognizer = recognizer
        self._synthesizer = EspeakSynthesizer(settings.prompts_dir)
        self._prompts = PromptLibrary(settings.prompts_dir, self._synthesizer)
        self.pack_voice = PackVoice(settings.packs_dir, settings.prompts_dir, self._synthesizer)
        slots = PackedSlots(settings.packs_dir, read_vocabulary(settings.model_dir))
        self._parts = MediaParts(recognizer, slots.get, self._prompts, settings.clips_dir)
        self.control = ControlServer(
            self.lines, self._make_media, settings.max_calls, self.status, lambda: recognizer.busy
        )

    async def start(self) -> None:
        """Listen; raises OSError when the port or the socket cannot be had."""
        # Loads the pack, the pinyin tables and the sayings now: the first caller must not wait for them.
        await asyncio.to_thread(self._parts.slots, "")
        await asyncio.to_thread(book.prepare)
        self.port = await self.lines.start(self._settings.audiosocket_port)
        await self.control.start(self._settings.speech_socket)
        log.info("speech_listening", port=self.port, max_dialogues=self._settings.max_calls)

    async def close(self) -> None:
        """End every dialogue and stop."""
        await self.control.close()
        await self.lines.close()
        await self._synthesizer.close()

    def status(self) -> Mapping[str, object]:
        """Return figures for the operator; JSON-ready."""
        return {
            "recognizer": dict(self._recognizer.status()),
            "prompts": {
                "made": self._synthesizer.made,
                "failed": self._synthesizer.failed,
                "missing": self._prompts.missing,
            },
            "audiosocket_refused": self.lines.refused,
            "max_dialogues": self._settings.max_calls,
        }

    def _make_media(self, line: AudioSocketLine, contact: str, lexicon: Lexicon) -> DialogueMedia:
        return DialogueMedia(self._parts, line, contact, lexicon)


async def serve(settings: SpeechSettings) -> None:
    """Run until SIGTERM or SIGINT. Calls are taken at once; until the workers are ready, by keys."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    recognizer = PooledRecognizer(settings.model_dir, settings.speech_workers)
    process = SpeechProcess(settings, recognizer)
    tasks = [asyncio.create_task(part) for part in (keep_alive(_BLOCKED_S, _FROZEN_S), process.pack_voice.run())]
    recognizer.open()
    try:
        await process.start()
        await stop.wait()
        log.info("speech_stopping")
    finally:
        await process.close()
        await recognizer.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
