"""Rules of agents' phones: what the agent asks for goes to ivr as a command; the state comes back as a fact."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts import repository as accounts
from crm.accounts.schemas import Viewer
from crm.accounts.service import viewer as viewer_of
from crm.agents import repository
from crm.agents.errors import NoTelephone, TelephoneTaken
from crm.events.service import EventKind, append, begin_writing
from crm.telephone import Telephone
from crm.transaction import ACTED_OUTSIDE
from ivr.contract.commands import CommandName


async def sign_in(
    session: AsyncSession, telephone: Telephone, viewer: Viewer, extension: str, queues: Sequence[str], now: datetime
) -> Viewer:
    """Sign the agent in to the queues at a telephone; returns the viewer as they are now.

    Raises NoTelephone, TelephoneTaken, TelephonyRefused, TelephonyUnavailable: then nothing has changed here.
    """
    account = await accounts.by_id(session, viewer.id) if viewer.id else None
    if account is None or not (extension or account.extension):
        raise NoTelephone("这个账号没有分机，请班长先设置")
    if extension and extension != account.extension:
        holder = await accounts.by_extension(session, extension)
        if holder is not None:
            raise TelephoneTaken(f"分机 {extension} 正由 {holder.name} 使用")
        account.extension = extension
    wanted = list(queues) or list(account.queues)
    args = {"agent": account.extension, "queues": ",".join(wanted)}
    session.info[ACTED_OUTSIDE] = True  # commands are never sent twice
    await telephone.command(CommandName.AGENT_LOGIN, args, now)
    await begin_writing(session)  # the fact of this very log-in may be writing the same row
    phone = await repository.get_or_add(session, account.extension)
    phone.queues = wanted
    await append(session, EventKind.AGENT, now, agent=account.extension)
    return viewer_of(account)


async def sign_out(telephone: Telephone, viewer: Viewer, now: datetime) -> None:
    """Take the agent out of all queues."""
    await telephone.command(CommandName.AGENT_LOGOUT, {"agent": extension_of(viewer)}, now)


async def ready(telephone: Telephone, viewer: Viewer, now: datetime) -> None:
    """Ask for calls."""
    await telephone.command(CommandName.AGENT_READY, {"agent": extension_of(viewer)}, now)


async def pause(telephone: Telephone, viewer: Viewer, reason: str, now: datetime) -> None:
    """Ask for no calls, with a reason."""
    await telephone.command(CommandName.AGENT_PAUSE, {"agent": extension_of(viewer), "reason": reason}, now)


def extension_of(viewer: Viewer) -> str:
    """Return the viewer's telephone; raises NoTelephone."""
    if not viewer.extension:
        raise NoTelephone("这个账号没有分机，请班长先设置")
    return viewer.extension
