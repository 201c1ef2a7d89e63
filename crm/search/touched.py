"""Notes in a transaction whose search terms must be made anew before it commits. crm.events does it for every event."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

_TOUCHED = "search_touched"  # key of AsyncSession.info


def touch(session: AsyncSession, *, tickets: Iterable[str] = (), customers: Iterable[str] = ()) -> None:
    """Note tickets and customers whose texts changed, or may have; "" is nobody."""
    held: tuple[set[str], set[str]] = session.info.setdefault(_TOUCHED, (set(), set()))
    held[0].update(filter(None, tickets))
    held[1].update(filter(None, customers))


def take(session: AsyncSession) -> tuple[set[str], set[str]]:
    """Return the tickets and customers noted, and forget them."""
    held: tuple[set[str], set[str]] = session.info.pop(_TOUCHED, (set(), set()))
    return held
