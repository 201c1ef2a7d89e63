"""Seals: by them is known whether a value is still what the import wrote, without keeping the value itself; pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

_NUMBER = ("id", "e164", "extension", "main", "do_not_call")
_ADDRESS = ("id", "text", "status", "adcode")


def of_name(customer_id: str, name: str) -> str:
    """Return the seal of a file's name."""
    return _seal(customer_id, name)


def of_number(row: Mapping[str, Any]) -> str:
    """Return the seal of a number with its marks."""
    return _seal(*(row[name] for name in _NUMBER))


def of_address(row: Mapping[str, Any]) -> str:
    """Return the seal of an address with its status."""
    return _seal(*(row[name] for name in _ADDRESS))


def seals_of(numbers: Sequence[Mapping[str, Any]], addresses: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Return the seals of what a line wrote into a file. name: the seal of the name it gave, "" for none."""
    return {
        "numbers": {row["id"]: of_number(row) for row in numbers},
        "addresses": {row["id"]: of_address(row) for row in addresses},
        "name": name,
    }


def _seal(*values: str | bool) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]
