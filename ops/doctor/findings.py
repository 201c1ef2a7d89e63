"""What the doctor looks at (facts) and what it says (checks)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ivr.contract.hours import EndOfData


class Level(StrEnum):
    """How a check came out. BAD keeps callers from being served as promised; WARN does not."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One row. key: constant, for programs; title, found, remedy: Chinese. remedy is "" when ok."""

    key: str
    level: Level
    title: str
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class PartFacts:
    """PostgreSQL or Redis. own: the embedded one; installed: its program is there; error: "" when it answers."""

    own: bool = True
    installed: bool = True
    error: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class AsteriskFacts:
    """version "" when the tree is not there yet; None means: could not be asked because it does not run."""

    version: str = ""
    missing_modules: tuple[str, ...] | None = None
    missing_codecs: tuple[str, ...] | None = None
    ami_error: str | None = None
    denied: tuple[str, ...] | None = None  # actions, and kinds of events as "read call"


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """Counts of static prompts: all, files that are not made yet, texts that a person has recorded."""

    total: int = 0
    not_made: int = 0
    texts: int = 0
    recorded: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the checks are made from."""

    up: bool
    now: datetime
    built: datetime  # newest time stamp of the code: the clock cannot be before it
    clock_synced: bool | None  # what the kernel says; None: it does not tell (a container)
    time_zone: str
    time_zone_known: bool
    settings_error: str
    settings_mode: int | None  # None: never started
    as_root: bool
    ports_taken: tuple[tuple[str, int], ...]
    free_bytes: int
    cjk_font: bool
    missing_programs: tuple[str, ...]
    pages_built: bool
    duty_numbers: tuple[str, ...]
    holidays_end: EndOfData | None  # None: the days off are known for a while
    model_error: str  # the line of the self-test that failed, "" when it passed
    pack_error: str  # why addresses cannot be understood, "" when the pack is there
    postgres: PartFacts = field(default_factory=PartFacts)
    redis: PartFacts = field(default_factory=PartFacts)
    asterisk: AsteriskFacts = field(default_factory=AsteriskFacts)
    prompts: PromptFacts = field(default_factory=PromptFacts)
    not_ready: tuple[str, ...] = ()
    facts_held: int = 0  # at ivr, because crm refused one of their call
    facts_refused: tuple[str, ...] = ()  # why, as crm said
