"""An auditor sees what was done on a visit and what it cost, not whom it was about."""

from crm.bootstrap import Process
from crm.views.tickets import COVERED
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, given_staff
from tests.unit.crm.visits.test_told_for_another import told
from tests.unit.crm.visits.world import ask, given_visit

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
TOLD = {"cause": "陈家水压低", "result_note": "陈太签收", "charge_reason": "陈太是老客户"}


async def test_words_and_photos_are_covered_for_who_may_not_see_people(
    process: Process, page: Opener, clock: Clock
) -> None:
    await given_staff(process, clock)
    async with page("9001") as lead, page("7003") as auditor, page("7002") as quality:
        visit = await given_visit(lead)
        path = f"{API}/visits/{visit['id']}"
        photo = (await lead.put(f"{path}/photos", content=PNG)).json()
        done = await told(lead, visit, 200, charged_fen=8000, fee_agreed=True, **TOLD)
        assert done["photos"] == [photo]
        seen = await ask(auditor, "GET", f"/visits/{visit['id']}")
        words = {name: seen[name] for name in (*TOLD, "signed_by")}
        assert words == dict.fromkeys(words, COVERED)
        assert (seen["photos"], seen["late_reason"], seen["charged_fen"]) == ([], "", 8000)
        listed = await ask(auditor, "GET", f"/visits?ticket={visit['ticket']}")
        assert "陈" not in str(listed)
        assert (await auditor.get(photo["url"])).status_code == 403
        assert (await quality.get(photo["url"])).status_code == 200
