"""The knowledge part of the pack that ivr and speech load: codes, articles, outlets; a file named by its hash.

The file's format is speech/packs.py's: one JSON object; ours are the keys `codes` (canonical code -> row of texts),
`articles` (key -> {segments, source, version}) and `outlets`; every other key (the divisions) is taken over unchanged.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crm.knowledge.content import OWN_BRAND, Article, FaultCode, canonical
from crm.knowledge.models import KnowledgeEntry, KnowledgeVersion
from crm.knowledge.service import parse

OURS = ("codes", "articles", "outlets")
_EMPTY: Mapping[str, Any] = {"codes": {}, "divisions": [], "aliases": {}}


class PackUnwritable(Exception):
    """The pack in force cannot be read, or the new one not be written; the message has no personal data."""


def build(found: Sequence[tuple[KnowledgeEntry, KnowledgeVersion]], *, demo: bool) -> dict[str, Any]:
    """Return codes and articles in force; example rows only in the demo, other makers' codes never."""
    codes: dict[str, dict[str, str]] = {}
    articles: dict[str, dict[str, Any]] = {}
    for entry, version in found:
        content = parse(version.content)
        if content.example and not demo:
            continue
        if isinstance(content, Article):
            articles[entry.key] = {"segments": content.segments, "source": content.source, "version": version.number}
        elif isinstance(content, FaultCode) and content.brand == OWN_BRAND:
            codes[canonical(content.code_printed)] = code_row(entry.key, content)
    for _, version in found:
        content = parse(version.content)
        if isinstance(content, FaultCode) and canonical(content.code_printed) in codes:
            for alias in content.aliases:
                codes.setdefault(canonical(alias), codes[canonical(content.code_printed)])
    return {"codes": codes, "articles": articles}


def code_row(key: str, content: FaultCode) -> dict[str, str]:
    """Return a code's row: texts only; self_check_zh has one step a line."""
    return {
        "id": key,
        "code": canonical(content.code_printed),
        "meaning_zh": content.meaning_zh,
        "class": content.fault_class,
        "severity": content.severity,
        "self_check_zh": "\n".join(content.self_check_zh),
        "reset_allowed": "yes" if content.reset_allowed else "no",
        "source": content.source_url or content.reviewed_by,
        "example": "yes" if content.example else "",
    }


def current(folder: Path) -> dict[str, Any]:
    """Return the pack in force, an empty one when there is none; raises PackUnwritable when it is broken."""
    try:
        version = version_of(folder)
        if not version:
            return dict(_EMPTY)
        raw = (folder / f"{version}.json").read_bytes()
        data = json.loads(raw)
    except (OSError, ValueError) as error:
        raise PackUnwritable(type(error).__name__) from error
    if not isinstance(data, dict) or hashlib.sha256(raw).hexdigest()[:16] != version:
        raise PackUnwritable("pack does not fit its name")
    return data


def put_in_force(folder: Path, knowledge: Mapping[str, Any]) -> str:
    """Write the pack with this knowledge and make it current unless it is; returns its version."""
    data = {**current(folder), **knowledge}
    raw = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    version = hashlib.sha256(raw).hexdigest()[:16]
    try:
        if version_of(folder) == version:
            return version
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in ((f"{version}.json", raw), ("current", version.encode())):
            part = folder / f".{name}.crm"
            part.write_bytes(content)
            part.replace(folder / name)
    except OSError as error:
        raise PackUnwritable(type(error).__name__) from error
    return version


def version_of(folder: Path) -> str:
    """Return which pack is in force, "" when none is; raises OSError when that cannot be read."""
    try:
        return (folder / "current").read_text().strip()
    except FileNotFoundError:
        return ""
