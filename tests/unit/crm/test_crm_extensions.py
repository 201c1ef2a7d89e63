"""Telephone numbers with an extension: parted on write, found by the number, dialled without it, shown with it."""

import pytest

from crm import phone, slots
from tests.unit.crm.asking import get
from tests.unit.crm.conftest import Opener
from tests.unit.crm.tickets_by_hand import API, opened

NUMBER = "+8675712345678"


@pytest.mark.parametrize(
    ("text", "number", "extension"),
    [
        ("0757-12345678 转 801", NUMBER, "801"),
        ("0757-12345678转801", NUMBER, "801"),
        ("0757-12345678-801", NUMBER, "801"),
        ("075712345678 — 801", NUMBER, "801"),
        ("0757 12345678 ext. 801", NUMBER, "801"),
        ("+86 757 12345678 x801", NUMBER, "801"),
        ("0757-12345678（分机：801）", NUMBER, "801"),
        ("400-172-6011 转 2", "+864001726011", "2"),
        ("400-172-6011-2", "+864001726011", "2"),
        ("13800138000#9", "+8613800138000", "9"),
        ("0757-1234-5678", NUMBER, ""),
        ("138-0013-8000", "+8613800138000", ""),
        ("010-12345678", "+861012345678", ""),
        ("转 801", "", ""),
        ("", "", ""),
    ],
)
def test_a_number_is_parted_from_its_extension(text: str, number: str, extension: str) -> None:
    assert phone.to_e164(text) == number
    assert phone.split(text)[1] == extension


def test_a_contact_is_shown_with_it() -> None:
    shown = "0757-1234 5678 转 801"
    assert slots.text("contact", {"number": "0757-12345678", "extension": "801"}) == shown
    assert slots.text("contact", {"number": "0757-12345678 转 801"}) == shown
    assert slots.text("contact", {"number": NUMBER}) == "0757-1234 5678"


async def test_it_is_kept_beside_the_number_and_found_by_the_number(page: Opener) -> None:
    async with page("8001") as agent:
        draft = {"name": "容桂物业", "numbers": [{"number": "0757-12345678 转 801"}]}
        made = (await agent.post(f"{API}/customers", json=draft)).json()
        (held,) = made["phones"]
        assert held["extension"] == "801"
        for q in ("0757-12345678", "0757-12345678 转 801", "0757-12345678-801", "5678"):
            assert [item["id"] for item in (await get(agent, f"/customers?q={q}"))["items"]] == [made["id"]], q
        answer = await agent.put(f"{API}/customers/{made['id']}/numbers", json={"number": "0757-12345678-802"})
        assert [(item["extension"]) for item in answer.json()["phones"]] == ["802"]


async def test_a_ticket_keeps_it_beside_the_number_to_ring(page: Opener) -> None:
    async with page("8001") as agent:
        ticket = await opened(agent, "repair", slots={"contact": {"number": "0757-12345678-801"}})
        (contact,) = [slot for slot in ticket["slots"] if slot["slot"] == "contact"]
        assert (contact["value"], contact["text"]) == (
            {"number": "0757-12345678", "extension": "801"},
            "0757-1234 5678 转 801",
        )
        found = await get(agent, "/tickets?q=0757-12345678 转 801")
        assert [item["no"] for item in found["items"]] == [ticket["no"]]
