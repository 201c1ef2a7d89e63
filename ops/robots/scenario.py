"""The scenario format of robot calls (documented in docs/scenarios.md): YAML into checked models."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

_PHONE = r"^(anonymous|\+?[0-9]{3,20})$"


_WAIT_S = 30.0
_WAITING = ("hear", "barge", "expect")
_ACTIONS = ("hear", "say", "play", "dtmf", "barge", "pause", "expect", "hangup")


class ScenarioInvalid(ValueError):
    """A scenario that cannot be run; the message names the file, the place and what is wrong."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Voice(_Strict):
    """How the robot speaks: an espeak-ng voice, variant, words per minute, pitch 0..99, noise at snr_db or none."""

    name: str = Field(default="cmn-latn-pinyin", pattern=r"^[A-Za-z0-9-]{1,40}$")
    variant: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,20}$")
    speed: int = Field(default=150, ge=80, le=300)
    pitch: int = Field(default=50, ge=0, le=99)
    snr_db: float | None = Field(default=None, ge=-10, le=60)


class Answer(_Strict):
    """One answer to a question: exactly one of say, play, dtmf, hangup, silence.

    after: seconds into the question's prompt at which it comes (barge-in, type-ahead); None waits for the prompt's end.
    """

    say: str | None = Field(default=None, min_length=1, max_length=200)
    play: Path | None = None
    dtmf: str | None = Field(default=None, pattern=r"^[0-9*#]{1,32}$")
    hangup: bool = False
    silence: bool = False
    after: float | None = Field(default=None, ge=0, le=30)

    @model_validator(mode="after")
    def _one(self) -> "Answer":
        if sum((self.say is not None, self.play is not None, self.dtmf is not None, self.hangup, self.silence)) != 1:
            raise ValueError("expected exactly one of say, play, dtmf, hangup, silence")
        return self


class Barge(_Strict):
    """Speak or press `after` seconds into the prompt."""

    after: float = Field(ge=0, le=30)
    say: str | None = None
    dtmf: str | None = Field(default=None, pattern=r"^[0-9*#]{1,32}$")

    @model_validator(mode="after")
    def _one(self) -> "Barge":
        if (self.say is None) == (self.dtmf is None):
            raise ValueError("expected exactly one of say, dtmf")
        return self


class Step(_Strict):
    """One step: exactly one action, and within how many seconds of its beginning it must be over.

    What says, plays or presses something is over when the hotline has answered. None: 30 s for a step that waits for
    the hotline, no limit for the others.
    """

    hear: Literal["prompt_end", "prompt_start"] | None = None
    say: str | None = Field(default=None, min_length=1, max_length=200)
    play: Path | None = None
    dtmf: str | None = Field(default=None, pattern=r"^[0-9*#]{1,32}$")
    barge: Barge | None = None
    pause: float | None = Field(default=None, gt=0, le=120)
    expect: Literal["hangup", "answer_by_agent"] | None = None
    hangup: bool = False
    within: float | None = Field(default=None, gt=0, le=600)

    @property
    def limit_s(self) -> float | None:
        """Return how long the step may take, None for no limit."""
        return _WAIT_S if self.within is None and self.action in _WAITING else self.within

    @property
    def action(self) -> str:
        """Return the step's kind: hear, say, play, dtmf, barge, pause, expect or hangup."""
        return next(name for name in _ACTIONS if getattr(self, name) not in (None, False))

    @model_validator(mode="after")
    def _one(self) -> "Step":
        if sum(getattr(self, name) not in (None, False) for name in _ACTIONS) != 1:
            raise ValueError(f"expected exactly one of {', '.join(_ACTIONS)}")
        return self


Answers = Annotated[tuple[Answer, ...], Field(min_length=1)]


class Scenario(_Strict):
    """A robot call: who calls whom, in which voice, and either steps in order or answers by node or slot name."""

    from_: str = Field(default="13800138000", alias="from", pattern=_PHONE)
    to: str = Field(default="4001726011", pattern=r"^\+?[0-9]{3,20}$")
    voice: Voice = Voice()
    inband_keys: bool = False
    steps: tuple[Step, ...] = ()
    answers: dict[str, Answers] = {}
    within: float = Field(default=180.0, gt=0, le=900)

    @field_validator("answers", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: tuple(item) if isinstance(item, list) else (item,) for name, item in value.items()}

    @model_validator(mode="after")
    def _either(self) -> "Scenario":
        if bool(self.steps) == bool(self.answers):
            raise ValueError("expected either steps or answers")
        return self


class Answering:
    """Answers a call's questions in turn, by the node's name, else by its slot's, else by `default`.

    A list counts its tries, at whichever questions they are made: a slot is tried again at other ones (fault_code, then
    fault_code_spell). What only `default` knows has tries of its own at each node.
    """

    def __init__(self, answers: Mapping[str, Answers]) -> None:
        self._answers = answers
        self._tries: dict[str, int] = {}

    def next(self, node: str, slot: str) -> Answer | None:
        """Return the answer to a question that is put now, the last of a list repeating; None when there is none."""
        name = next((name for name in (node, slot, "default") if name in self._answers), "")
        if not name:
            return None
        counted = node if name == "default" else name
        tried = self._tries[counted] = self._tries.get(counted, 0) + 1
        listed = self._answers[name]
        return listed[min(tried, len(listed)) - 1]


def parse_scenario(text: str, source: str = "scenario") -> Scenario:
    """Parse YAML; raises ScenarioInvalid."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScenarioInvalid(f"{source}: no YAML: {str(error).splitlines()[0]}") from error
    try:
        return Scenario.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "top"
        raise ScenarioInvalid(f"{source}: {place}: {first['msg']}") from error


def load_scenario(path: Path) -> Scenario:
    """Load a scenario file; `play` files are looked for beside it. Raises ScenarioInvalid or OSError."""
    return parse_scenario(path.read_text(encoding="utf-8"), path.name)
