"""Rules of accounts: passwords by argon2, log-in with throttling, sessions, tokens, the first administrator."""

import asyncio
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts import repository
from crm.accounts.errors import TooManyAttempts, WrongPassword
from crm.accounts.models import Account, Session, Token
from crm.accounts.schemas import Role, Viewer
from crm.errors import Forbidden
from crm.words import ROLES, word

SESSION_LIFE = timedelta(hours=12)
ATTEMPTS = 5
LOCK = timedelta(minutes=15)
FIRST_ADMIN = "admin"

_passwords = PasswordHash((Argon2Hasher(),))
_NOBODY = _passwords.hash(secrets.token_hex())  # so that an unknown number takes as long as a wrong password


class Throttle(Protocol):
    """Counts attempts per key within LOCK. Works without Redis too."""

    async def attempt(self, key: str, now: datetime) -> tuple[int, datetime]:
        """Count one attempt; returns how many there were and when the count begins anew."""

    async def clear(self, key: str) -> None:
        """Forget the attempts."""


async def hash_password(password: str) -> str:
    """Return the argon2id hash, made outside the event loop."""
    return await asyncio.to_thread(_passwords.hash, password)


async def verify_password(password: str, stored: str) -> bool:
    """Tell whether the hash is the password's; counted outside the event loop."""
    return await asyncio.to_thread(_passwords.verify, password, stored)


async def log_in(
    session: AsyncSession, throttle: Throttle, *, number: str, password: str, now: datetime, zone: ZoneInfo
) -> Account:
    """Return the account; raises WrongPassword or TooManyAttempts with the words for the page."""
    account = await repository.by_number(session, number)  # first: without a database no attempt is counted
    key = hashlib.sha256(number.encode()).hexdigest()
    count, until = await throttle.attempt(key, now)
    locked = TooManyAttempts(
        f"连续输错 {ATTEMPTS} 次，已锁定 15 分钟（{until.astimezone(zone):%H:%M} 解锁）。急用请找班长"
    )
    if count > ATTEMPTS:
        raise locked
    stored = account.password_hash if account else _NOBODY
    right = await verify_password(password, stored)
    if account is None or not right or not account.active:
        if count >= ATTEMPTS:
            raise locked
        raise WrongPassword(f"工号或密码不对，还可以试 {ATTEMPTS - count} 次")
    await throttle.clear(key)
    return account


async def open_session(session: AsyncSession, account: Account, secret: str, now: datetime) -> str:
    """Begin a log-in and return the cookie's value; only its hash is stored."""
    value = secrets.token_urlsafe(32)
    await repository.delete_expired_sessions(session, now)
    await repository.add(
        session,
        Session(
            token_hash=keyed_hash(secret, value), account_id=account.id, created_at=now, expires_at=now + SESSION_LIFE
        ),
    )
    return value


async def end_session(session: AsyncSession, cookie: str, secret: str) -> None:
    """End a log-in; an unknown cookie is no error."""
    await repository.delete_session(session, keyed_hash(secret, cookie))


async def viewer_of_session(session: AsyncSession, cookie: str, secret: str, now: datetime) -> Viewer | None:
    """Return who this cookie belongs to, None when it is unknown, expired or disabled."""
    account = await repository.account_of_session(session, keyed_hash(secret, cookie), now)
    return viewer(account) if account else None


async def viewer_of_token(session: AsyncSession, value: str, secret: str) -> Viewer | None:
    """Return the program this bearer token belongs to."""
    token = await repository.token(session, keyed_hash(secret, value))
    if token is None:
        return None
    return Viewer(id="", number="", name=token.name, roles=frozenset({token.role}), program=True)


def viewer(account: Account) -> Viewer:
    """Return the account as the one who asks."""
    return Viewer(
        id=account.id,
        number=account.number,
        name=account.name,
        roles=frozenset(account.roles),
        extension=account.extension,
        queues=tuple(account.queues),
    )


async def make_token(session: AsyncSession, *, name: str, role: Role, secret: str, now: datetime) -> str:
    """Make the one bearer token of this name, revoking an older one; returns it, shown once."""
    value = secrets.token_urlsafe(32)
    await repository.revoke_tokens(session, name, now)
    await repository.add(
        session, Token(token_hash=keyed_hash(secret, value), name=name, role=role.value, created_at=now)
    )
    return value


async def ensure_account(
    session: AsyncSession,
    *,
    number: str,
    name: str,
    roles: tuple[Role, ...],
    password: str,
    now: datetime,
    extension: str = "",
    queues: tuple[str, ...] = (),
    reset_password: bool = False,
) -> Account:
    """Make the account unless it exists; with reset_password an existing one gets the password and is logged out."""
    account = await repository.by_number(session, number)
    if account is None:
        account = Account(
            number=number,
            name=name,
            roles=[role.value for role in roles],
            password_hash=await hash_password(password),
            extension=extension,
            queues=list(queues),
            active=True,
            created_at=now,
        )
        await repository.add(session, account)
    elif reset_password:
        account.password_hash = await hash_password(password)
        await repository.delete_sessions_of(session, account.id)
    return account


async def ensure_first_admin(session: AsyncSession, password: str, now: datetime) -> None:
    """Make the first administrator from the settings, once."""
    if password:
        await ensure_account(
            session, number=FIRST_ADMIN, name="管理员", roles=(Role.ADMIN, Role.SUPERVISOR), password=password, now=now
        )


def require(viewer: Viewer, *roles: Role) -> None:
    """Raise Forbidden unless the viewer holds one of the roles."""
    if not viewer.has(*roles):
        wanted = "或".join(word(ROLES, role) for role in roles)
        raise Forbidden(f"您没有查看此页的权限，需要：{wanted}")


def keyed_hash(secret: str, value: str) -> str:
    """Return what is stored of a cookie or token."""
    return hmac.new(secret.encode(), value.encode(), hashlib.sha256).hexdigest()
