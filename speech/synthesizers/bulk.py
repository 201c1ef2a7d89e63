"""Makes all missing prompts of a list, with progress."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speech.contract import prompt_file
from speech.synthesizers.port import SynthesisFailed, Synthesizer


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a prompt list."""

    key: str
    text: str
    rate: float = 1.0


class ListInvalid(ValueError):
    """A prompt list that cannot be read; the message says where."""


def read_list(raw: str) -> list[Wanted]:
    """Parse a JSON list of {"key", "text", "rate"}; raises ListInvalid."""
    try:
        rows: list[dict[str, Any]] = json.loads(raw)
        return [Wanted(str(row["key"]), str(row["text"]), float(row.get("rate", 1.0))) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ListInvalid(f"prompt list: {type(error).__name__}: {error}") from error


async def make_missing(
    wanted: Sequence[Wanted], synthesizer: Synthesizer, root: Path, tell: Callable[[int, int], None]
) -> list[str]:
    """Make every file of `wanted` that does not exist below `root`; returns the keys that failed.

    tell(done, total) is called after each file.
    """
    missing = list(
        {path: item for item in wanted if not (path := prompt_file(root, item.text, item.rate)).exists()}.values()
    )
    failed: list[str] = []
    done = 0
    queue = iter(missing)

    async def work() -> None:
        nonlocal done
        for item in queue:
            try:
                await synthesizer.speak(item.text, item.rate)
            except SynthesisFailed:
                failed.append(item.key)
            done += 1
            tell(done, len(missing))

    await asyncio.gather(*(work() for _ in range(4)))
    return failed
