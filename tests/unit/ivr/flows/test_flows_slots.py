"""What a new answer leaves of the one before, and what a file of danger words must be."""

import pytest
import yaml

from danger.words import WORDS, InvalidWords, parse_words
from ivr.flows.state import Slot
from ivr.flows.step import merge_slot

FOR_ANOTHER = Slot({"value": "boiler", "model": "HP-24", "on_behalf": "other_person"}, "unverified", "speech")


def test_the_same_product_keeps_what_is_known_of_it_and_for_whom_it_is() -> None:
    again = merge_slot(FOR_ANOTHER, "product", Slot({"value": "boiler"}, "unverified", "speech"))
    assert again.value == {"value": "boiler", "model": "HP-24", "on_behalf": "other_person"}
    other = merge_slot(FOR_ANOTHER, "product", Slot({"value": "pump"}, "unverified", "speech"))
    assert other.value == {"value": "pump", "on_behalf": "other_person"}


def test_the_time_of_a_day_said_alone_joins_the_day_and_a_new_day_replaces_all() -> None:
    held = Slot({"value": "2026-12-01", "part": "morning", "spoken": "周二上午"}, "unverified", "speech")
    later = merge_slot(held, "visit", Slot({"value": "", "part": "afternoon"}, "unverified", "speech"))
    assert later.value == {"value": "2026-12-01", "part": "afternoon", "spoken": "周二上午"}
    other = Slot({"value": "2026-12-03"}, "unverified", "speech")
    assert merge_slot(held, "visit", other).value == {"value": "2026-12-03"}


def test_a_slot_of_another_kind_is_what_was_said_last() -> None:
    new = Slot({"canonical": "E03"}, "unverified", "speech")
    assert merge_slot(Slot({"canonical": "E01"}, "unverified", "speech"), "fault_code", new) is new


def test_kinds_of_danger_are_a_mapping() -> None:
    raw = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    with pytest.raises(InvalidWords, match="kinds: is not a mapping"):
        parse_words({**raw, "kinds": []})
