"""The synthesizer port."""

from pathlib import Path
from typing import Protocol


class SynthesisFailed(Exception):
    """The text could not be made audible; the message never holds the text."""


class Synthesizer(Protocol):
    """Makes prompt files; asking for the same text twice makes it once."""

    async def speak(self, text: str, rate: float = 1.0) -> Path:
        """Return the file of `text` (speech.contract.prompt_file), made now if it is missing; 8 kHz s16 mono.

        rate: 1.0 normal, 0.85 slower. Raises SynthesisFailed; answers within about 5 s.
        """
