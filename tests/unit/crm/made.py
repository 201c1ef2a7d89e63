"""crm's settings over a private database, and its tables without a row."""

from functools import cache
from pathlib import Path

import psycopg

from crm.models import Base
from crm.settings import Settings

PASSWORD = "correct horse"
INTERNAL_TOKEN = "internal"


def emptied(database_url: str) -> str:
    """Delete every row; returns the address again."""
    with psycopg.connect(database_url.replace("postgresql+psycopg://", "postgresql://")) as connection:
        connection.execute(_emptying())  # all in one message: asked for each table, it was most of a short test
    return database_url


@cache
def _emptying() -> bytes:
    return ";".join(str(table.delete()) for table in reversed(Base.metadata.sorted_tables)).encode()


def settings_of(database_url: str, folder: Path) -> Settings:
    """Return settings whose files lie below `folder`."""
    for name in ("clips", "recordings", "voicemail"):
        (folder / name).mkdir()
    return Settings.model_validate(
        {
            "database_url": database_url,
            "internal_token": INTERNAL_TOKEN,
            "cookie_secret": "cookie",
            "first_admin_password": PASSWORD,
            "clips_dir": folder / "clips",
            "recordings_dir": folder / "recordings",
            "voicemail_dir": folder / "voicemail",
            "packs_dir": folder / "packs",
            "photos_dir": folder / "photos",
        }
    )
