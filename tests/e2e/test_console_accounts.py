"""The accounts page in a real Chromium: a colleague is made, logs in with what is shown once, is disabled at once."""

from playwright.async_api import Browser, expect

from tests.e2e.console_crm import Crm, open_at
from tests.e2e.console_page import ConsolePage


async def test_a_colleague_is_made_logs_in_and_is_disabled(crm: Crm, browser: Browser) -> None:
    console, admin = await open_at(crm, browser, "admin", "/users")
    await admin.get_by_role("link", name="新建账号").click()
    form = admin.get_by_role("form", name="新建账号")
    await form.get_by_label("工号").fill("8002")
    await form.get_by_label("姓名").fill("王敏")
    await form.get_by_label("分机").fill("8001")
    await admin.reload()  # what was typed is still there
    await expect(form.get_by_label("姓名")).to_have_value("王敏")
    await expect(form).to_contain_text("缺：角色、队列")
    await form.get_by_label("坐席").check()
    await form.get_by_label("维修").check()
    await form.get_by_label("姓名").press("Control+s")
    await expect(form.get_by_role("alert")).to_contain_text("分机 8001 已给 李明")
    await form.get_by_label("分机").fill("8002")
    await form.get_by_role("button", name="建账号").click()
    password = await admin.get_by_test_id("shown-once").inner_text()
    await expect(admin.get_by_role("link", name="8002", exact=True)).to_be_visible()

    colleague = await ConsolePage.open(browser, crm.url)
    await colleague.login("8002", password)
    await colleague.go("/me")
    await colleague.page.get_by_label("现在的密码").fill(password)
    await colleague.page.get_by_label("新密码").fill("shunde-2026-zima")
    await colleague.page.get_by_role("button", name="换成新密码").click()
    await expect(colleague.page.get_by_role("status").filter(has_text="密码已换")).to_be_visible()
    await colleague.go_ready()

    await admin.get_by_role("link", name="8002", exact=True).click()
    await admin.get_by_role("button", name="停用").click()
    await admin.get_by_role("button", name="停用 王敏").click()
    await expect(admin.get_by_role("row").filter(has_text="王敏")).to_contain_text("停用")
    await expect(colleague.page.get_by_role("button", name="重新登录")).to_be_visible()
    assert [*console.errors, *colleague.errors] == []


async def test_who_is_no_administrator_does_not_see_it(crm: Crm, browser: Browser) -> None:
    _, page = await open_at(crm, browser, "9001", "/users")
    await expect(page.get_by_text("您没有查看此页的权限，需要：管理员")).to_be_visible()
