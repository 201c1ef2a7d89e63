"""Tables of accounts, their sessions, programs' tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Account(Base):
    """A person. number is the 工号; extension "" means no telephone of their own; never deleted, only not active."""

    __tablename__ = "accounts"
    __table_args__ = (Index("uq_accounts_extension", "extension", unique=True, postgresql_where="extension <> ''"),)

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    roles: Mapped[list[str]]
    password_hash: Mapped[str]
    extension: Mapped[str] = mapped_column(default="")
    queues: Mapped[list[str]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Session(Base):
    """A browser's log-in; only the keyed hash of its cookie is stored."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Token(Base):
    """A program's bearer token; only its keyed hash is stored."""

    __tablename__ = "tokens"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
