"""Idempotency-Key: a POST sent twice (a lost answer, a double press) is done once and answered twice alike.

The key's row is written in the request's own transaction: it exists exactly when what was asked is committed. A second
sending that comes meanwhile waits at the row's unique key, then gets the first one's answer.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base
from crm.errors import Conflict, Invalid

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
_MOST = 200
PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": f"^[ -~]{{1,{_MOST}}}$"},
    "description": "Chosen by the sender, one per submission. The same key, path, body and person within 24 h get the "
    "first answer again, with Idempotency-Replayed: true; another body is 409 idempotency_key_reused.",
}


class IdempotencyKey(Base):
    """A request that was done: whose key, the hash of its body, and its answer."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(primary_key=True)  # hash of who, where and the key: no key in clear
    body_hash: Mapped[str]
    status: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)


class KeyReused(Conflict):
    """The key was sent before with another body."""

    code = "idempotency_key_reused"


def scope_of(key: str, credentials: str, path: str) -> str:
    """Return under what a key is kept; raises Invalid for a key that is no short printable text."""
    if len(key) > _MOST or not key.isascii() or not key.isprintable():
        raise Invalid(f"{HEADER} 只能是 {_MOST} 个以内的可见字符", code="bad_idempotency_key")
    return hashlib.sha256("\n".join((credentials, path, key)).encode()).hexdigest()


async def claim(session: AsyncSession, scope: str, body: bytes, now: datetime) -> IdempotencyKey | None:
    """Return the earlier request of this key, None when this one is the first; raises KeyReused for another body."""
    body_hash = hashlib.sha256(body).hexdigest()
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT))
    row = insert(IdempotencyKey).values(scope=scope, body_hash=body_hash, status=0, answer="", created_at=now)
    taken = await session.execute(row.on_conflict_do_nothing().returning(IdempotencyKey.scope))
    if taken.first() is not None:
        return None
    held = (await session.execute(select(IdempotencyKey).where(IdempotencyKey.scope == scope))).scalar_one()
    if held.body_hash != body_hash:
        raise KeyReused("这个提交编号已用于另一份内容，请刷新页面后再提交")
    return held


async def keep_answer(session: AsyncSession, scope: str, status: int, answer: bytes) -> None:
    """Write down what was answered, in the same transaction as what was done."""
    held = await session.get_one(IdempotencyKey, scope)
    held.status, held.answer = status, answer.decode()
