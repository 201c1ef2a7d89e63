"""Which version of the recording notice a contact that no session spoke with is booked to have heard (ADR 0031)."""

from dataclasses import replace

import pytest

from ivr.contract.facts import ContactStarted
from ivr.telephony.events import CallEnded
from tests.unit.ivr.telephony.recordings_of_ami import call_facts, ledger, typed


def _notice(recorded: str, stage: str = "") -> str:
    """Return the version booked; stage: where the recorded call ended, when not where it did."""
    book = ledger()
    events = [
        replace(event, stage=stage) if stage and isinstance(event, CallEnded) else event for event in typed(recorded)
    ]
    facts = call_facts([note for event in events for note in book.apply(event)])
    (started,) = [fact for fact in facts if isinstance(fact, ContactStarted)]
    return started.notice_version


@pytest.mark.parametrize(("stage", "notice"), [("opening", ""), ("busy", ""), ("ivr", "n1"), ("fallback", "n1")])
def test_who_leaves_before_the_notice_has_not_heard_it(stage: str, notice: str) -> None:
    assert _notice("hangup-in-ivr", stage) == notice


def test_who_waits_in_a_queue_has_come_past_the_notice() -> None:
    assert _notice("talk-agent-hangs-up") == "n1"


def test_the_key_for_danger_may_have_cut_it() -> None:
    assert _notice("emergency-nobody") == ""
