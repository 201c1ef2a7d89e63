"""SQL of accounts, sessions and tokens."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.models import Account, Session, Token


async def by_number(session: AsyncSession, number: str) -> Account | None:
    """Return the account with this 工号."""
    return (await session.execute(select(Account).where(Account.number == number))).scalar_one_or_none()


async def locked(session: AsyncSession, number: str) -> Account | None:
    """Return the account with this 工号, locked until the transaction ends."""
    query = select(Account).where(Account.number == number).with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def everybody(session: AsyncSession) -> Sequence[Account]:
    """Return all accounts, the active ones first, by 工号."""
    query = select(Account).order_by(Account.active.desc(), Account.number)
    return (await session.execute(query)).scalars().all()


async def others_with_role(session: AsyncSession, role: str, account_id: str) -> Sequence[Account]:
    """Return the other active accounts that hold the role, locked so that two cannot give it up at once."""
    query = select(Account).where(Account.active, Account.roles.contains([role])).order_by(Account.id).with_for_update()
    return [item for item in (await session.execute(query)).scalars() if item.id != account_id]


async def logged_in(session: AsyncSession, now: datetime) -> frozenset[str]:
    """Return the ids of the accounts that have a log-in now."""
    query = select(Session.account_id).where(Session.expires_at > now).distinct()
    return frozenset((await session.execute(query)).scalars())


async def by_id(session: AsyncSession, account_id: str) -> Account | None:
    """Return the account with this id."""
    return await session.get(Account, account_id)


async def by_extension(session: AsyncSession, extension: str) -> Account | None:
    """Return whose telephone this is."""
    return (
        await session.execute(select(Account).where(Account.extension == extension, Account.extension != ""))
    ).scalar_one_or_none()


async def with_extension(session: AsyncSession) -> Sequence[Account]:
    """Return the active accounts that have a telephone."""
    query = select(Account).where(Account.extension != "", Account.active).order_by(Account.number)
    return (await session.execute(query)).scalars().all()


async def names(session: AsyncSession, ids: Collection[str]) -> Mapping[str, str]:
    """Return the names of these accounts by id."""
    if not ids:
        return {}
    rows = await session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def names_by_extension(session: AsyncSession, extensions: Collection[str]) -> Mapping[str, str]:
    """Return the names of whoever has these telephones."""
    wanted = {extension for extension in extensions if extension}
    if not wanted:
        return {}
    rows = await session.execute(select(Account.extension, Account.name).where(Account.extension.in_(wanted)))
    return {row.extension: row.name for row in rows}


async def add(session: AsyncSession, thing: Account | Session | Token) -> None:
    """Insert a row."""
    session.add(thing)
    await session.flush()


async def account_of_session(session: AsyncSession, token_hash: str, now: datetime) -> Account | None:
    """Return the active account whose unexpired log-in this is."""
    query = (
        select(Account)
        .join(Session, Session.account_id == Account.id)
        .where(Session.token_hash == token_hash, Session.expires_at > now, Account.active)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def delete_session(session: AsyncSession, token_hash: str) -> None:
    """End a log-in."""
    await session.execute(delete(Session).where(Session.token_hash == token_hash))


async def delete_sessions_of(session: AsyncSession, account_id: str) -> None:
    """End all log-ins of an account."""
    await session.execute(delete(Session).where(Session.account_id == account_id))


async def delete_expired_sessions(session: AsyncSession, now: datetime) -> None:
    """Forget log-ins that are over."""
    await session.execute(delete(Session).where(Session.expires_at <= now))


async def token(session: AsyncSession, token_hash: str) -> Token | None:
    """Return the unrevoked token with this hash."""
    query = select(Token).where(Token.token_hash == token_hash, Token.revoked_at.is_(None))
    return (await session.execute(query)).scalar_one_or_none()


async def revoke_tokens(session: AsyncSession, name: str, now: datetime) -> None:
    """Revoke the tokens of this name."""
    await session.execute(update(Token).where(Token.name == name, Token.revoked_at.is_(None)).values(revoked_at=now))
