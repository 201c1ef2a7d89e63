"""Ticket numbers and their check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.contract.ids import check_digit, is_ticket_number, ticket_number

SERIALS = st.integers(0, 9_999_999)


def test_a_known_luhn_number() -> None:
    assert check_digit("7992739") == "8"  # 9+3+5+2+9+9+5 = 42, eight short of 50


@given(SERIALS)
def test_every_serial_gives_a_number_that_is_one(serial: int) -> None:
    number = ticket_number(serial)
    assert len(number) == 8
    assert is_ticket_number(number)


@given(SERIALS, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(serial: int, place: int, change: int) -> None:
    number = ticket_number(serial)
    wrong = str((int(number[place]) + change) % 10)
    assert not is_ticket_number(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize("seven", ["", "123456", "12345678", "12345x7", "一二三四五六七"])
def test_seven_digits_are_wanted(seven: str) -> None:
    with pytest.raises(ValueError, match="7 digits"):
        check_digit(seven)


@pytest.mark.parametrize("serial", [-1, 10_000_000])
def test_serial_out_of_range(serial: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        ticket_number(serial)
