"""crm's settings over a private database, and its tables without a row."""

from pathlib import Path

from sqlalchemy import create_engine

from crm.models import Base
from crm.settings import Settings

PASSWORD = "correct horse"
INTERNAL_TOKEN = "internal"


def emptied(database_url: str) -> str:
    """Delete every row; returns the address again."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()
    return database_url


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
