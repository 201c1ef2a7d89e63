"""Dialogues kept in a file as they end, one JSON line each: a run that was cut goes on where it stopped."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter

from ops.bench.hearers import Dialogue, Setup

_DIALOGUE = TypeAdapter(Dialogue)
_HEARING = ("am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst", "graph/words.txt", "conf/repeats.json")


class KeptUnusable(Exception):
    """The file cannot be gone on with; the message says why."""


class Kept:
    """The file. Its first line says of which run it is: dialogues of another seed or model are never mixed in."""

    def __init__(self, path: Path, setup: Setup) -> None:
        self._path = path
        self._head = json.dumps({"seed": setup.seed, "model": _hash(setup.model)})
        self.dialogues = list(self._read()) if path.exists() else []
        if not self.dialogues:
            path.write_text(self._head + "\n", encoding="utf-8")

    def add(self, dialogue: Dialogue) -> None:
        """Write one more."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(dialogue), ensure_ascii=False) + "\n")
        self.dialogues.append(dialogue)

    def _read(self) -> Iterator[Dialogue]:
        lines = self._path.read_text(encoding="utf-8").splitlines()
        if lines[:1] != [self._head]:
            raise KeptUnusable(f"{self._path} is not of this seed and model")
        for number, line in enumerate(lines[1:], 2):
            try:
                yield _DIALOGUE.validate_json(line)
            except ValueError as error:
                raise KeptUnusable(f"cannot go on with {self._path}, line {number}") from error


def _hash(model: Path) -> str:
    digest = hashlib.sha256()
    for name in _HEARING:
        file = model / name
        digest.update(file.read_bytes() if file.is_file() else b"-")
    return digest.hexdigest()[:16]
