"""Who rings about the same again: seven days for a matter, thirty for a machine, at their boundaries."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.policy.repeats import same_machine, same_matter

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
INSTANT = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("ago", "same"), [(timedelta(0), True), (timedelta(days=7), True), (timedelta(days=7) + INSTANT, False)]
)
@pytest.mark.parametrize("kind", ["repair", "complaint", "consult", "install"])
def test_a_matter_is_the_same_for_seven_days(kind: str, ago: timedelta, same: bool) -> None:
    assert same_matter(kind, "new", NOW - ago, NOW) is same


@pytest.mark.parametrize(("ago", "same"), [(timedelta(days=30), True), (timedelta(days=30) + INSTANT, False)])
def test_a_machine_is_repaired_again_for_thirty_days(ago: timedelta, same: bool) -> None:
    assert same_machine("repair", "closed", NOW - ago, NOW) is same
    assert not same_machine("install", "closed", NOW - ago, NOW)


def test_what_is_over_or_void_is_not_meant() -> None:
    assert not same_matter("consult", "closed", NOW, NOW)  # it was answered: another question
    assert same_matter("complaint", "closed", NOW, NOW)
    assert not same_matter("complaint", "void", NOW, NOW)
    assert not same_matter("follow_up", "new", NOW, NOW)
    assert not same_machine("repair", "void", NOW, NOW)
