"""A customer's file and the product card by the API: numbers, addresses, consent, notes, merge and undo, codes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from crm.views.products import codes_seen
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import ADDRESS, NOON, Clock
from tests.unit.crm.visits.world import ask, given_engineer

PHONE = {"number": "0757-2288 1000", "extension": "12"}


async def test_a_file_with_numbers_addresses_notes_and_consent(page: Opener) -> None:
    async with page("8001") as client:
        bad = await ask(client, "POST", "/customers", 422, name="陈", numbers=[{"number": "abcde"}])
        assert (bad["detail"], bad["fields"][0]["field"]) == ("电话号码不对：abcde", "numbers.0.number")
        made = await ask(
            client, "POST", "/customers", 201, name="佛山暖通工程", kind="contractor", organization=True,
            numbers=[{"number": "13800138009", "main": True}, PHONE], addresses=[{"value": ADDRESS}],
        )  # fmt: skip
        path = f"/customers/{made['id']}"
        assert (made["kind_name"], made["organization"], made["recording_consent"]) == ("工程商", True, "unknown")
        assert [(item["number"], item["main"], item["extension"]) for item in made["phones"]] == [
            ("138****8009", True, ""), ("0757-2288 10**", False, "12"),
        ]  # fmt: skip
        changed = await ask(client, "PUT", f"{path}/numbers", number="075722881000", main=True, do_not_call=True)
        assert [item["main"] for item in changed["phones"]] == [True, False]
        gone = await ask(client, "DELETE", f"{path}/numbers/{changed['phones'][1]['id']}")
        assert len(gone["phones"]) == 1
        await ask(client, "DELETE", f"{path}/numbers/{changed['phones'][1]['id']}", 404)
        await ask(client, "PUT", f"{path}/addresses", 422, value={"road": "新发路5号"})
        await ask(client, "PUT", f"{path}/addresses", 422, value={**ADDRESS, "adcode": "1x"})
        wanted: dict[str, Any] = {"value": {**ADDRESS, "adcode": "440606101"}, "status": "unverified"}
        placed = (await client.put(f"/api/v1{path}/addresses", json=wanted)).json()
        assert [(item["adcode"], item["status"]) for item in placed["addresses"]] == [("440606101", "unverified")]
        await ask(client, "POST", f"{path}/notes", 201, text="只在晚上接电话")
        final = await ask(client, "PATCH", path, version=placed["version"], do_not_call=True, marketing_consent="no")
        assert (final["do_not_call"], final["marketing_consent"]) == (True, "no")
        assert [(note["author"], note["text"]) for note in final["notes"]] == [("李明", "只在晚上接电话")]
        await ask(client, "PUT", f"/customers/{'0' * 32}/numbers", 404, number="13800138000")


async def test_a_number_that_is_read_masked_is_marked_by_its_id(page: Opener) -> None:
    async with page("8001") as client:
        numbers = [{"number": "13800138009", "main": True}, PHONE]
        made = await ask(client, "POST", "/customers", 201, name="陈国强", numbers=numbers)
        path, second = f"/customers/{made['id']}/numbers", made["phones"][1]["id"]
        marked = await ask(client, "PATCH", f"{path}/{second}", do_not_call=True)
        assert [(item["main"], item["do_not_call"]) for item in marked["phones"]] == [(True, False), (False, True)]
        turned = await ask(client, "PATCH", f"{path}/{second}", main=True)
        assert [(item["id"], item["main"]) for item in turned["phones"]] == [
            (second, True), (made["phones"][0]["id"], False),
        ]  # fmt: skip
        assert [(item["extension"], item["do_not_call"]) for item in turned["phones"]] == [("12", True), ("", False)]
        freed = await ask(client, "PATCH", f"{path}/{second}", do_not_call=False, main=False)
        assert [(item["main"], item["do_not_call"]) for item in freed["phones"]] == [(False, False)] * 2
        await ask(client, "PATCH", f"{path}/{'0' * 32}", 404, main=True)


async def test_an_address_is_written_anew_and_taken_off(page: Opener) -> None:
    other = {**ADDRESS, "road": "新发路6号", "adcode": "440606101"}
    async with page("8001") as client:
        made = await ask(
            client, "POST", "/customers", 201, name="陈国强", addresses=[{"value": ADDRESS}, {"value": other}]
        )
        path, held = (
            f"/customers/{made['id']}/addresses",
            {item["value"]["road"]: item["id"] for item in made["addresses"]},
        )
        first, second = held[ADDRESS["road"]], held[other["road"]]
        version, there = made["version"], f"{path}/{first}"
        twice = await ask(client, "PUT", there, 422, value=other, version=version)
        assert twice["fields"] == [{"field": "value.road", "detail": "档案里已有这个地址"}]
        bad = await ask(client, "PUT", there, 422, value={**ADDRESS, "adcode": "1x"}, version=version)
        assert bad["fields"][0]["field"] == "value.adcode"
        await ask(client, "PUT", there, 409, value=ADDRESS, version=version - 1)
        value = {**ADDRESS, "road": "新发路7号", "adcode": "440606"}
        body = {"value": value, "status": "unverified", "version": version}
        changed = (await client.put(f"/api/v1{there}", json=body)).json()
        assert {(item["id"], item["text"], item["adcode"], item["status"]) for item in changed["addresses"]} == {
            (first, "广东省佛山市顺德区容桂街道新发路7号3栋502室", "440606", "unverified"),
            (second, "广东省佛山市顺德区容桂街道新发路6号3栋502室", "440606101", "verified"),
        }
        found = await client.get("/api/v1/customers", params={"q": "路7号"})
        assert [item["id"] for item in found.json()["items"]] == [made["id"]]
        again = await ask(client, "PUT", there, value=value, version=changed["version"])
        assert len((await ask(client, "DELETE", there))["addresses"]) == 1
        await ask(client, "DELETE", there, 404)
        await ask(client, "PUT", there, 404, value=value, version=again["version"] + 1)


async def test_duplicates_are_merged_and_the_merge_undone(page: Opener, clock: Clock) -> None:
    async with page("9001") as client:
        kept = await ask(client, "POST", "/customers", 201, name="陈国强", numbers=[{"number": "13800138009"}])
        gone = await ask(
            client, "POST", "/customers", 201, name="陈生", elder=True, addresses=[{"value": ADDRESS}],
            numbers=[{"number": "13800138009"}, {"number": "13911112222"}],
        )  # fmt: skip
        ticket = await ask(client, "POST", "/tickets", 201, kind="consult", customer=gone["id"])
        card = await ask(client, "POST", "/products", 201, customer=gone["id"], serial="S-1")
        path = f"/customers/{kept['id']}"
        found = await ask(client, "GET", f"{path}/duplicates")
        same = [(item["id"], item["same_number"], item["same_address"]) for item in found["candidates"]]
        assert same == [(gone["id"], "138****8009", "")]
        await ask(client, "POST", f"{path}/merges", 422, gone=kept["id"], version=kept["version"])
        await ask(client, "POST", f"{path}/merges", 409, gone=gone["id"], version=kept["version"] + 1)
        done = await ask(client, "POST", f"{path}/merges", 201, gone=gone["id"], version=kept["version"])
        whole = await ask(client, "GET", path)
        assert len(whole["phones"]) == 2
        assert (whole["elder"], len(whole["addresses"]), len(whole["products"])) == (True, 1, 1)
        assert [item["no"] for item in whole["tickets"]] == [ticket["no"]]
        listed = (await client.get("/api/v1/customers", params={"q": "陈"})).json()
        assert [item["id"] for item in listed["items"]] == [kept["id"]]
        await ask(client, "PUT", f"/customers/{gone['id']}/numbers", 404, number="13800138000")
        assert (await ask(client, "GET", f"/customers/{gone['id']}"))["merged_into"] == kept["id"]
        back = await ask(client, "POST", f"/customer-merges/{done['id']}/undo")
        assert (len(back["phones"]), len(back["addresses"]), back["merged_into"]) == (2, 1, "")
        assert [item["no"] for item in back["tickets"]] == [ticket["no"]]
        assert (await ask(client, "GET", f"/products/{card['id']}"))["customer"] == gone["id"]
        await ask(client, "POST", f"/customer-merges/{done['id']}/undo", 409)
        await ask(client, "POST", f"/customer-merges/{'0' * 32}/undo", 404)
        version = (await ask(client, "GET", path))["version"]
        late = await ask(client, "POST", f"{path}/merges", 201, gone=gone["id"], version=version)
        clock.forward(days=8)
    async with page("9001") as client:
        await ask(client, "POST", f"/customer-merges/{late['id']}/undo", 409)


async def test_a_file_that_may_be_the_same_customer_says_what_both_have_in_common(page: Opener) -> None:
    other = {**ADDRESS, "room": "1栋101室"}
    async with page("9001") as client:
        numbers = [{"number": "13800138009"}]
        both = [{"value": other}, {"value": ADDRESS}]
        mine = await ask(client, "POST", "/customers", 201, name="陈国强", numbers=numbers, addresses=both)
        near = await ask(client, "POST", "/customers", 201, name="陈太", addresses=[{"value": ADDRESS}])
        twin = await ask(client, "POST", "/customers", 201, name="陈生", numbers=numbers, addresses=both[:1])
        found = (await ask(client, "GET", f"/customers/{mine['id']}/duplicates"))["candidates"]
    same = {item["id"]: (item["same_number"], item["same_address"]) for item in found}
    texts = [item["text"] for item in mine["addresses"]]
    there = {near["id"]: near["addresses"][0]["text"], twin["id"]: twin["addresses"][0]["text"]}
    assert same == {near["id"]: ("", there[near["id"]]), twin["id"]: ("138****8009", there[twin["id"]])}
    assert set(there.values()) == set(texts)


async def test_a_no_of_either_file_stands_after_a_merge_and_undoing_takes_it_back(page: Opener) -> None:
    shared, own = {"number": "13800138009"}, {"number": "13911112222"}
    async with page("9001") as client:
        kept = await ask(client, "POST", "/customers", 201, numbers=[shared])
        gone = await ask(
            client, "POST", "/customers", 201, name="陈生", elder=True,
            numbers=[{**shared, "do_not_call": True}, {**own, "do_not_call": True}],
        )  # fmt: skip
        said: dict[str, Any] = {"do_not_call": True, "recording_consent": "no", "marketing_consent": "yes"}
        await ask(client, "PATCH", f"/customers/{gone['id']}", version=gone["version"], **said)
        path = f"/customers/{kept['id']}"
        done = await ask(client, "POST", f"{path}/merges", 201, gone=gone["id"], version=kept["version"])
        whole = await ask(client, "GET", path)
        assert told(whole) == ("陈生", True, True, "no", "unknown")  # a yes goes over to nobody
        assert [item["do_not_call"] for item in whole["phones"]] == [True, True]
        await ask(client, "POST", f"/customer-merges/{done['id']}/undo")
        assert told(alone := await ask(client, "GET", path)) == ("未留姓名", False, False, "unknown", "unknown")
        assert [item["do_not_call"] for item in alone["phones"]] == [False]
        back = await ask(client, "GET", f"/customers/{gone['id']}")
        assert told(back) == ("陈生", True, True, "no", "yes")
        assert [item["do_not_call"] for item in back["phones"]] == [True, True]


def told(file: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(file[key] for key in ("name", "elder", "do_not_call", "recording_consent", "marketing_consent"))


async def test_what_was_written_since_a_merge_stays_when_it_is_undone(page: Opener) -> None:
    shared = [{"number": "13800138009"}]
    async with page("9001") as client:
        kept = await ask(client, "POST", "/customers", 201, numbers=shared)
        gone = await ask(client, "POST", "/customers", 201, name="陈生", elder=True, numbers=shared)
        path = f"/customers/{kept['id']}"
        done = await ask(client, "POST", f"{path}/merges", 201, gone=gone["id"], version=kept["version"])
        whole = await ask(client, "GET", path)
        await ask(client, "PATCH", path, version=whole["version"], name="陈国强")
        await ask(client, "POST", f"/customer-merges/{done['id']}/undo")
        assert told(await ask(client, "GET", path))[:2] == ("陈国强", False)


async def test_the_product_card_gathers_codes_visits_and_parts(page: Opener, desk: httpx.AsyncClient) -> None:
    async with page("9001") as client:
        owner = await ask(client, "POST", "/customers", 201, name="陈国强", numbers=[{"number": "13800138009"}])
        body = {"customer": owner["id"], "product_class": "boiler", "model": "HP-24", "serial": "2503-01877",
                "invoice_no": "04512233", "invoice_on": "2025-03-10", "purchased_on": "2025-03-08"}  # fmt: skip
        card = await ask(client, "POST", "/products", 201, **body)
        assert card["counts_from"] == "2025-03-10"
        asked = await desk.post("/internal/identify", json={"caller_e164": "+8613800138009"})
        assert [item["bought_on"] for item in asked.json()["products"]] == ["2025-03-10"]
        assert (await ask(client, "POST", "/products", 409, **body))["code"] == "serial_taken"
        early = {**body, "serial": "", "installed_on": "2025-01-01"}
        assert (await ask(client, "POST", "/products", 422, **early))["detail"] == "安装日期早于购买日期"
        await ask(client, "POST", "/products", 422, **{**body, "serial": "", "customer": "0" * 32})
        changed = await ask(client, "PUT", f"/products/{card['id']}", **body, version=1, installer="顺德网点")
        await ask(client, "PUT", f"/products/{card['id']}", 409, **body, version=1)
        await ask(client, "PUT", f"/products/{'0' * 32}", 404, **body, version=1)
        await ask(client, "GET", f"/products/{'0' * 32}", 404)
        assert changed["installer"] == "顺德网点"
        engineer = await given_engineer(client)
        slots = {"address": ADDRESS, "fault_code": {"canonical": "E01"}, "product": {"product_id": card["id"]}}
        ticket = await ask(client, "POST", "/tickets", 201, kind="repair", customer=owner["id"], slots=slots)
        visit = await ask(
            client, "POST", "/visits", 201, ticket=ticket["no"], engineer=engineer["id"], product=card["id"],
            starts_at="2026-11-22T09:00:00Z", ends_at="2026-11-22T11:00:00Z",
        )  # fmt: skip
        parts = [{"name": "点火电极", "quantity": 2}]
        await ask(client, "POST", f"/visits/{visit['id']}/report", version=1, code_found="E01", parts=parts)
        whole = await ask(client, "GET", f"/products/{card['id']}")
        assert [(item["code"], item["again"]) for item in whole["codes"]] == [("E01", False), ("E01", False)]
        assert [(item["name"], item["quantity"]) for item in whole["parts"]] == [("点火电极", 2)]
        assert [item["visit"] for item in whole["visits"]] == [visit["id"]]


def test_the_same_code_within_thirty_days_is_a_repeat() -> None:
    def day(number: int) -> tuple[str, int]:
        return "E01", number

    heard = [(code, NOON + timedelta(days=at), str(at)) for code, at in (day(0), day(30), day(61), ("F28", 61))]
    assert [(item.code, item.ticket, item.again) for item in codes_seen(heard)] == [
        ("F28", "61", False), ("E01", "61", False), ("E01", "30", True), ("E01", "0", False),
    ]  # fmt: skip
