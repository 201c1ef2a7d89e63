"""What a robot call reports: one JSON object, times in ms from answer."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class StepReport:
    """One step or answer. response_ms: last voiced sample sent to first voiced sample heard, None when none came.

    barge_stop_ms: onset of the robot's speech to the prompt falling silent, for barge steps.
    """

    action: str
    what: str = ""
    node: str = ""
    started_ms: int = 0
    ended_ms: int = 0
    response_ms: int | None = None
    barge_stop_ms: int | None = None
    ok: bool = True
    why: str = ""


@dataclass
class CallReport:
    """A whole call. ok tells whether every step came to its end; why names the first that did not."""

    from_: str
    to: str
    ok: bool = True
    why: str = ""
    contact: str = ""
    linkedid: str = ""
    answered: bool = False
    greeting_ms: int | None = None  # the first sound heard
    duration_ms: int = 0
    longest_silence_ms: int = 0
    ended_by: str = ""
    wav: str = ""
    steps: list[StepReport] = field(default_factory=list)
    outcome: str = ""
    tickets: list[dict[str, Any]] = field(default_factory=list)
    pops: list[dict[str, Any]] = field(default_factory=list)
    visits: list[dict[str, Any]] = field(default_factory=list)

    def fail(self, why: str) -> None:
        """Note the first failure."""
        if self.ok:
            self.ok, self.why = False, why

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form ("from" instead of from_)."""
        raw = asdict(self)
        return {"from": raw.pop("from_"), **raw}
