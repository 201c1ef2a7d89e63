"""The warranty asked by ivr and by the pages: the same judgement, cut to what each may know."""

from typing import Any

import httpx
import pytest

from tests.unit.crm.fakes import Clock

ASKED: dict[str, Any] = {"product_class": "boiler", "bought_on": "2026-11-20", "precision": "day", "has_proof": "yes"}


@pytest.mark.parametrize(
    ("told", "line", "until"),
    [
        ({}, "7d", "2026-11-27"),
        ({"bought_on": "2026-11-10"}, "15d", "2026-11-25"),
        ({"bought_on": "2025-12-01"}, "in", "2027-12-01"),
        ({"bought_on": "2025-12-01", "product_class": "other", "precision": "month"}, "in", "2026-12-31"),
        ({"bought_on": "2020-01-01"}, "out", "2022-01-01"),
        ({"has_proof": "no"}, "no_proof", ""),
        ({"has_proof": "unknown"}, "unknown", ""),
        ({"bought_on": None, "precision": "unknown"}, "unknown", ""),
        ({"cause": "misuse"}, "unknown", ""),
    ],
)
async def test_the_phone_hears_one_line(desk: httpx.AsyncClient, told: dict[str, Any], line: str, until: str) -> None:
    answer = (await desk.post("/internal/warranty", json=ASKED | told)).json()
    assert (answer["line"], answer["until"]) == (line, until)
    assert answer["reasons"]


async def test_the_day_is_the_day_in_china(desk: httpx.AsyncClient, clock: Clock) -> None:
    asked = ASKED | {"bought_on": "2026-11-15"}
    assert (await desk.post("/internal/warranty", json=asked)).json()["line"] == "7d"
    clock.forward(hours=12)  # 16:00 UTC: past midnight in Shanghai
    assert (await desk.post("/internal/warranty", json=asked)).json()["line"] == "15d"


@pytest.mark.parametrize(
    "wrong", [{"bought_on": "soon"}, {"bought_on": "9999-12-31"}, {"product_class": "car"}, {"x": 1}]
)
async def test_nonsense_is_refused(desk: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    assert (await desk.post("/internal/warranty", json=ASKED | wrong)).status_code == 422
