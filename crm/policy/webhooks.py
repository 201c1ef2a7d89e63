"""Signature and patience of webhooks; pure."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta

KINDS: Mapping[str, str] = {
    "ticket": "工单",
    "contact": "来电",
    "callback": "回拨",
    "customer": "客户",
    "clock": "时限",
    "alarm": "报警",
}
STATES: Mapping[str, str] = {"taken": "已送到", "failing": "没有送到", "waiting": "待推送"}
_FAILURES: Mapping[str, str] = {
    "ConnectError": "连不上对方，请检查地址、网络和证书",
    "ConnectTimeout": "连接对方超时",
    "ReadTimeout": "对方没有按时回答",
    "WriteTimeout": "对方没有按时收下",
    "PoolTimeout": "同时推送太多，没有轮到",
    "RemoteProtocolError": "对方没有回答就断开了",
    "ReadError": "对方回答时断开了",
    "WriteError": "对方没有收完就断开了",
}
_ANSWERS: Mapping[int, str] = {
    400: "对方说内容不对",
    401: "对方要求登录",
    403: "对方拒绝接收",
    404: "对方没有这个地址",
    405: "这个地址不接受推送",
    410: "对方已停用这个地址",
    413: "对方说内容太大",
    429: "对方说推送太快",
}
_CLASSES: Mapping[int, str] = {3: "对方转到别的地址，请直接填新地址", 5: "对方的程序出错"}
_WAITS_S = (5, 30, 120, 600, 3600)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return "v1=" and the hex HMAC-SHA256 over "<timestamp>.<body>"; the receiver computes the same and compares."""
    signed = f"{timestamp}.".encode() + body
    return f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row; an hour at most, for ever."""
    return timedelta(seconds=_WAITS_S[min(failures, len(_WAITS_S)) - 1])


def failure_text(result: str) -> str:
    """Return what a person reads of the last try: "" = it was taken, "HTTP 503" or the name of httpx's error."""
    if not result:
        return ""
    name, _, code = result.partition(" ")
    if name != "HTTP":
        return _FAILURES.get(result, f"没有送到（{result}）")
    status = int(code)
    return f"{_ANSWERS.get(status) or _CLASSES.get(status // 100, '对方没有接收')}（HTTP {status}）"


def delivery_state(seq: int, taken_to: int, first_untaken: int, failures: int) -> str:
    """Return where an event stands, a key of STATES: only the oldest untaken one is tried, the later ones wait."""
    if seq <= taken_to:
        return "taken"
    return "failing" if failures and seq == first_untaken else "waiting"
