"""The rows of design 10 as data, and how each is struck, noticed and healed."""

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ops.drill.faults import FAULTS
from ops.stack import processes
from ops.stack.supervisor import wait_until
from tests.faults.stack import FaultStack

KILL, STOP = signal.SIGKILL, signal.SIGSTOP
NOTICED_S = 20.0  # by then what is frozen has been replaced, or is known to be away
_CUT_S = 3.0  # an AMI link that was closed finds no door for so long
FAULT_NODE = "fault_code"  # the question at which the fault comes


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    borne: no caller misses it, the whole report is made without it. again: the questions at which the caller may find
    himself after it; () when nothing is asked again. by_keys: it is asked by keys then. guarded: who is frozen is
    replaced by us. cut: the call itself ends. before: struck before the call, for it only tells at a call's beginning.
    """

    name: str
    borne: bool = False
    again: Sequence[str] = ()
    by_keys: bool = False
    guarded: bool = False
    cut: bool = False
    before: bool = False
    signals: Sequence[signal.Signals] = (KILL, STOP)


_ROWS = (
    Row("decoder", again=(FAULT_NODE, "fault_code_confirm", "fault_code_spell"), guarded=True),
    Row("speech", again=(FAULT_NODE,), by_keys=True, guarded=True),
    Row("ivr", again=(FAULT_NODE,), guarded=True),
    Row("crm", borne=True, guarded=True),
    Row("database", borne=True),  # a frozen one is not ours to kill
    Row("redis", borne=True),
    Row("ami", borne=True),
    Row("asterisk", guarded=True, cut=True),
    Row("disk", borne=True, before=True, signals=(KILL,)),
)
ROWS: Mapping[str, Row] = {row.name: row for row in _ROWS}


@dataclass
class Fault:
    """A row and a signal, on a stack: here processes of ours. lasting: with their guards, so they stay stopped."""

    stack: FaultStack
    row: Row
    number: signal.Signals
    lasting: bool = False
    hit: list[int] = field(default_factory=list)

    def strike(self) -> None:
        """Send the signal to every process of the row."""
        self.hit = self.stack.guarded(self.row.name) if self.lasting else self.stack.pids(self.row.name)
        assert self.hit, f"{self.row.name} does not run"
        self.stack.signal(self.hit, self.number)

    def noticed(self) -> bool:
        """Wait until nobody is left who was hit, where that is for us to see to; tells whether it came so."""
        if not self.row.guarded or self.lasting:
            return True
        return wait_until(lambda: not any(processes.running(pid) for pid in self.hit), NOTICED_S)

    def heal(self) -> None:
        """Let go on what is still stopped."""
        if self.number is STOP:
            self.stack.signal(self.hit, signal.SIGCONT)


class LinkFault(Fault):
    """The link to Asterisk's manager: closed (killed) or with nothing passing (stopped)."""

    def strike(self) -> None:
        """Cut it or freeze it."""
        if self.number is KILL:
            self.stack.gate.cut(_CUT_S)
        else:
            self.stack.gate.freeze()

    def noticed(self) -> bool:
        """A frozen peer must be given up, what it held back never comes; a link that was cut must come back."""
        back = self.number is KILL
        return wait_until(lambda: self.stack.ivr_status().get("ami_connected") is back, NOTICED_S)

    def heal(self) -> None:
        """Let everything pass."""
        self.stack.gate.open()


class DiskFault(Fault):
    """The recordings' folder takes no new file, as when its disk is full."""

    def strike(self) -> None:
        """Fill it."""
        FAULTS["disk-full-recordings"].strike(self.stack)

    def heal(self) -> None:
        """Make room."""
        FAULTS["disk-full-recordings"].heal(self.stack)


_KINDS: Mapping[str, type[Fault]] = {"ami": LinkFault, "disk": DiskFault}


def fault(stack: FaultStack, row: Row, number: signal.Signals, *, lasting: bool = False) -> Fault:
    """Return the fault of this row and signal."""
    return _KINDS.get(row.name, Fault)(stack, row, number, lasting)
