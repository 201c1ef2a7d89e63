"""The database's shell: declarative base, column types, engine and sessions. No statement lives here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from sqlalchemy import DateTime, MetaData, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[str, mapped_column(String(32), primary_key=True, default=lambda: uuid4().hex)]


class Base(DeclarativeBase):
    """The one metadata of crm."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 SQLAlchemy reads it as a plain class attribute
        datetime: DateTime(timezone=True),
        str: Text(),
        dict[str, Any]: JSONB(),
        dict[str, str]: JSONB(),
        list[str]: JSONB(),
        list[dict[str, str]]: JSONB(),
        list[dict[str, Any]]: JSONB(),
    }


def make_engine(url: str, statement_timeout_ms: int) -> AsyncEngine:
    """Return an engine that connects when first used; a dead server is an error of the request, not of the start."""
    return create_async_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,  # errors are logged, and parameters are personal data
        connect_args={"connect_timeout": 3, "options": f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC"},
    )


def make_sessions(engine: AsyncEngine, info: Mapping[Any, Any]) -> async_sessionmaker[AsyncSession]:
    """Return the maker of sessions; who makes one decides when it commits (crm.web.transaction, crm.jobs).

    info: what every session has at hand in its own `info`.
    """
    return async_sessionmaker(engine, expire_on_commit=False, info=dict(info))


def milliseconds(moment: datetime) -> datetime:
    """Return the moment in UTC cut to whole milliseconds, the precision of every stored time."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def storable(value: Any) -> Any:
    """Return JSON whose texts PostgreSQL can hold: U+0000 and lone surrogates become U+FFFD."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
