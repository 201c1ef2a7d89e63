"""Makes the sound of what editors publish before a caller asks for it, so that it is there when speech is away."""

import asyncio
import json
from pathlib import Path
from typing import Any

import structlog

from speech.contract import ELDER_RATE, hinted
from speech.synthesizers.bulk import Wanted, make_missing
from speech.synthesizers.port import Synthesizer

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0


class PackVoice:
    """Run as one task (`run`). What cannot be made is logged; a call that needs it has it made then or goes without."""

    def __init__(self, packs: Path, prompts: Path, synthesizer: Synthesizer) -> None:
        self._packs = packs
        self._prompts = prompts
        self._synthesizer = synthesizer
        self._made = ""
        self._trouble = ""  # told already

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once; make what a pack that is newly in force says and that has no file."""
        try:
            version = (await asyncio.to_thread((self._packs / "current").read_text, "utf-8")).strip()
            if version == self._made:
                return
            raw = await asyncio.to_thread((self._packs / f"{version}.json").read_bytes)
            wanted = await asyncio.to_thread(texts_of, raw)
        except FileNotFoundError:
            return  # no pack was made yet
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            if self._trouble != (trouble := type(error).__name__):
                log.error("pack_not_voiced", error=trouble)
            self._trouble = trouble
            return
        failed = await make_missing(wanted, self._synthesizer, self._prompts, lambda _done, _total: None)
        self._made, self._trouble = version, ""
        log.info("pack_voiced", version=version, texts=len(wanted), failed=sorted(set(failed)))


def texts_of(raw: bytes) -> list[Wanted]:
    """Return the sentences of a pack (its articles, what codes mean, their self-checks), each at both rates.

    Raises ValueError, KeyError, TypeError or AttributeError for what is no pack.
    """
    pack: dict[str, Any] = json.loads(raw)
    said = [(key, text) for key, article in pack.get("articles", {}).items() for text in article["segments"]]
    for code, row in pack["codes"].items():
        steps = row.get("self_check_zh", "").split("\n")
        said += [(code, text) for text in (row.get("meaning_zh", ""), *steps) if text]
    return [Wanted(str(key), hinted(text), rate) for key, text in said for rate in (1.0, ELDER_RATE)]
