"""The Flow port over the real machine and its loaded documents."""

import hashlib
from collections.abc import Sequence

from ivr.contract.dialogue import Effect, Input
from ivr.flows.machine import step
from ivr.flows.program import Program
from ivr.flows.prompts import render
from ivr.flows.state import State
from speech.contract import Lexicon, Segment

_APOLOGY = "sys_error"


class MachineFlow:
    """Runs one program for all calls; pure."""

    def __init__(self, program: Program) -> None:
        self._program = program
        text = repr((sorted(program.nodes.items()), sorted(program.prompts.items())))
        self.fingerprint = hashlib.sha256(text.encode()).hexdigest()[:16]
        rendered = [render(template, State()) for template in program.prompts.get(_APOLOGY, ())]
        self.apology: tuple[Segment, ...] = tuple(segment for segment in rendered if segment is not None)

    @property
    def lexicon(self) -> Lexicon:
        """Phrases that mean the same at every listening node."""
        return self._program.lexicon

    def begin(self) -> State:
        """Return the state before Started."""
        return State()

    def step(self, state: State, item: Input) -> tuple[State, Sequence[Effect]]:
        """Step the machine."""
        return step(self._program, state, item)

    def place(self, state: State) -> tuple[str, str]:
        """Return the flow and the node where a dialogue stands, also after an aside led back to it."""
        node = state.place.node
        return self._program.flow_of.get(node, ""), node

    def is_elder(self, state: State) -> bool:
        """Tell whether the caller is spoken to slowly: elder mode."""
        return state.elder

    def slot(self, state: State) -> str:
        """Return what the question there fills: a slot, "confirm" for a read-back, or ""."""
        return self._program.slot_of(state.place.node)
