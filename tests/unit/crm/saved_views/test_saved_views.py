"""Saved views: each person's own, by name, kept until their owner removes them."""

from typing import Any

from crm.saved_views.routes import MOST
from tests.unit.crm.conftest import Opener
from tests.unit.crm.tickets_by_hand import API

PATH = f"{API}/saved-views"
VIEW: dict[str, Any] = {"name": "顺德未结", "view": "open", "q": "顺德"}


async def test_a_view_is_kept_for_its_owner_only(page: Opener) -> None:
    async with page("8001") as owner, page("8002") as other:
        saved = await owner.post(PATH, json={**VIEW, "name": " 顺德未结 "})
        assert saved.status_code == 201, saved.text
        kept = saved.json()
        assert {key: kept[key] for key in VIEW} == VIEW
        assert (await owner.get(PATH)).json() == [kept]
        assert (await other.get(PATH)).json() == []
        gone = await other.delete(f"{PATH}/{kept['id']}")
        assert (gone.status_code, gone.json()["detail"]) == (404, "没有这个视图，可能已经删除")
        assert (await owner.delete(f"{PATH}/{kept['id']}")).status_code == 204
        assert (await owner.get(PATH)).json() == []


async def test_the_same_name_is_the_same_view(page: Opener) -> None:
    async with page("8001") as owner, page("8002") as other:
        first = (await owner.post(PATH, json=VIEW)).json()
        again = (await owner.post(PATH, json={**VIEW, "view": "urgent", "q": ""})).json()
        assert (await other.post(PATH, json=VIEW)).status_code == 201  # names are one's own
        assert (again["id"], again["view"], again["q"]) == (first["id"], "urgent", "")
        assert (await owner.get(PATH)).json() == [again]


async def test_views_have_a_name_and_an_end(page: Opener) -> None:
    async with page("8001") as owner:
        assert (await owner.post(PATH, json={**VIEW, "name": "  "})).json()["fields"][0]["field"] == "name"
        assert (await owner.post(PATH, json={**VIEW, "view": "other"})).json()["fields"][0]["field"] == "view"
        for index in range(MOST):
            assert (await owner.post(PATH, json={**VIEW, "name": f"视图 {index}"})).status_code == 201
        full = await owner.post(PATH, json=VIEW)
        assert (full.status_code, full.json()["detail"]) == (409, "最多保存 30 个视图，请先删除不用的")
        assert (await owner.post(PATH, json={**VIEW, "name": "视图 3", "q": "容桂"})).json()["q"] == "容桂"
