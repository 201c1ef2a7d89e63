"""Knowledge by the API: draft, review by another, publish into the pack, roll back, conflicts, double submits."""

import json
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import event

from crm.bootstrap import Process
from crm.knowledge import pack, seeds
from ops import packs as division_packs
from speech.packs import load_pack, write_pack
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock

API = "/api/v1/knowledge/article"
TEXT = {"kind": "article", "title_zh": "保修多久", "segments": ["壁挂炉整机保修两年。"], "source": "四.一.6"}


async def ask(client: httpx.AsyncClient, method: str, path: str, status: int = 200, **more: Any) -> Any:
    answer = await client.request(method, f"{API}{path}", **more)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_an_article_goes_into_force_only_after_anothers_review(
    process: Process, page: Opener, other: dict[str, str], tmp_path: Path
) -> None:
    keeper = process.parts.knowledge
    write_pack(tmp_path / "packs", {"codes": {}, "divisions": [["44", "广东省", 1, ""]], "aliases": {}})
    async with page("9001") as client:
        made = await ask(client, "POST", "", 201, json={"key": "ans_period", "content": TEXT})
        assert (made["state_name"], made["published"], made["used_by"]) == ("草稿", 0, [])
        await keeper.keep()
        assert keeper.form().articles == 0
        sent = await ask(client, "POST", "/ans_period/submit", json={"revision": made["revision"]})
        own = await ask(client, "POST", "/ans_period/publish", 409, json={"revision": sent["revision"]})
        assert own["code"] == "own_review"
        done = await ask(client, "POST", "/ans_period/publish", json={"revision": sent["revision"]}, headers=other)
        assert (done["published"], done["versions"][0]["reviewed_by"], done["used_by"]) == (1, "reviewer", ["咨询"])
        await keeper.keep()
        loaded = load_pack(tmp_path / "packs")
        assert loaded.version == keeper.form().version
        assert set(loaded.divisions) == {"44"}  # what others put into the pack is kept
        assert pack.current(tmp_path / "packs")["articles"]["ans_period"]["segments"] == TEXT["segments"]

        changed = {**TEXT, "segments": ["壁挂炉整机保修两年,其他设备一年。"]}
        draft = await ask(client, "PUT", "/ans_period/draft", json={"revision": done["revision"], "content": changed})
        assert [(item["number"], item["state"]) for item in draft["versions"]] == [(2, "draft"), (1, "published")]
        await keeper.keep()
        assert keeper.form().version == loaded.version  # a draft is not spoken
        sent = await ask(client, "POST", "/ans_period/submit", json={"revision": draft["revision"]})
        back = await ask(
            client, "POST", "/ans_period/refuse", json={"revision": sent["revision"], "note": "写全"}, headers=other
        )
        assert (back["state"], back["versions"][0]["note"]) == ("draft", "写全")
        sent = await ask(client, "POST", "/ans_period/submit", json={"revision": back["revision"]})
        done = await ask(client, "POST", "/ans_period/publish", json={"revision": sent["revision"]}, headers=other)
        await keeper.keep()
        assert pack.current(tmp_path / "packs")["articles"]["ans_period"]["version"] == 2
        rolled = await ask(client, "POST", "/ans_period/roll-back", json={"revision": done["revision"], "version": 1})
        assert rolled["versions"][0]["content"]["segments"] == TEXT["segments"]
        gone = await ask(client, "POST", "/ans_period/withdraw", json={"revision": rolled["revision"]})
        assert (gone["published"], gone["state"]) == (0, "draft")
        await keeper.keep()
        assert pack.current(tmp_path / "packs")["articles"] == {}


async def test_what_is_not_fit_is_not_even_reviewed(page: Opener) -> None:
    async with page("9001") as client:
        bad = {**TEXT, "source": "", "segments": ["好" * 80]}
        made = await ask(client, "POST", "", 201, json={"key": "a", "content": bad})
        assert made["versions"][0]["spoken"][0]["too_long"] is True
        answer = await ask(client, "POST", "/a/submit", 422, json={"revision": made["revision"]})
        assert (answer["code"], len(answer["fields"])) == ("unfit", 2)
        assert answer["detail"] == "还不能发布：没有出处，不能当事实说给来电人"


async def test_two_editors_and_wrong_steps(page: Opener) -> None:
    async with page("9001") as client:
        made = await ask(client, "POST", "", 201, json={"key": "a", "content": TEXT})
        assert (await ask(client, "POST", "", 409, json={"key": "a", "content": TEXT}))["code"] == "entry_taken"
        first = await ask(client, "PUT", "/a/draft", json={"revision": made["revision"], "content": TEXT})
        late = await ask(client, "PUT", "/a/draft", 409, json={"revision": made["revision"], "content": TEXT})
        assert late["detail"] == "这条知识刚被别人改过，请看一下新内容再保存"
        step = {"revision": first["revision"]}
        assert (await ask(client, "POST", "/a/publish", 409, json=step))["code"] == "wrong_step"
        assert (await ask(client, "POST", "/a/withdraw", 409, json=step))["code"] == "wrong_step"
        await ask(client, "POST", "/a/roll-back", 404, json={**step, "version": 7})
        await ask(client, "GET", "/nothing", 404)
        await ask(client, "POST", "/nothing/submit", 404, json=step)
        phrase = {"kind": "phrase", "stage": "核实", "say": ["请"]}
        await ask(client, "PUT", "/a/draft", 422, json={**step, "content": phrase})
        sent = await ask(client, "POST", "/a/submit", json=step)
        await ask(client, "POST", "/a/refuse", 422, json={"revision": sent["revision"]})
    async with page("8001") as agent:
        await ask(agent, "POST", "", 403, json={"key": "b", "content": TEXT})
        assert (await ask(agent, "GET", "/a"))["state"] == "review"


async def test_a_double_submit_makes_one_entry_and_one_answer(page: Opener) -> None:
    async with page("9001") as client:
        headers = {"Idempotency-Key": "3f1c"}
        body = {"key": "once", "content": TEXT}
        first = await client.post(API, json=body, headers=headers)
        again = await client.post(API, json=body, headers=headers)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert again.headers["Idempotency-Replayed"] == "true"
        other = await client.post(API, json={**body, "key": "twice"}, headers=headers)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
        too_long = await client.post(API, json=body, headers={"Idempotency-Key": "x" * 300})
        assert too_long.json()["code"] == "bad_idempotency_key"
        # A refused request leaves no trace: the same key may be used for the mended one.
        refused = await client.post(API, json=body, headers={"Idempotency-Key": "9"})
        assert refused.status_code == 409
        assert (
            await client.post(API, json={**body, "key": "mended"}, headers={"Idempotency-Key": "9"})
        ).status_code == 201


async def test_the_list_is_read_on_by_cursor_with_one_statement(process: Process, page: Opener, clock: Clock) -> None:
    async with process.parts.work() as session:
        added = await seeds.put_in(session, clock())
        assert added == len(seeds.load())
        assert await seeds.put_in(session, clock()) == 0
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    async with page("8001") as client:
        keys: list[str] = []
        cursor = ""
        engine = process.health.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        while True:
            statements.clear()
            part = await ask(client, "GET", "", params={"size": 7, "cursor": cursor})
            keys += [item["key"] for item in part["items"]]
            assert len([one for one in statements if "knowledge_entries" in one]) == 1
            if not part["next"]:
                break
            cursor = part["next"]
        event.remove(engine, "before_cursor_execute", note)
        assert len(keys) == len(set(keys)) == 18
        found = await ask(client, "GET", "", params={"q": "发票", "state": "published"})
        assert {item["key"] for item in found["items"]} >= {"ans_start"}
        assert (await ask(client, "GET", "", params={"q": "发票", "state": "draft"}))["items"] == []
        for bad in ("xx", "W10", "WyIyMDI2LTAxLTAxIiwgMV0"):
            await ask(client, "GET", "", 422, params={"cursor": bad})


async def test_a_broken_pack_is_told_and_the_last_good_one_stays(
    process: Process, page: Opener, tmp_path: Path
) -> None:
    folder = tmp_path / "packs"
    version = write_pack(folder, {"codes": {}, "divisions": [], "aliases": {}})
    (folder / f"{version}.json").write_text("{}")
    await process.parts.knowledge.keep()
    async with page("8001") as client:
        form = (await client.get("/api/v1/knowledge-pack")).json()
        assert (form["behind"], form["error"]) == (True, "知识包写不进去，来电仍用上一版")
        (folder / "current").unlink()
        await process.parts.knowledge.keep()
        assert (await client.get("/api/v1/knowledge-pack")).json()["behind"] is False


def test_new_divisions_keep_what_was_published(tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    pack.put_in_force(folder, {"codes": {"E01": {"id": "E01"}}, "articles": {"a": {"segments": ["x"]}}})
    source, merged = tmp_path / "tree.json", tmp_path / "merged.yaml"
    source.write_text(json.dumps([{"code": "44", "name": "广东省"}]))
    merged.write_text("老省: '44'")
    version = division_packs.build(source, merged, folder)
    assert set(load_pack(folder, version).codes) == {"E01"}
    assert pack.current(folder)["articles"] == {"a": {"segments": ["x"]}}
