"""The import page: a wrong line is told, nothing written before the last press, twice adds nothing."""

from playwright.async_api import FilePayload, expect

from tests.e2e.console_crm import Crm
from tests.e2e.console_page import ConsolePage, chromium

_HEAD = "姓名,类型,电话"
_GOOD = ["周志明,终端用户,13922334455", "佛山暖通工程,工程商,0757-22334400"]
_BAD = "林小红,终端用户,手机丢了"


def _file(*lines: str) -> FilePayload:
    return {"name": "客户.csv", "mimeType": "text/csv", "buffer": "\r\n".join([_HEAD, *lines]).encode()}


async def test_a_file_is_checked_line_by_line_and_then_taken_over(crm: Crm) -> None:
    async with chromium() as browser:
        console = await ConsolePage.open(browser, crm.url)
        await console.login("9001", crm.passwords["9001"])
        await console.go("/imports")
        page = console.page
        before = len((await console.get("/customers"))["items"])
        await page.set_input_files("input[type=file]", _file(*_GOOD, _BAD))
        await expect(page.get_by_test_id("sum")).to_have_text("共 3 行：新 2，已有 0，有问题 1")
        await expect(page.get_by_role("row").nth(1)).to_contain_text("4")
        await expect(page.get_by_role("row").nth(1)).to_contain_text("手机丢了")
        assert len((await console.get("/customers"))["items"]) == before
        await page.set_input_files("input[type=file]", _file(*_GOOD))
        await page.get_by_role("button", name="导入 2 行").click()
        await expect(page.get_by_test_id("progress")).to_contain_text("新建 2")
        assert len((await console.get("/customers"))["items"]) == before + 2
        await page.set_input_files("input[type=file]", _file(*_GOOD))
        await expect(page.get_by_test_id("sum")).to_have_text("共 2 行：新 0，已有 2，有问题 0")
        await expect(page.get_by_text("再导入不会重复")).to_be_visible()
        many = [f"批量{number},终端用户,137{number:08d}" for number in range(120)]
        await page.set_input_files("input[type=file]", _file(*many, "林小红,终端用户,13922334455", _BAD))
        await page.get_by_role("button", name="只导入没有问题的 121 行").click()
        await expect(page.get_by_role("progressbar").first).to_be_visible()
        await page.reload()  # what is on its way goes on and stands in the list
        await expect(page.get_by_text("新建 121")).to_be_visible(timeout=30_000)
        await page.get_by_role("button", name="没有导入的 1 行").click()
        await expect(page.get_by_role("row").nth(1)).to_contain_text("电话号码不对")
        assert console.errors == []


async def test_an_import_is_taken_back_after_it_was_asked_once_more_and_says_what_stays(crm: Crm) -> None:
    async with chromium() as browser:
        console = await ConsolePage.open(browser, crm.url)
        await console.login("9001", crm.passwords["9001"])
        await console.go("/imports")
        page = console.page
        await page.set_input_files(
            "input[type=file]", _file("欧阳青,终端用户,13511112222", "欧阳兰,终端用户,13511113333")
        )
        await page.get_by_role("button", name="导入 2 行").click()
        progress = page.get_by_test_id("progress")
        await expect(progress).to_contain_text("新建 2")
        (green,) = (await console.get("/customers?q=欧阳青"))["items"]
        await console.send("POST", f"/customers/{green['id']}/notes", text="晚上再打")
        await progress.get_by_role("button", name="撤销本次导入").click()
        await expect(progress.get_by_text("新建的 2 条会删除")).to_be_visible()
        await expect(progress.get_by_role("button", name="保留")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(progress.get_by_role("button", name="撤销本次导入")).to_be_focused()
        assert len((await console.get("/customers?q=欧阳"))["items"]) == 2
        await page.keyboard.press("Enter")
        await progress.get_by_role("group").get_by_role("button", name="撤销本次导入").click()
        await expect(progress).to_contain_text("已撤销 1 行，留下 1 行", timeout=30_000)
        row = page.get_by_test_id("stayed").get_by_role("row").nth(1)
        await expect(row).to_contain_text("已有备注")
        await expect(progress.get_by_role("button", name="撤销本次导入")).to_have_count(0)
        await row.get_by_role("link", name="看档案").click()
        await expect(page).to_have_url(f"{crm.url}/customers/{green['id']}")
        assert [item["name"] for item in (await console.get("/customers?q=欧阳"))["items"]] == ["欧阳青"]
        assert console.errors == []
