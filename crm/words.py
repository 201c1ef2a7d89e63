"""The console's words for the constants of contacts, queues, agents and tickets (ux 9); pure."""

from collections.abc import Mapping

QUEUES: Mapping[str, str] = {"emergency": "紧急", "repair": "维修", "complaint": "投诉", "consult": "咨询"}
AGENT_STATES: Mapping[str, str] = {
    "ready": "就绪",
    "ringing": "振铃",
    "talking": "通话中",
    "wrapup": "话后处理",
    "paused": "示忙",
    "unreachable": "联系不上",
    "offline": "未签入",
}
ROLES: Mapping[str, str] = {
    "agent": "坐席",
    "dispatcher": "派单员",
    "supervisor": "班长",
    "quality": "质检员",
    "auditor": "审计员",
    "admin": "管理员",
}
PAUSE_REASONS = ("小休", "用餐", "会议", "培训", "外呼", "设备故障")
CUSTOMER_KINDS: Mapping[str, str] = {
    "owner": "终端用户",
    "dealer": "经销商",
    "contractor": "工程商",
    "outlet": "维修网点",
}
PRODUCT_CLASSES: Mapping[str, str] = {"boiler": "壁挂炉", "other": "其他设备", "unknown": "未知产品"}
SAFETY: Mapping[str, str] = {
    "gas": "疑似燃气泄漏",
    "co": "疑似一氧化碳中毒",
    "fire": "着火",
    "electric": "漏电",
    "unknown": "紧急情况",
}
CONTACT_OUTCOMES: Mapping[str, str] = {
    "": "",
    "talked": "已接听",
    "reported": "已自助报单",
    "served": "已自助办结",
    "callback": "约好回电",
    "abandoned": "放弃",
    "hung_up": "中途挂断",
    "voicemail": "留言",
    "missed": "未说来意",
    "handed_over_lost": "转接丢失",
    "cut": "线路中断",
    "uncertain": "不确定",
}
VISIT_OUTCOMES: Mapping[str, str] = {
    "": "",
    "answered": "已接听",
    "abandoned": "放弃",
    "timeout": "排队超时",
    "key": "按键离开",
    "full": "队列已满",
    "empty": "无人值守",
    "uncertain": "不确定",
}
TICKET_OUTCOMES: Mapping[str, str] = {
    "": "",
    "reported": "已报单",
    "handed_over": "已转人工",
    "hung_up": "中途挂断",
    "self_resolved": "自查恢复",
    "solved": "来电人说已解决",
    "unconfirmed": "已答复,没说解决没有",
    "cancelled_by_caller": "来电人取消",
    "voicemail": "留言",
}
LANGUAGES: Mapping[str, str] = {"yue": "说粤语"}
CALLBACK_REASONS: Mapping[str, str] = {
    "hung_up": "中途挂断",
    "abandoned": "排队放弃",
    "asked": "要求回拨",
    "voicemail": "留言",
    "no_agent": "无人接听",
    "cut": "线路中断",
    "danger": "留言说有危险",
    "supervisor": "主管回电",
}
CALLBACK_RESULTS: Mapping[str, str] = {
    "": "",
    "reached": "已接通",
    "no_answer": "无人接听",
    "wrong_number": "号码不对",
    "not_needed": "不用回拨",
}
TURN_CAUSES: Mapping[str, str] = {
    "success": "听到",
    "no-match": "未听清",
    "no-input-timeout": "未说",
    "hung-up": "挂断",
    "recognizer-error": "识别出错",
    "media-failed": "语音服务中断",
}
EVIDENCE: Mapping[str, str] = {
    "crm_confirmed": "档案",
    "voice_confirmed": "来电人已确认",
    "dtmf": "按键输入",
    "unverified": "待核实",
    "verified": "已核实",
    "missing": "未说",
    "unheard": "未听清，有原声",
}
NODES: Mapping[str, str] = {  # a node's title is that of its longest known beginning
    "opening": "开场",
    "main_menu": "主菜单",
    "consult": "咨询",
    "complaint": "投诉建议",
    "repair": "维修申报",
    "one_breath": "维修申报",
    "fault": "故障代码",
    "symptom": "故障现象",
    "advice": "自查",
    "address": "地址",
    "visit": "上门时间",
    "contact": "联系电话",
    "purchase": "购买日期",
    "invoice": "凭证",
    "vulnerable": "老幼病人",
    "return": "退换",
    "summary": "复述",
    "request": "办理",
    "emergency": "紧急",
    "my_ticket": "查单",
    "to_agent": "转人工",
    "queue": "排队",
    "voicemail": "留言",
    "resume": "接上次",
}


def word(table: Mapping[str, str], key: str) -> str:
    """Return the word of a constant; an unknown constant is shown as it is."""
    return table.get(key, key)


def queue_name(queue: str) -> str:
    """Return the queue's Chinese name."""
    return word(QUEUES, queue)


def node_title(node: str) -> str:
    """Return what a flow's node is called on the pages."""
    known = [start for start in NODES if node == start or node.startswith(f"{start}_")]
    return NODES[max(known, key=len)] if known else node
