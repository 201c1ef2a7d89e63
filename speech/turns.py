"""One turn of a dialogue as a pure machine on a virtual clock: frames, partials and keys in, orders to the media out.

    prompt:  PLAYING ──voice ≥ bargein_ms──► PAUSED ──words──► OVER (barge-in)
                ▲                              │
                └── no words for a second ─────┘ (false barge-in: resume at the sentence)
    speech:  idle ──voice──► recognizing ──silence ≥ complete/incomplete or max_speech──► finalizing ──► Finish or idle

Every time is `now_ms`, an argument. A turn ends with exactly one Finish; what comes after it is ignored.
"""

from enum import Enum, auto

from speech.contract import Bargein, Cause, KeyMode, Mode
from speech.turn_events import (
    Decided,
    Digit,
    Finish,
    Frame,
    Gone,
    Input,
    KeepKey,
    Order,
    Output,
    Partial,
    PromptEnded,
    RecognizerLost,
    TurnRules,
    Verdict,
)
from speech.vad import FRAME_MS

GUARD_MS = 400  # no speech barge-in at the head of a prompt: the line's echo is not known yet
BARGEIN_MS = 250  # voice that pauses a prompt; words do so earlier
FALSE_BARGEIN_MS = 1000  # a pause without words for so long was none
MAX_FALSE_BARGEINS = 2  # then only words stop the prompt
MAX_FILLERS = 3
NOISE_MS = 400  # voice that gave no word: shorter is a click, longer was said but not understood
JUDGE_MS = 2000  # a verdict takes less than one second; when it has not come by now it never will


class _Prompt(Enum):
    PLAYING = auto()
    PAUSED = auto()
    OVER = auto()


class TurnMachine:
    """Carries one turn from its first frame to its Finish."""

    def __init__(self, rules: TurnRules, now_ms: int) -> None:
        self.finished: Finish | None = None
        self.barged_in = False
        self.false_bargeins = 0
        self.speech_ms = 0
        self.last_voiced_ms = now_ms
        self.endpoint_ms = 0  # the silence after which the last utterance was taken as ended
        self.answering_from_ms = now_ms  # end or interruption of the prompt
        self._rules = rules
        self._prompt = _Prompt.PLAYING if rules.prompted else _Prompt.OVER
        self._prompt_from_ms = now_ms
        self._paused_ms = 0
        self._no_input_from_ms = now_ms
        self._recognizing = False
        self._finalizing = False
        self._finalizing_from_ms = now_ms
        self._armed = True  # a false barge-in must go silent before the next one counts
        self._may_pause_again = True
        self._speech_from_ms = 0
        self._words = False
        self._complete = False
        self._danger = False
        self._told = False
        self._fillers = 0
        self._digits = ""
        self._starred = False
        self._digit_ms = 0
        self._held = ""

    def step(self, item: Input, now_ms: int) -> list[Output]:
        """Take one input; returns the orders in the sequence in which they are to be carried out."""
        if self.finished is not None:
            return []
        out = self._take(item, now_ms)
        if self.finished is None:
            out += self._timers(now_ms)
        return out

    @property
    def keys_pending(self) -> bool:
        """True while keys are being collected; speech is ignored then."""
        return bool(self._digits) or self._starred

    def _take(self, item: Input, now_ms: int) -> list[Output]:
        match item:
            case Frame():
                return self._frame(item, now_ms)
            case Partial():
                return self._partial(item, now_ms)
            case Digit(key):
                return self._digit(key, now_ms)
            case PromptEnded():
                return self._prompt_ended(now_ms)
            case Decided(verdict):
                return self._decided(verdict, now_ms)
            case RecognizerLost():
                return self._recognizer_lost()
            case Gone():
                return self._finish(Cause.HUNG_UP)
            case _:  # Tick
                return []

    # ---- speech ----

    def _frame(self, frame: Frame, now_ms: int) -> list[Output]:
        if not self._rules.speech or self.keys_pending or self._finalizing:
            return []
        if frame.voiced:
            self.last_voiced_ms = now_ms
            self.speech_ms += FRAME_MS if self._recognizing else 0
        if not frame.speaking:
            self._armed = True
        out: list[Output] = []
        guarded = self._prompt is _Prompt.PLAYING and now_ms - self._prompt_from_ms < GUARD_MS
        if frame.speaking and not self._recognizing and self._armed and not guarded:
            self._recognizing, self._words, self._complete = True, False, False
            self._may_pause_again = True
            self._speech_from_ms, self.last_voiced_ms = now_ms, now_ms
            self.speech_ms += frame.run_ms
            out.append(Order.START_RECOGNITION)
            out += self._tell_input() if self._prompt is _Prompt.OVER else []
        if self._may_pause() and frame.run_ms >= BARGEIN_MS:
            self._prompt, self._paused_ms = _Prompt.PAUSED, now_ms
            out.append(Order.PAUSE_PROMPT)
        return out

    def _may_pause(self) -> bool:
        return (
            self._recognizing
            and self._may_pause_again
            and self._prompt is _Prompt.PLAYING
            and self._interruptible()
            and self.false_bargeins < MAX_FALSE_BARGEINS
        )

    def _interruptible(self) -> bool:
        return self._rules.listening and self._rules.bargein is Bargein.SPEECH

    def _partial(self, partial: Partial, now_ms: int) -> list[Output]:
        if not self._recognizing or self._finalizing:
            return []
        self._danger = self._danger or partial.danger
        if partial.filler and not partial.danger:
            return []
        self._words = True
        self._complete = partial.complete or partial.danger
        if self._prompt is not _Prompt.OVER and (self._interruptible() or partial.danger):
            return self._drop_prompt(now_ms) + self._tell_input()
        return []

    def _decided(self, verdict: Verdict, now_ms: int) -> list[Output]:
        if not self._finalizing:
            return []
        self._finalizing = self._recognizing = self._danger = False
        self._armed = False
        if not self._rules.listening:
            return self._finish(Cause.SUCCESS, Mode.SPEECH if verdict is Verdict.MATCH else None)
        match verdict:
            case Verdict.MATCH:
                return self._finish(Cause.SUCCESS, Mode.SPEECH)
            case Verdict.NO_MATCH:
                return self._finish(Cause.NO_MATCH, Mode.SPEECH)
            case Verdict.FILLER:
                self._fillers += 1
                self._no_input_from_ms = now_ms  # the caller is there and thinks
                return self._finish(Cause.NO_MATCH, Mode.SPEECH) if self._fillers >= MAX_FILLERS else []
            case _:  # NOTHING
                return self._finish(Cause.NO_MATCH, Mode.SPEECH) if self.speech_ms >= NOISE_MS else []

    def _recognizer_lost(self) -> list[Output]:
        if not self._recognizing and not self._finalizing:
            return []
        self._recognizing = self._finalizing = self._words = self._danger = self._armed = False
        if self._prompt is _Prompt.OVER:
            return [Order.STOP_RECOGNITION, *self._finish(Cause.RECOGNIZER_ERROR)]
        return [Order.STOP_RECOGNITION, *self._resume()]

    # ---- keys ----

    def _digit(self, key: str, now_ms: int) -> list[Output]:
        if key not in "0123456789*#":
            return []
        if not self._rules.listening:
            out: list[Output] = [KeepKey(key)]
            if self._rules.bargein is not Bargein.NONE:
                out += [*self._drop_prompt(now_ms), *self._finish(Cause.SUCCESS)]
            return out
        if self._rules.key_mode is KeyMode.NONE:
            return []
        if self._rules.bargein is Bargein.NONE and self._prompt is not _Prompt.OVER:
            self._held += key
            return []
        out = self._discard_recognition()
        if self._prompt is not _Prompt.OVER:
            out += self._drop_prompt(now_ms)
        out += self._tell_input()
        self._digit_ms = now_ms
        return out + (self._menu_key(key) if self._rules.key_mode is KeyMode.MENU else self._data_key(key, now_ms))

    def _menu_key(self, key: str) -> list[Output]:
        return self._finish(Cause.SUCCESS if key in self._rules.keys else Cause.NO_MATCH, Mode.DTMF, key)

    def _data_key(self, key: str, now_ms: int) -> list[Output]:
        if key == "#":
            return self._finish(Cause.SUCCESS, Mode.DTMF, self._digits or "#")
        if key == "*":
            self._digits, self._starred, self._no_input_from_ms = "", True, now_ms
            return []
        if self._starred and key in "09":
            return self._finish(Cause.SUCCESS, Mode.DTMF, f"*{key}")
        self._digits, self._starred = self._digits + key, False
        full = len(self._digits) >= self._rules.max_digits
        return self._finish(Cause.SUCCESS, Mode.DTMF, self._digits) if full else []

    # ---- prompt ----

    def _prompt_ended(self, now_ms: int) -> list[Output]:
        if self._prompt is _Prompt.OVER:
            return []
        self._prompt = _Prompt.OVER
        self.answering_from_ms = self._no_input_from_ms = now_ms
        if not self._rules.listening:
            return [*self._discard_recognition(), *self._finish(Cause.SUCCESS)]
        out = self._tell_input() if self._recognizing else []
        held, self._held = self._held, ""
        for index, key in enumerate(held):
            if self.finished is not None:
                return out + [KeepKey(later) for later in held[index:]]
            out += self._digit(key, now_ms)
        return out

    def _drop_prompt(self, now_ms: int) -> list[Output]:
        if self._prompt is _Prompt.OVER:
            return []
        self._prompt, self.barged_in = _Prompt.OVER, True
        self.answering_from_ms = self._no_input_from_ms = now_ms
        return [Order.DROP_PROMPT]

    def _resume(self) -> list[Output]:
        if self._prompt is not _Prompt.PAUSED:
            return []
        self._prompt = _Prompt.PLAYING
        return [Order.RESUME_PROMPT]

    # ---- time ----

    def _timers(self, now_ms: int) -> list[Output]:
        if self._finalizing:
            late = now_ms - self._finalizing_from_ms >= JUDGE_MS
            return self._finish(Cause.RECOGNIZER_ERROR) if late else []
        if not self._rules.prompted and not self._rules.listening:
            return self._finish(Cause.SUCCESS)
        if self._recognizing:
            return self._speech_timers(now_ms)
        if not self._rules.listening or self._prompt is not _Prompt.OVER:
            return []
        times = self._rules.timeouts
        if self._digits:
            over = now_ms - self._digit_ms >= times.interdigit_ms
            return self._finish(Cause.SUCCESS, Mode.DTMF, self._digits) if over else []
        return self._finish(Cause.NO_INPUT) if now_ms - self._no_input_from_ms >= times.no_input_ms else []

    def _speech_timers(self, now_ms: int) -> list[Output]:
        if self._prompt is _Prompt.PAUSED and now_ms - self._paused_ms >= FALSE_BARGEIN_MS:
            # The recognition goes on: words that come late still stop the prompt.
            self.false_bargeins += 1
            self._may_pause_again = False
            return self._resume()
        times = self._rules.timeouts
        silence = now_ms - self.last_voiced_ms
        wanted = times.complete_ms if self._complete else times.incomplete_ms
        ended = silence >= wanted
        if self._prompt is not _Prompt.OVER:
            # Words wait for the end of a prompt they may not stop; a noise without words is forgotten.
            keep = self._words or self._prompt is _Prompt.PAUSED or not ended
            return [] if keep else self._discard_recognition()
        if now_ms - max(self._speech_from_ms, self.answering_from_ms) >= times.max_speech_ms:
            ended = True
        if not ended:
            return []
        self._finalizing, self._finalizing_from_ms, self.endpoint_ms = True, now_ms, min(wanted, silence)
        return [Order.FINALIZE]

    def _discard_recognition(self) -> list[Output]:
        if not self._recognizing:
            return []
        self._recognizing = self._finalizing = self._words = self._danger = False
        return [Order.STOP_RECOGNITION]

    def _tell_input(self) -> list[Output]:
        if self._told or not self._rules.listening:
            return []
        self._told = True
        return [Order.START_INPUT]

    def _finish(self, cause: Cause, mode: Mode | None = None, digits: str = "") -> list[Output]:
        self.finished = Finish(cause, mode, digits)
        return [self.finished]
