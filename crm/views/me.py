"""The agent's own state as the page shows it."""

from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.agents import repository
from crm.agents.schemas import Me, Today
from crm.calls import repository as calls
from crm.lens import Lens
from crm.views import calls as call_views
from crm.views.board import day_start
from crm.words import AGENT_STATES


async def me(session: AsyncSession, lens: Lens, zone: ZoneInfo) -> Me:
    """Return who is logged in. A program has no telephone and is offline."""
    viewer = lens.viewer
    phone = await repository.get(session, viewer.extension) if viewer.extension else None
    state = phone.state if phone else "offline"
    live = last = ""
    figures: tuple[int, int, int | None] = (0, 0, None)
    if viewer.extension:
        live = await repository.live_contact(session, viewer.extension)
        last = await repository.last_contact(session, viewer.extension)
        figures = await repository.figures(session, viewer.extension, day_start(lens.now, zone))
    found = await calls.contacts_by_id(session, [last] if last else [])
    rows = await call_views.rows(session, found, lens)
    return Me(
        account=viewer.id,
        number=viewer.number,
        name=viewer.name,
        roles=sorted(viewer.roles),
        extension=viewer.extension,
        queues=phone.queues if phone and phone.queues else list(viewer.queues),
        state=state,
        state_name=AGENT_STATES[state],
        reason=phone.reason if phone else "",
        since=phone.since if phone else None,
        signed_in=state != "offline",
        signed_in_since=phone.signed_in_since if phone else None,
        contact=live,
        last_call=rows[0] if rows else None,
        today=Today(answered=figures[0], missed=figures[1], average_talk_ms=figures[2]),
    )
