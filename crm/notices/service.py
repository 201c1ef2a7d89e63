"""Rules of notices: what may be said and for how long, and which of them a caller hears."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm import slots
from crm.database import milliseconds
from crm.errors import Conflict, Invalid, NotFound
from crm.notices import repository
from crm.notices.models import Notice
from crm.notices.schemas import NoticeChange, NoticeDraft, NoticeForm

LONGEST = timedelta(days=31)  # nobody should hear of last winter's frost
SHOWN = 100
_NEEDED = {"adcode": "请填区划代码", "area": "请填区域名称", "event": "请填发生了什么"}


async def create(session: AsyncSession, draft: NoticeDraft, actor: str, now: datetime) -> Notice:
    """Make a notice; raises Invalid."""
    _check(draft, now)
    notice = Notice(version=1, created_at=now)
    _fill(notice, draft, actor)
    await repository.add(session, notice)
    return notice


async def change(session: AsyncSession, notice_id: str, wanted: NoticeChange, actor: str, now: datetime) -> Notice:
    """Change a notice, or end it by an earlier end; raises NotFound, Invalid, Conflict."""
    notice = await repository.get(session, notice_id)
    if notice is None:
        raise NotFound("没有这条公告")
    if notice.version != wanted.version:
        raise Conflict("这条公告刚被别人改过，请看一下新内容再保存")
    _check(wanted, now)
    _fill(notice, wanted, actor)
    notice.version += 1
    return notice


def heard_at(notices: Sequence[Notice], address: Mapping[str, str]) -> Notice | None:
    """Return the notice of the narrowest division that the address lies in, None when it lies in none."""
    there = [item for item in notices if item.kind == "area" and lies_in(address, item.adcode, item.area)]
    return max(there, key=lambda item: len(item.adcode), default=None)


def lies_in(address: Mapping[str, str], adcode: str, name: str) -> bool:
    """Tell whether an address lies in a division: by its code as far as that is known, below that by the name."""
    known = address.get("adcode", "")
    if known.startswith(adcode):
        return True
    return adcode.startswith(known) and name in slots.region_text(address)


def form(notice: Notice, now: datetime) -> NoticeForm:
    """Return a notice for the page."""
    state = "coming" if now < notice.starts_at else "lasting" if now < notice.ends_at else "over"
    surge = notice.kind == "surge"
    return NoticeForm(
        id=notice.id, kind=notice.kind, adcode=notice.adcode, area=notice.area, event=notice.event,
        starts_at=notice.starts_at, ends_at=notice.ends_at, state=state, version=notice.version,
        spoken="现在来电较多" if surge else notice.area + notice.event, changed_by=notice.changed_by,
    )  # fmt: skip


def _check(draft: NoticeDraft, now: datetime) -> None:
    wrong = {}
    if draft.kind == "area":
        wrong = {name: text for name, text in _NEEDED.items() if not getattr(draft, name)}
    if draft.ends_at <= draft.starts_at:
        wrong["ends_at"] = "结束要晚于开始"
    elif draft.ends_at - draft.starts_at > LONGEST:
        wrong["ends_at"] = f"最长 {LONGEST.days} 天，到期可以再发"
    elif draft.ends_at < now - timedelta(minutes=1):
        wrong["ends_at"] = "结束时间已经过去"
    if wrong:
        fields = [{"field": name, "detail": text} for name, text in wrong.items()]
        raise Invalid("；".join(wrong.values()), fields=fields)


def _fill(notice: Notice, draft: NoticeDraft, actor: str) -> None:
    there = draft.kind == "area"
    notice.kind, notice.changed_by = draft.kind, actor
    notice.adcode, notice.area, notice.event = (
        (draft.adcode, draft.area, draft.event.replace("，", ",")) if there else ("", "", "")
    )
    notice.starts_at, notice.ends_at = milliseconds(draft.starts_at), milliseconds(draft.ends_at)
