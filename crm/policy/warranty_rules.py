"""The three guarantees (三包) as dated data: periods, sentences of the document, fees; pure parsing, strict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any


class BadRules(ValueError):
    """Rules that cannot be used; the text names the set and the field."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the company's document and where it stands."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class WarrantyRules:
    """What holds for a machine sold on or after valid_from. Days and calendar years; the sale day is not counted."""

    valid_from: date
    source: str
    refund_days: int
    exchange_days: int
    repair_years: Mapping[str, int]  # by product class
    review_after_repairs: int
    fees: tuple[str, ...]
    sentences: Mapping[str, Sentence]


_NEEDED = (
    "policy", "refund", "exchange", "repair", "start", "free", "force_majeure", "misuse", "lifetime", "fees",
    "no_proof", "over", "man_made", "mismatch", "fees_promised", "visits_for_life", "setting",
)  # fmt: skip


def parse_rules(raw: Any) -> tuple[WarrantyRules, ...]:
    """Return the sets in order of valid_from; raises BadRules."""
    if not isinstance(raw, list) or not raw:
        raise BadRules("warranty: expected a list of sets")
    sets = tuple(_parse_one(item, index) for index, item in enumerate(raw))
    if any(first.valid_from >= second.valid_from for first, second in pairwise(sets)):
        raise BadRules("warranty: valid_from must rise")
    return sets


def rules_on(sets: Sequence[WarrantyRules], sold_on: date) -> WarrantyRules:
    """Return the set in force on the day of sale; what was sold before the first set falls under the first."""
    return [sets[0], *(item for item in sets if item.valid_from <= sold_on)][-1]


def _parse_one(raw: Any, index: int) -> WarrantyRules:
    try:
        periods = raw["periods"]
        sentences = {name: Sentence(str(item["place"]), str(item["text"])) for name, item in raw["sentences"].items()}
        rules = WarrantyRules(
            valid_from=raw["valid_from"],
            source=str(raw["source"]),
            refund_days=int(periods["refund"]["days"]),
            exchange_days=int(periods["exchange"]["days"]),
            repair_years={str(name): int(years) for name, years in periods["repair"]["years"].items()},
            review_after_repairs=int(raw["review_after_repairs"]),
            fees=tuple(raw["fees"]),
            sentences=sentences,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRules(f"warranty set {index}: {type(error).__name__} {error}") from error
    if not isinstance(rules.valid_from, date):
        raise BadRules(f"warranty set {index}: valid_from is no date")
    missing = [name for name in _NEEDED if name not in sentences]
    if missing:
        raise BadRules(f"warranty set {index}: sentences missing: {', '.join(missing)}")
    if not 0 < rules.refund_days <= rules.exchange_days or set(rules.repair_years) != {"boiler", "other"}:
        raise BadRules(f"warranty set {index}: periods out of order")
    if any(not 1 <= years <= 50 for years in rules.repair_years.values()):
        raise BadRules(f"warranty set {index}: years out of range")
    return rules
