"""The catalogue of fault codes from the pack in force; the last good one is kept."""

import json
from collections.abc import Mapping
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

_FIELDS = ("catalogue_id", "meaning_zh", "severity", "self_check_zh", "reset_allowed")


class PackCodes:
    """Reads the codes of the pack that the file `current` names, again when another one is named."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._version = ""
        self._codes: Mapping[str, Mapping[str, str]] = {}

    def find(self, code: str) -> Mapping[str, str]:
        """Return the row of a canonical code, every field "" when there is none or no pack."""
        self._refresh()
        row = self._codes.get(code, {})
        answer = {"catalogue_id": row.get("id", ""), **row}
        return {name: answer.get(name, "") for name in _FIELDS}

    def _refresh(self) -> None:
        try:
            version = (self._folder / "current").read_text().strip()
            if version == self._version:
                return
            codes = json.loads((self._folder / f"{version}.json").read_bytes())["codes"]
            fresh = {str(code): {str(key): str(value) for key, value in row.items()} for code, row in codes.items()}
        except FileNotFoundError:
            return  # no pack was made yet
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("pack_unreadable", error=type(error).__name__)
            return
        self._version, self._codes = version, fresh
        log.info("pack_loaded", version=version, codes=len(fresh))
