"""What a row is found by, and what a typed text asks for."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm.search import terms
from tests.unit.crm.fakes import ADDRESS


def finds(q: str, found: set[str]) -> bool:
    """Tell whether a query finds a row of these terms, as the database does."""
    words = terms.asked(q)
    return bool(words) and all(any(found.issuperset(way) for way in ways) for ways in words)


CUSTOMER = terms.of_customer(
    "陈国强", ["+8613800138000", "+8675766883358"], [{**ADDRESS, "adcode": "440606101"}], [("HP-24", "2503-01877")]
)
TICKET = terms.of_ticket(
    "10002345",
    "+8613800138000",
    {
        "address": ADDRESS,
        "fault_code": {"canonical": "E01", "spoken": "E零一"},
        "symptom": {"value": "no_ignition"},
        "contact": {"number": "+8613900139123"},
        "product": {"value": "boiler", "serial": "2503-01877"},
        "visit": {"date": "2026-11-22"},
    },
    terms.of_person("陈国强", ["+8613800138000"]),
)


@pytest.mark.parametrize(
    "q",
    ["顺德", "容桂", "容桂街道", "凤翔路18", "凤翔路 18号", "3栋502", "佛山市顺德区", "德区", "18", "502"],
)
def test_part_of_an_address_from_two_characters_on(q: str) -> None:
    assert finds(q, CUSTOMER)
    assert finds(q, TICKET)


@pytest.mark.parametrize(
    "q",
    ["8000", "38000", "13800138000", "138 0013 8000", "+86 138 0013 8000", "8613800138000", "3358", "66883358",
     "0757-66883358", "075766883358", "75766883358"],
)  # fmt: skip
def test_numbers_by_their_ending(q: str) -> None:
    assert finds(q, CUSTOMER)


@pytest.mark.parametrize("q", ["8001", "13800", "1380013", "80001380001", "00"])
def test_a_number_is_found_by_nothing_else(q: str) -> None:
    assert not finds(q, CUSTOMER)


@pytest.mark.parametrize("q", ["陈", "国强", "陈国强", "cgq", "CG", "HP-24", "hp2", "2503-01877", "1877", "国强 顺德"])
def test_names_and_machines(q: str) -> None:
    assert finds(q, CUSTOMER)


@pytest.mark.parametrize("q", ["强", "陈国栋", "gq", "禅城", "凤翔路188号", "陈国强 禅城", "", "%", "_", "?!"])
def test_what_is_not_there(q: str) -> None:
    assert not finds(q, CUSTOMER)


@pytest.mark.parametrize(
    "q", ["E01", "e01", "Ｅ０１", "e0", "10002345", "1000 2345", "2345", "陈国强", "cgq", "9123", "不点火",
          "2503-01877", "E01 顺德", "1877"]
)  # fmt: skip
def test_tickets(q: str) -> None:
    assert finds(q, TICKET)


@pytest.mark.parametrize("q", ["2026", "壁挂炉", "E02", "10002346"])
def test_a_ticket_is_not_found_by_days_and_kinds(q: str) -> None:
    assert not finds(q, TICKET)


def test_two_codes_in_one_text_are_both_found() -> None:
    assert all(finds(q, terms.of_text("先报E01 后报E02，HP 24")) for q in ("E01", "E02", "hp 24", "e0"))


def test_a_long_text_and_a_firm_cost_no_more_than_a_short_one() -> None:
    assert terms.of_text("维修" * 500 + "终") == {"维修", "修维"}
    assert not any(term.startswith("~") for term in terms.of_name("广东顺德容桂汉普顿暖通工程有限公司"))
    assert terms.of_name("") == set()
    assert terms.of_ticket("10002345", "", {}, ()) == {"#2345", "#02345", "#002345", "#0002345", "#10002345"}


@given(st.text(alphabet="顺德容桂路号 ，30栋b", min_size=2, max_size=60), st.data())
def test_every_part_of_a_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    assume(not re.search("[30b][30b]", text[max(start - 1, 0) : start + 1]))  # E02 is not the 02 of 502
    part = text[start : data.draw(st.integers(start + 2, len(text)))]
    words = ["".join(filter(str.isalnum, word)) for word in part.split()]
    assume(words and all(len(word) > 1 for word in words))
    # more digits than a house number has are the end of a telephone, ticket or serial number, wherever they stand
    assume(not any(word.isdigit() and len(word) > 5 for word in [*words, "".join(words)]))
    assert finds(part, terms.of_text(text))
