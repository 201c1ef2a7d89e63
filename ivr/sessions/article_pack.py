"""Articles that editors have changed, from the pack in force; the last good pack is kept."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class PackArticles:
    """Reads the articles of the pack that the file `current` names, again when another one is named."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._version = ""
        self._articles: Mapping[str, Mapping[str, Any]] = {}

    def find(self, keys: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return those of the articles that the pack holds: segments (at most three), source, version."""
        self._refresh()
        return {key: self._articles[key] for key in keys if key in self._articles}

    def _refresh(self) -> None:
        try:
            version = (self._folder / "current").read_text().strip()
            if version == self._version:
                return
            raw = json.loads((self._folder / f"{version}.json").read_bytes()).get("articles", {})
            fresh = {str(key): _article(row) for key, row in raw.items()}
        except FileNotFoundError:
            return  # no pack was made yet
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("articles_unreadable", error=type(error).__name__)
            return
        self._version, self._articles = version, fresh
        log.info("articles_loaded", version=version, articles=len(fresh))


def _article(row: Mapping[str, Any]) -> Mapping[str, Any]:
    segments = [str(text) for text in row["segments"]]
    return {"segments": segments, "source": str(row["source"]), "version": str(row.get("version", ""))}
