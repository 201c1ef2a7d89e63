"""Hears an utterance as the media would, on a virtual clock: voice detector, turn machine, decoder, slots.

No audio device, no waiting: frames are the time. What the decoder itself takes is measured by the wall clock.
"""

import json
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from speech.contract import Cause, Interpretation, Lexicon, SlotSpec
from speech.judging import judge, look_at
from speech.meaning import Understanding
from speech.recognizers.port import PACKET_BYTES, rank
from speech.recognizers.vosk_worker import Decoder
from speech.recognizers.wire import Kind, Message
from speech.turn_events import Decided, Finish, Frame, Input, Order, Output, Partial, TurnRules
from speech.turns import TurnMachine
from speech.vad import FRAME_MS, VAD

PRE_ROLL_MS = 700
_FRAME_BYTES = FRAME_MS * 16
_SILENCE = bytes(_FRAME_BYTES)
_MAX_MS = 60_000
_SESSION = 1


@dataclass(frozen=True, slots=True)
class Heard:
    """How a turn went. ended_ms: when it was over, on the audio's clock; decode_s: what the decoder's end took."""

    cause: Cause
    interpretation: Interpretation
    texts: tuple[str, ...]
    ended_ms: int
    decode_s: float


class Hearing:
    """One recognizer, used for one utterance after the other."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._grammars: dict[tuple[str, ...], int] = {}

    def hear(self, pcm: bytes, slot: SlotSpec, lexicon: Lexicon, slots: Understanding, now: datetime) -> Heard:
        """Return what the turn that asks for `slot` makes of s16le 8 kHz audio; silence follows it."""
        phrases = tuple(slots.grammar(slot, lexicon))
        return _Turn(self._decoder, self._grammar(phrases), slot, lexicon, slots, now).run(pcm)

    def _grammar(self, phrases: tuple[str, ...]) -> int:
        if not phrases:
            return 0
        if phrases not in self._grammars:
            self._grammars[phrases] = len(self._grammars) + 1
            raw = json.dumps(phrases, ensure_ascii=False).encode()
            self._decoder.answer(Message(Kind.GRAMMAR, self._grammars[phrases], raw))
        return self._grammars[phrases]


class _Turn:
    def __init__(
        self, decoder: Decoder, grammar: int, slot: SlotSpec, lexicon: Lexicon, slots: Understanding, now: datetime
    ) -> None:
        self._decoder, self._grammar = decoder, grammar
        self._slot, self._lexicon, self._slots, self._now = slot, lexicon, slots, now
        rules = TurnRules(prompted=False, key_mode=slot.key_mode, timeouts=slot.timeouts)
        self._machine = TurnMachine(rules, 0)
        self._recent: deque[bytes] = deque(maxlen=PRE_ROLL_MS // FRAME_MS)
        self._buffer = b""
        self._listening = False
        self._texts: tuple[str, ...] = ()
        self._heard: tuple[str, ...] = ()  # the decoder's last answer
        self._interpretation = Interpretation()
        self._decode_s = 0.0

    def run(self, pcm: bytes) -> Heard:
        detector = VAD()
        now_ms = 0
        while self._machine.finished is None and now_ms < _MAX_MS:
            frame = pcm[now_ms * 16 : now_ms * 16 + _FRAME_BYTES].ljust(_FRAME_BYTES, b"\0")
            now_ms += FRAME_MS
            voicing = detector.frame(frame)
            self._recent.append(frame)
            if self._listening:
                self._feed(frame, now_ms)
            self._give(Frame(voicing.voiced, voicing.speaking, voicing.run_ms), now_ms)
        finish = self._machine.finished or Finish(Cause.NO_INPUT)
        return Heard(finish.cause, self._interpretation, self._texts, now_ms, self._decode_s)

    def _give(self, item: Input, now_ms: int) -> None:
        for output in self._machine.step(item, now_ms):
            self._obey(output, now_ms)

    def _obey(self, output: Output, now_ms: int) -> None:
        match output:
            case Order.START_RECOGNITION:
                self._decoder.answer(Message(Kind.OPEN, _SESSION, str(self._grammar).encode()))
                self._listening, self._buffer, self._texts, self._heard = True, b"", (), ()
                self._feed(b"".join(self._recent), now_ms)
            case Order.STOP_RECOGNITION:
                self._decoder.answer(Message(Kind.CANCEL, _SESSION))
                self._listening = False
            case Order.FINALIZE:
                self._finalize(now_ms)
            case _:
                pass

    def _feed(self, pcm: bytes, now_ms: int) -> None:
        self._buffer += pcm
        while len(self._buffer) >= PACKET_BYTES and self._listening:
            packet, self._buffer = self._buffer[:PACKET_BYTES], self._buffer[PACKET_BYTES:]
            texts = self._ask(Message(Kind.AUDIO, _SESSION, packet))
            if texts and texts != self._texts:
                self._texts = texts
                partial: Partial = look_at(texts, self._slots, self._lexicon, self._slot)
                self._give(partial, now_ms)

    def _finalize(self, now_ms: int) -> None:
        begun = time.perf_counter()
        if self._buffer:
            self._ask(Message(Kind.AUDIO, _SESSION, self._buffer))
        self._texts = self._ask(Message(Kind.FINISH, _SESSION))
        self._decode_s = time.perf_counter() - begun
        self._listening, self._buffer = False, b""
        self._interpretation, verdict = judge(self._texts, self._slots, self._lexicon, self._slot, self._now)
        self._give(Decided(verdict), now_ms)

    def _ask(self, message: Message) -> tuple[str, ...]:
        answer = self._decoder.answer(message)
        if answer is not None and answer.payload:
            self._heard = rank(*json.loads(answer.payload))
        return self._heard
