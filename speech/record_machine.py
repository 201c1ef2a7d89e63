"""A recording by the caller as a pure machine: prompt, beep, then until a key, silence or the limit."""

from speech.contract import Cause, Mode, RecordSpec
from speech.turn_events import Digit, Finish, Frame, Gone, Input, Order, Output, PromptEnded
from speech.vad import FRAME_MS

SAID_MS = 200  # less voice than this is nothing said


class RecordMachine:
    """START_RECOGNITION means: from now on the audio is kept. `#` ends, and so do 0, 9 and * with their meaning."""

    def __init__(self, spec: RecordSpec, now_ms: int) -> None:
        self.finished: Finish | None = None
        self.speech_ms = 0
        self.answering_from_ms = now_ms
        self._spec = spec
        self._recording = False
        self._last_voiced_ms = now_ms

    @property
    def said_something(self) -> bool:
        """True when there is something worth keeping."""
        return self.speech_ms >= SAID_MS

    def step(self, item: Input, now_ms: int) -> list[Output]:
        """Take one input; returns the orders in sequence."""
        if self.finished is not None:
            return []
        match item:
            case PromptEnded() if not self._recording:
                self._recording = True
                self.answering_from_ms = self._last_voiced_ms = now_ms
                return [Order.START_RECOGNITION]
            case Frame(voiced=True) if self._recording:
                self.speech_ms += FRAME_MS
                self._last_voiced_ms = now_ms
            case Digit(key):
                return self._key(key)
            case Gone():
                return self._finish(Cause.HUNG_UP)
            case _:
                pass
        return self._timers(now_ms)

    def _key(self, key: str) -> list[Output]:
        if not self._recording:
            if key in "09*":  # a command of the flow does not wait for the beep
                return [Order.DROP_PROMPT, *self._finish(Cause.SUCCESS, key)]
            return [Order.DROP_PROMPT] if key == "#" else []
        if key == "#":
            return self._finish(Cause.SUCCESS) if self.said_something else self._finish(Cause.NO_INPUT, key)
        return self._finish(Cause.SUCCESS, key) if key in "09*" else []

    def _timers(self, now_ms: int) -> list[Output]:
        if not self._recording:
            return []
        silent = now_ms - self._last_voiced_ms >= self._spec.final_silence_ms
        if silent or now_ms - self.answering_from_ms >= self._spec.max_ms:
            return self._finish(Cause.SUCCESS if self.said_something else Cause.NO_INPUT)
        return []

    def _finish(self, cause: Cause, key: str = "") -> list[Output]:
        mode = Mode.DTMF if key else Mode.SPEECH if cause is Cause.SUCCESS else None
        self.finished = Finish(cause, mode, key)
        return [self.finished]
