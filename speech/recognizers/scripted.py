"""A recognizer that hears what its script says, for tests and for calls without a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speech.recognizers.port import Hearing, RecognizerFailed


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance. text appears as the partial once `after_ms` of audio came; lost: the recognizer dies then."""

    text: str
    after_ms: int = 300
    lost: bool = False


class ScriptedRecognition:
    """Port Recognition."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._bytes = 0
        self._over = False

    def feed(self, pcm: bytes) -> None:
        """See Recognition."""
        if not self._over:
            self._bytes += len(pcm)

    def partial(self) -> tuple[str, ...]:
        """See Recognition."""
        return (self._line.text,) if self._reached and self._line.text and not self._line.lost else ()

    @property
    def lost(self) -> bool:
        """See Recognition."""
        return self._line.lost and self._reached

    async def finish(self) -> Hearing:
        """See Recognition."""
        if self.lost or self._over:
            raise RecognizerFailed("recognizer lost")
        self._over = True
        return Hearing((self._line.text,) if self._line.text and self._bytes else ())

    def cancel(self) -> None:
        """See Recognition."""
        self._over = True

    @property
    def _reached(self) -> bool:
        return self._bytes >= self._line.after_ms * 16


class ScriptedRecognizer:
    """Port Recognizer: the n-th recognition hears the n-th line; after the last one nothing is there any more."""

    def __init__(self, lines: Sequence[Line], *, busy: bool = False) -> None:
        self.busy = busy
        self._lines = list(lines)
        self.grammars: list[tuple[str, ...]] = []

    def start(self, phrases: Sequence[str]) -> ScriptedRecognition:
        """See Recognizer."""
        if not self._lines:
            raise RecognizerFailed("the script is over")
        self.grammars.append(tuple(phrases))
        return ScriptedRecognition(self._lines.pop(0))

    def prepare(self, phrases: Sequence[str]) -> None:
        """See Recognizer. The script needs no preparation."""

    def status(self) -> Mapping[str, object]:
        """See Recognizer."""
        return {"lines_left": len(self._lines)}

    async def close(self) -> None:
        """See Recognizer."""
        self._lines.clear()
