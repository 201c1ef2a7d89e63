"""Writing the audit log: each view of a recording or personal file, each export, erasure and setting is one entry."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.audit import repository
from crm.audit.models import AuditEntry

ACTIONS = {
    "recording_played": "听录音",
    "clip_played": "听原声",
    "customer_seen": "看客户档案",
    "ticket_seen": "看工单",
    "ticket_given": "工单归到客户",
    "ticket_taken": "工单从客户移走",
    "call_seen": "看通话",
    "callbacks_seen": "看回拨号码",
    "followups_seen": "看回访号码",
    "gas_phone_saved": "改燃气抢修电话",
    "gas_phone_removed": "删除燃气抢修电话",
    "number_shown": "显示完整号码",
    "unwanted_call": "回拨勿呼号码",
    "person_exported": "导出个人资料",
    "person_erased": "删除个人资料",
    "list_exported": "导出列表",
    "table_imported": "导入表格",
    "import_undone": "撤销导入",
    "rules_added": "改规则",
    "notice_saved": "发或改公告",
    "stock_moved": "出入库",
    "stock_marked": "设低库存线",
    "part_saved": "改备件",
    "price_added": "加价格",
    "partner_saved": "改购机数",
    "clock_paused": "暂停计时",
    "clock_resumed": "恢复计时",
    "channel_added": "添加留言渠道",
    "channel_removed": "删除留言渠道",
    "webhook_added": "添加推送地址",
    "webhook_removed": "删除推送地址",
    "webhook_on": "启用推送地址",
    "webhook_off": "停用推送地址",
    "webhook_again": "重新推送",
    "audit_seen": "看审计记录",
    "account_added": "新建账号",
    "account_changed": "改账号",
    "password_reset": "重设密码",
    "password_changed": "改自己的密码",
}


async def note(
    session: AsyncSession,
    viewer: Viewer,
    action: str,
    subject_kind: str,
    subject: str,
    now: datetime,
    *,
    detail: str = "",
    reason: str = "",
) -> None:
    """Write down who did what, in the transaction of the request itself: no answer without its entry."""
    entry = AuditEntry(
        at=now,
        actor=f"程序 {viewer.name}" if viewer.program else viewer.number,
        actor_name=viewer.name,
        action=action,
        subject_kind=subject_kind,
        subject=subject,
        detail=detail,
        reason=reason,
    )
    await repository.add(session, entry)
