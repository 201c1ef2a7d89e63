"""Rules of keeping accounts: make, change, disable, a new password; an administrator is always left."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts import repository
from crm.accounts.errors import AccountChanged, NoAccount, TooManyAttempts
from crm.accounts.models import Account
from crm.accounts.schemas import AccountChange, AccountForm, Role, Viewer
from crm.accounts.service import ATTEMPTS, Throttle, hash_password, verify_password
from crm.agents import repository as phones
from crm.agents.models import AgentPhone
from crm.audit.service import note
from crm.errors import Conflict, Invalid
from crm.events.service import EventKind, append, begin_writing
from crm.telephone import Telephone
from crm.transaction import ACTED_OUTSIDE
from crm.words import AGENT_STATES, QUEUES, ROLES, word
from ivr.contract.commands import CommandName

# without look-alikes (0 o, 1 l i): it is read from one screen and typed on another; 12 of 30 are 58 bits
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_CHANGED = "这个账号刚被别人改过，请看一下新内容再保存"


async def save(
    session: AsyncSession, telephone: Telephone, number: str, wanted: AccountChange, viewer: Viewer, now: datetime
) -> tuple[Account, str]:
    """Make the account (version 0) or change it; returns it and the password of a new one, else "".

    Raises NoAccount, AccountChanged, Conflict (extension taken, last administrator, own account), and the
    telephone's errors when somebody who is signed in is disabled.
    """
    seen = await repository.by_number(session, number)
    if seen is not None and seen.version == wanted.version and seen.active and not wanted.active:
        await _check_rights(session, seen, wanted, viewer)
        await _leave_queues(session, telephone, seen.extension, now)
    await begin_writing(session)
    account = await repository.locked(session, number)
    await _check_extension(session, wanted.extension, number)
    if account is None and wanted.version == 0:
        return await _create(session, number, wanted, viewer, now)
    if account is None:
        raise NoAccount("没有这个账号")
    if account.version != wanted.version:
        raise AccountChanged("这个工号已有人用" if wanted.version == 0 else _CHANGED)
    await _check_rights(session, account, wanted, viewer)
    await _change(session, account, wanted, viewer, now)
    return account, ""


async def reset(session: AsyncSession, number: str, viewer: Viewer, now: datetime) -> tuple[Account, str]:
    """Give the account a new password and end its log-ins; raises NoAccount."""
    account = await repository.locked(session, number)
    if account is None:
        raise NoAccount("没有这个账号")
    password = new_password()
    account.password_hash = await hash_password(password)
    await repository.delete_sessions_of(session, account.id)
    await note(session, viewer, "password_reset", "account", number, now)
    return account, password


async def change_own_password(
    session: AsyncSession, throttle: Throttle, viewer: Viewer, old: str, new: str, now: datetime
) -> None:
    """Take a new password of the person's own choice; log-ins end with it.

    Raises NoAccount for a program, TooManyAttempts, Invalid for a wrong old one or a poor new one.
    """
    account = await repository.locked(session, viewer.number) if viewer.id else None
    if account is None:
        raise NoAccount("程序没有密码")
    count, _ = await throttle.attempt(f"password {account.id}", now)
    if count > ATTEMPTS:
        raise TooManyAttempts("现在的密码连续输错，请 15 分钟后再试")
    if not await verify_password(old, account.password_hash):
        raise Invalid("现在的密码不对", fields=[{"field": "old", "detail": "现在的密码不对"}])
    if viewer.number.lower() in new.lower() or new == old:
        raise Invalid("新密码不能含工号，也不能和旧的一样", fields=[{"field": "new", "detail": "请换一个密码"}])
    await throttle.clear(f"password {account.id}")
    account.password_hash = await hash_password(new)
    await repository.delete_sessions_of(session, account.id)
    await note(session, viewer, "password_changed", "account", viewer.number, now)


async def forms(session: AsyncSession, accounts: Sequence[Account], now: datetime) -> list[AccountForm]:
    """Return accounts for the page, each with whether it is logged in and how its telephone stands."""
    present = await repository.logged_in(session, now)
    states = {phone.extension: phone for phone in await phones.everyone(session)}
    return [_form(item, item.id in present, states.get(item.extension)) for item in accounts]


def checked_number(number: str) -> str:
    """Return the 工号; raises Invalid unless it is letters and digits, at most 20."""
    if not re.fullmatch(r"[0-9A-Za-z]{1,20}", number):
        raise Invalid("工号只能是字母和数字，最多 20 位", fields=[{"field": "number", "detail": "只能是字母和数字"}])
    return number


def new_password() -> str:
    """Return a random password in three groups of four, e.g. "k7mq-x2hd-9vtw"."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _form(account: Account, present: bool, phone: AgentPhone | None) -> AccountForm:
    return AccountForm(
        number=account.number, name=account.name, roles=account.roles,
        role_names=[word(ROLES, role) for role in account.roles], extension=account.extension,
        queues=account.queues, queue_names=[word(QUEUES, queue) for queue in account.queues], active=account.active,
        logged_in=present, phone_state=phone.state if phone else "",
        phone_state_name=word(AGENT_STATES, phone.state) if phone else "", created_at=account.created_at,
        version=account.version,
    )  # fmt: skip


async def _create(
    session: AsyncSession, number: str, wanted: AccountChange, viewer: Viewer, now: datetime
) -> tuple[Account, str]:
    password = new_password()
    account = Account(number=number, password_hash=await hash_password(password), created_at=now, version=1)
    _fill(account, wanted)
    await repository.add(session, account)
    await note(session, viewer, "account_added", "account", number, now, detail=_told(account))
    await _tell_board(session, account.extension, now)
    return account, password


async def _change(
    session: AsyncSession, account: Account, wanted: AccountChange, viewer: Viewer, now: datetime
) -> None:
    old = account.extension
    if old != wanted.extension and await _signed_in(session, old):
        raise Conflict(
            f"分机 {old} 正签入着，请先签出再换分机",
            fields=[{"field": "extension", "detail": "请先签出再换分机"}],
        )
    if account.active and not wanted.active:
        await repository.delete_sessions_of(session, account.id)
    _fill(account, wanted)
    account.version += 1
    await note(session, viewer, "account_changed", "account", account.number, now, detail=_told(account))
    for extension in {old, account.extension}:
        await _tell_board(session, extension, now)


async def _check_rights(session: AsyncSession, account: Account, wanted: AccountChange, viewer: Viewer) -> None:
    if account.id == viewer.id and not wanted.active:
        raise Conflict("不能停用自己的账号")
    is_admin = account.active and Role.ADMIN in account.roles
    stays_admin = wanted.active and Role.ADMIN in wanted.roles
    if is_admin and not stays_admin and not await repository.others_with_role(session, Role.ADMIN, account.id):
        raise Conflict("这是最后一个管理员，请先设另一个管理员")


async def _leave_queues(session: AsyncSession, telephone: Telephone, extension: str, now: datetime) -> None:
    """Take who will be disabled out of the queues: before anything is written, as the fact of it may come at once."""
    if await _signed_in(session, extension):
        session.info[ACTED_OUTSIDE] = True  # commands are never sent twice
        await telephone.command(CommandName.AGENT_LOGOUT, {"agent": extension}, now)


async def _signed_in(session: AsyncSession, extension: str) -> bool:
    phone = await phones.get(session, extension) if extension else None
    return phone is not None and phone.state != "offline"


async def _check_extension(session: AsyncSession, extension: str, number: str) -> None:
    holder = await repository.by_extension(session, extension) if extension else None
    if holder is not None and holder.number != number:
        detail = f"分机 {extension} 已给 {holder.name}（工号 {holder.number}{'' if holder.active else '，已停用'}）"
        raise Conflict(detail, fields=[{"field": "extension", "detail": detail}])


async def _tell_board(session: AsyncSession, extension: str, now: datetime) -> None:
    if extension:
        await append(session, EventKind.AGENT, now, agent=extension)


def _fill(account: Account, wanted: AccountChange) -> None:
    account.name, account.extension, account.active = wanted.name.strip(), wanted.extension, wanted.active
    account.roles = [role.value for role in Role if role in wanted.roles]
    account.queues = [queue for queue in QUEUES if queue in wanted.queues]


def _told(account: Account) -> str:
    roles = "、".join(word(ROLES, role) for role in account.roles)
    phone = f"，分机 {account.extension}" if account.extension else ""
    return f"{account.name}：{roles}{phone}{'' if account.active else '，停用'}"
