"""What the contexts of the dialplan are made of: the options and the steps that many of them share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ivr.dialplan.conf import Extension, UnsafeValue, safe_path
from ivr.dialplan.limits import Limits
from ivr.dialplan.variables import HL_KEY, Stage

_NUMBER = re.compile(r"\+?[0-9]{3,20}\Z")
IDS = "Contact: ${HL_CONTACT},Recording: ${HL_RECORDING}"


@dataclass(frozen=True, slots=True)
class Options:
    """What the dialplan is built from. Folders are absolute; duty_numbers as the trunk wants them dialled."""

    agi_port: int
    max_calls: int
    prompts: str
    recordings: str
    voicemail: str
    duty_numbers: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Raise UnsafeValue for a folder or number that cannot stand in a dialplan line."""
        for folder in (self.prompts, self.recordings, self.voicemail):
            safe_path(folder)
        for number in self.duty_numbers:
            if not _NUMBER.match(number):
                raise UnsafeValue(f"not a telephone number: {number!r}")

    def sound(self, *keys: str) -> str:
        """Return the argument that plays these prompts one after the other."""
        return "&".join(f"{self.prompts}/{key}" for key in keys)


def play(options: Options, *keys: str) -> str:
    """Play prompts to their end."""
    return f"Playback({options.sound(*keys)})"


def read(options: Options, wait: str, *keys: str, into: str = HL_KEY) -> str:
    """Play prompts and keep the key that stops them; wait: seconds to go on listening."""
    return f"Read({into},{options.sound(*keys)},1,,1,{wait})"


def begun(stage: Stage) -> list[str]:
    """Begin a call: whatever comes of it is told at its end, and its recording has a name."""
    return [
        "Set(CHANNEL(hangup_handler_push)=hl-ended,s,1)",
        f"Set(HL_STAGE={stage})",
        "Set(HL_AT=${EPOCH})",
        "Set(HL_RECORDING=${UUID()})",
    ]


def record(options: Options) -> str:
    """Record both sides from here on, each in a file of its own."""
    files = f"{options.recordings}/${{HL_RECORDING}}"
    return f"MixMonitor(,Sr({files}-rx.wav)t({files}-tx.wav))"


def goto_if(left: str, right: str, target: str) -> str:
    """Go on at the target when both texts are the same."""
    return f'GotoIf($["{left}" = "{right}"]?{target})'


def timed(name: str, steps: Sequence[str]) -> list[Extension]:
    """Return the extension and the T that catches the absolute time-out in this context."""
    return [Extension(name, steps), Extension("T", ["Goto(hl-timeout,s,1)"])]
