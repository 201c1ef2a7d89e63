"""Collecting keys for one slot, pure: which key is the answer, when digits are complete (dialogues, commands)."""

from dataclasses import dataclass

from speech.contract import Cause, KeyMode, SlotSpec

_TERM_WAIT_MS = 800  # after the last wanted digit: a # pressed from habit must not answer the next question
_COMMANDS = {"0": "*0", "9": "*9"}


@dataclass(frozen=True, slots=True)
class KeysDone:
    """The end of collecting: digits without the terminating #, "#" when it was the only key."""

    cause: Cause
    digits: str = ""


class KeyCollector:
    """Feed keys and time-outs; the first KeysDone ends it. `wait_ms` is how long to wait for the next key."""

    def __init__(self, slot: SlotSpec) -> None:
        self._slot = slot
        self._digits = ""
        self._star = False

    @property
    def wait_ms(self) -> int:
        """Milliseconds until `time_out` is due."""
        if self._full:
            return _TERM_WAIT_MS
        timeouts = self._slot.timeouts
        return timeouts.interdigit_ms if self._digits or self._star else timeouts.no_input_ms

    @property
    def _full(self) -> bool:
        return len(self._digits) >= max(1, self._slot.max_digits)

    def press(self, key: str) -> KeysDone | None:
        """Take one key; None while the answer is not complete."""
        if self._slot.key_mode is KeyMode.MENU:
            return KeysDone(Cause.SUCCESS if key in self._slot.keys else Cause.NO_MATCH, key)
        if self._star and key in _COMMANDS:
            return KeysDone(Cause.SUCCESS, _COMMANDS[key])
        if key == "#":
            return KeysDone(Cause.SUCCESS, self._digits or "#")
        if self._full and key != "*":
            return None  # more digits than wanted are dropped until the caller stops
        self._star = key == "*"
        self._digits = "" if self._star else self._digits + key
        return None

    def time_out(self) -> KeysDone | None:
        """No key came in time; None when collecting goes on (after a lone *)."""
        if self._digits:
            return KeysDone(Cause.SUCCESS, self._digits)
        if self._star:
            self._star = False  # cleared and nothing since: wait again as at the beginning
            return None
        return KeysDone(Cause.NO_INPUT)
