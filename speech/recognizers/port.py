"""The recognizer port: who starts a recognition feeds it, may look at its partial, and finishes or cancels it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

PACKET_BYTES = 1600  # 100 ms of s16le mono 8 kHz: Vosk's resolution, five AudioSocket frames
UNKNOWN = "[unk]"


class RecognizerFailed(Exception):
    """No recognizer is there, or the one at work died or hangs: recognizer-error for this turn only."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Hypotheses, best first, words separated by blanks, [unk] kept; pii. degraded: the last partial, not the end."""

    texts: tuple[str, ...] = ()
    degraded: bool = False


class Recognition(Protocol):
    """One utterance. Exactly one of finish and cancel ends it; feed and partial after that do nothing."""

    def feed(self, pcm: bytes) -> None:
        """Take s16le mono 8 kHz audio of any length; never waits, never raises."""

    def partial(self) -> tuple[str, ...]:
        """Return the hypotheses so far, best first; () as long as nothing was recognized."""

    @property
    def lost(self) -> bool:
        """True once the recognizer behind it died or hangs."""

    async def finish(self) -> Hearing:
        """Return what was heard within about half a second of the call; raises RecognizerFailed."""

    def cancel(self) -> None:
        """Throw it away; safe at any time."""


class Recognizer(Protocol):
    """Makes recognitions; shared by all dialogues of the process."""

    def start(self, phrases: Sequence[str]) -> Recognition:
        """Begin an utterance. phrases: what is expected, words separated by blanks; empty means open listening.

        Raises RecognizerFailed when none is at hand now.
        """

    def prepare(self, phrases: Sequence[str]) -> None:
        """Get ready for an utterance that will be started with `phrases`; never waits, never raises."""

    @property
    def busy(self) -> bool:
        """True while it cannot keep up: new calls had better go by keys."""

    def status(self) -> Mapping[str, object]:
        """Return figures for the operator; JSON-ready."""

    async def close(self) -> None:
        """Stop; recognitions at work are lost."""


def rank(grammar: str, free: str) -> tuple[str, ...]:
    """Return the two decodes of one utterance, best first; those without any word left out.

    The grammar's text is the better one unless the speech was outside it altogether.
    """
    texts = [text for text in (grammar.strip(), free.strip()) if text.replace(UNKNOWN, "").strip()]
    return tuple(dict.fromkeys(texts))
