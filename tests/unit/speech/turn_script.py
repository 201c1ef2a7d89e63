"""Plays a turn of the machine on a virtual clock."""

from dataclasses import dataclass, field, replace

from speech.contract import KeyMode
from speech.turn_events import (
    Digit,
    Finish,
    Frame,
    Input,
    Output,
    Partial,
    TurnRules,
)
from speech.turns import TurnMachine

WORDS = Partial(filler=False, complete=False, danger=False)
WHOLE = Partial(filler=False, complete=True, danger=False)
FILLER = Partial(filler=True, complete=False, danger=False)
DANGER = Partial(filler=False, complete=False, danger=True)
LISTEN = TurnRules(prompted=False)
ASK = TurnRules()
SAY = TurnRules(listening=False)
DIGITS = replace(LISTEN, key_mode=KeyMode.DIGITS, max_digits=11)


@dataclass
class Script:
    """Plays a turn: 20 ms at a time, collecting what came out and when."""

    rules: TurnRules
    now: int = 0
    out: list[tuple[int, Output]] = field(default_factory=list)
    run: int = 0

    def __post_init__(self) -> None:
        self.machine = TurnMachine(self.rules, self.now)

    def give(self, item: Input) -> "Script":
        self.out += [(self.now, item) for item in self.machine.step(item, self.now)]
        return self

    def voice(self, ms: int) -> "Script":
        for _ in range(ms // 20):
            self.now += 20
            self.run = min(self.run + 20, 400)
            self.give(Frame(voiced=True, speaking=self.run >= 100, run_ms=self.run))
        return self

    def quiet(self, ms: int) -> "Script":
        for number in range(1, ms // 20 + 1):
            self.now += 20
            self.run = 0 if number >= 10 else self.run
            self.give(Frame(voiced=False, speaking=self.run >= 100, run_ms=self.run))
        return self

    def keys(self, keys: str) -> "Script":
        for key in keys:
            self.give(Digit(key))
        return self

    @property
    def orders(self) -> list[Output]:
        return [item for _, item in self.out]

    def when(self, item: Output) -> int:
        return next(at for at, what in self.out if what == item)

    @property
    def end(self) -> Finish | None:
        return self.machine.finished
