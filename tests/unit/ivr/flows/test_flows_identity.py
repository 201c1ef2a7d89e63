"""Who calls is kept from their own words, and asked only where it matters and was not said."""

import pytest

from ivr.contract.facts import SlotFilled
from ivr.flows.identity import said
from tests.unit.ivr.flows.play import Driver, interpreter, program
from tests.unit.ivr.flows.worlds import at


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我是经销商", "dealer"), ("我们是经销商,要培训", "dealer"), ("我是你们的代理商", "dealer"),
        ("经销商培训", "dealer"), ("我是工程商,现场搞不定", "contractor"), ("这边是工程商", "contractor"),
        ("网点补货", "outlet"), ("我们维修网点要备件", "outlet"), ("我们网点", "outlet"),
        ("你们网点在哪", ""), ("经销商乱收费", ""), ("我不是经销商", ""), ("我问一下网点地址", ""), ("我要报修", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_who_callers_say_to_be(text: str, kind: str) -> None:
    assert [slot.value["value"] for slot in said(text).values()] == ([kind] if kind else [])


def kept(driver: Driver) -> list[tuple[str, str]]:
    """Return what was kept of who calls, and how it was told."""
    return [(fact.value["value"], fact.source) for fact in driver.of(SlotFilled) if fact.slot == "identity"]


def speak(driver: Driver, text: str) -> Driver:
    heard = interpreter()(driver.slot, program().lexicon, (text,))
    return driver.hear(
        meaning=heard.meaning, text=heard.text, status=heard.status, captured=heard.captured, value=heard.value
    )


def test_who_said_it_in_the_menu_is_not_asked() -> None:
    driver = speak(Driver().start(), "我们是经销商,要培训").press("1")
    assert driver.node == "request_note"
    assert kept(driver) == [("dealer", "speech")]


def test_who_said_it_with_the_kind_is_not_asked() -> None:
    driver = speak(Driver().start().mean("request"), "我是工程商,现场搞不定").press("1")
    assert driver.node == "request_note"
    assert kept(driver) == [("contractor", "speech")]


@pytest.mark.parametrize("kind", ["training", "tech_support"])
def test_it_is_asked_once_where_it_matters(kind: str) -> None:
    driver = Driver().start().mean("request").mean(kind).press("1")
    assert driver.node == "request_identity"
    assert kept(driver.twin().press("4")) == [("outlet", "dtmf")]
    silent = driver.silence().silence()
    assert silent.node == "request_note"
    assert kept(silent) == []


def test_who_wants_something_installed_or_repaired_is_not_asked() -> None:
    driver = at("summary_confirm")
    assert kept(driver) == []
    assert "request_identity" not in program().flows["repair"].nodes
