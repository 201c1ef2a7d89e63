"""The Media port of one call: two adapters, the speech process and plain AGI; one contract test for both."""

from typing import Protocol

from speech.contract import RecordSpec, Turn, TurnResult


class Media(Protocol):
    """Speaks and listens on one channel. Turns never overlap. A hang-up is a result, not an error."""

    async def turn(self, turn: Turn) -> TurnResult:
        """Speak, then listen if the turn has a slot. Without a slot SUCCESS means: spoken to the end.

        Keys pressed during a turn without a slot are kept and answer the next turn.
        """

    async def record(self, spec: RecordSpec) -> TurnResult:
        """Speak, beep, record. SUCCESS with `clip`, or NO_INPUT when nothing was said."""

    async def close(self) -> None:
        """Give the channel back to the dialplan; safe to call twice."""
