"""One line's hearing, kept over its turns: 20 ms frames through the voice detector, pre-roll, keys pressed ahead."""

import asyncio
from collections import deque
from dataclasses import dataclass

from speech.audiosocket.protocol import FRAME_BYTES, FRAME_MS, AudioReceived, DigitPressed, PeerHungUp
from speech.audiosocket.server import AudioSocketLine
from speech.turn_events import Digit, Frame, Gone
from speech.vad import VAD

PRE_ROLL_MS = 700  # 400 ms before the voice began and up to 300 ms until the detector was sure
TAKE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class HeardFrame:
    """A frame's decision with its audio."""

    frame: Frame
    pcm: bytes


class Ear:
    """Turns a line's inbox into frames and keys. One task at a time may listen."""

    def __init__(self, line: AudioSocketLine) -> None:
        self.kept_keys = ""  # pressed before anybody asked
        self.gone = False
        self.swallow_hash_until_ms = 0  # a # that ends a number which was complete without it
        self._line = line
        self._vad = VAD()
        self._rest = bytearray()
        self._recent: deque[bytes] = deque(maxlen=PRE_ROLL_MS // FRAME_MS)

    async def catch_up(self) -> None:
        """Take in what came between two turns: keys are kept, audio only teaches the detector."""
        for item in await self._take(0.0):
            if isinstance(item, Digit):
                self.kept_keys += item.key
            elif isinstance(item, HeardFrame):
                self.remember(item.pcm)

    async def listen(self, *, prompting: bool) -> list[HeardFrame | Digit | Gone]:
        """Return what came within the next 20 ms, oldest first; prompting: a prompt is being played."""
        return await self._take(TAKE_SECONDS, prompting=prompting)

    def remember(self, pcm: bytes) -> None:
        """Put a frame that was listened to into the pre-roll."""
        self._recent.append(pcm)

    def pre_roll(self) -> bytes:
        """Return the last 0.7 s that were remembered."""
        return b"".join(self._recent)

    async def _take(self, seconds: float, *, prompting: bool = False) -> list[HeardFrame | Digit | Gone]:
        items: list[HeardFrame | Digit | Gone] = []
        for event in await self._line.inbox.take(seconds):
            match event:
                case AudioReceived(pcm):
                    items += self._cut(pcm, prompting=prompting)
                case DigitPressed(digit):
                    items += self._key(digit)
                case PeerHungUp():
                    self.gone = True
                case _:
                    pass
        if self.gone:
            items.append(Gone())
        return items

    def _key(self, digit: str) -> list[Digit]:
        awaited, self.swallow_hash_until_ms = self.swallow_hash_until_ms, 0
        late = digit == "#" and asyncio.get_running_loop().time() * 1000 < awaited
        return [] if late else [Digit(digit)]

    def _cut(self, pcm: bytes, *, prompting: bool) -> list[HeardFrame]:
        self._rest += pcm
        frames = []
        while len(self._rest) >= FRAME_BYTES:
            frame = bytes(self._rest[:FRAME_BYTES])
            del self._rest[:FRAME_BYTES]
            voicing = self._vad.frame(frame, prompting=prompting)
            frames.append(HeardFrame(Frame(voicing.voiced, voicing.speaking, voicing.run_ms), frame))
        return frames
