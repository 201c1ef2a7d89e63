"""Every question met five ways by the simulator: what is said, and what the call leaves. Written by `transcribe`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.contract.facts import CallbackRequested, Fact, SafetyRaised, TicketOpened
from ivr.flows.asking import slot_spec
from ivr.flows.machine import fold
from ivr.flows.nodes import Record
from ivr.flows.simulate import Conversation, Move
from speech.contract import KeyMode
from tests.unit.ivr.flows.asked_again import NOT_UNDERSTOOD, WAYS
from tests.unit.ivr.flows.play import listening_nodes, program
from tests.unit.ivr.flows.transcribe import HERE as TRANSCRIPTS
from tests.unit.ivr.flows.transcribe import talk

HERE = TRANSCRIPTS / "nodes"
MEETINGS = ("0", "emergency", "hang-up", "no-input", "no-match")
MOST_TRIES = 6  # no question is put so often in a row


@dataclass(frozen=True)
class Meeting:
    """A conversation in which a question was met in one of the five ways; place: where in talk.waited it is asked."""

    talk: Conversation
    place: int

    @property
    def before(self) -> list[str]:
        """What was said up to the question."""
        return self.talk.lines[: self.talk.waited[self.place].lines]

    @property
    def lines(self) -> list[str]:
        """What was said from the question on."""
        return self.talk.lines[self.talk.waited[self.place].lines :]

    @property
    def facts(self) -> list[Fact]:
        """What became known from the question on."""
        return self.talk.facts[self.talk.waited[self.place].facts :]


def meet(node: str, how: str) -> Meeting:
    """Ask `node` and meet it in one of the MEETINGS; raises KeyError for a node that no way leads to."""
    match how:
        case "0" | "emergency":
            moves: Sequence[Move] = [_command_key(node, "0" if how == "0" else "9")]
        case "hang-up":
            moves = ["hangup"]
        case _:
            moves = _until_left(node, "silence" if how == "no-input" else {"say": NOT_UNDERSTOOD})
    return _met(node, moves)


def _met(node: str, moves: Sequence[Move]) -> Meeting:
    way, options = WAYS[node]
    return Meeting(talk(([*way, *moves], options)), len(way))


def _command_key(node: str, key: str) -> Move:
    """Return the key for a person or an emergency; where digits are the answer it stands behind a star."""
    if isinstance(program().nodes[node], Record):
        return {"dtmf": key}
    before_hang_up = _met(node, ()).talk.inputs[:-1]
    digits = slot_spec(program(), fold(program(), before_hang_up)).key_mode is KeyMode.DIGITS
    return {"dtmf": f"*{key}" if digits else key}


def _until_left(node: str, failure: Move) -> list[Move]:
    """Return as many failures as it takes until something else than `node` is asked, or nothing more."""
    met = _met(node, [failure] * MOST_TRIES)
    waited = met.talk.waited[met.place :]
    return [failure] * next((count for count, where in enumerate(waited) if where.node != node), len(waited))


def written(node: str) -> str:
    """Return the node's transcript: the way to the question, then what each of the MEETINGS leads to."""
    parts = [f"{node}: {program().flow(node).title}", "", *meet(node, MEETINGS[0]).before]
    for how in MEETINGS:
        met = meet(node, how)
        parts += ["", f"== {how}", *met.lines, *filter(None, map(_left, met.facts))]
    return "\n".join(parts) + "\n"


def _left(fact: Fact) -> str:
    """Return what a fact leaves for others to do, "" for one that the words show."""
    match fact:
        case TicketOpened():
            return f"  工单 {fact.kind} {fact.priority} {fact.outcome} {fact.safety}".rstrip()
        case CallbackRequested():
            return f"  回电 {fact.reason} {fact.queue}".rstrip()
        case SafetyRaised():
            return f"  危险 {fact.safety}"
        case _:
            return ""


def write_all(folder: Path = HERE) -> None:
    """Write the transcript of every node that listens, and remove those of nodes that are no more."""
    transcripts = {f"{node}.txt": written(node) for node in listening_nodes()}
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in transcripts:
            path.unlink()
    for name, text in transcripts.items():
        (folder / name).write_text(text, encoding="utf-8")
