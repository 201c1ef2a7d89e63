"""What the media asks of the slots: one set of them per pack, found by the hash that a turn names."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from speech.contract import Interpretation, Lexicon, SlotSpec
from speech.packs import PackInvalid, load_pack
from speech.slots import Slots

log = structlog.get_logger(__name__)

MAX_LOADED = 4


class Understanding(Protocol):
    """The slots of one pack (speech.slots.Slots)."""

    def interpret(
        self, slot: SlotSpec, lexicon: Lexicon, texts: tuple[str, ...], now: datetime | None = None
    ) -> Interpretation:
        """Return what the caller meant; texts best first; now: an aware time, for days such as 明天."""

    def grammar(self, slot: SlotSpec, lexicon: Lexicon) -> list[str]:
        """Return the phrases to expect; [] means open listening."""

    def is_complete(self, slot: SlotSpec, text: str) -> bool:
        """Tell whether nothing can extend this value."""

    def is_filler(self, lexicon: Lexicon, text: str) -> bool:
        """Tell whether this is no answer at all."""


class PackedSlots:
    """Loads slots by pack hash; a pack that cannot be read leaves the last good one in force. Safe in threads."""

    def __init__(self, packs: Path, vocabulary: frozenset[str]) -> None:
        self._packs = packs
        self._vocabulary = vocabulary
        self._loaded: OrderedDict[str, Slots] = OrderedDict()
        self._last = Slots(vocabulary=vocabulary)
        self._lock = threading.Lock()

    def get(self, version: str) -> Slots:
        """Return the slots of the pack `version`, "" for the current pack."""
        with self._lock:
            version = version or self._current()
            if version not in self._loaded:
                self._load(version)
            found = self._loaded.get(version) or self._last
            self._last = found
            return found

    def _current(self) -> str:
        try:
            return (self._packs / "current").read_text("utf-8").strip()
        except OSError:
            return ""

    def _load(self, version: str) -> None:
        try:
            slots = Slots(load_pack(self._packs, version), self._vocabulary)
        except PackInvalid as error:
            log.warning("pack_unusable", pack=version, error=str(error))
            return
        self._loaded[version] = slots
        if len(self._loaded) > MAX_LOADED:
            self._loaded.popitem(last=False)


def read_vocabulary(model: Path) -> frozenset[str]:
    """Return the model's words; empty when it does not list them (phrases are then cut into characters)."""
    try:
        lines = (model / "graph" / "words.txt").read_text("utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(line.split()[0] for line in lines if line.strip() and line[0] not in "<#[")


SlotsByPack = Callable[[str], Understanding]
