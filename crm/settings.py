"""crm's settings, read from the environment and the file that $HOTLINE_ENV names."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from ivr.contract.hours import DEFAULT_HOURS
from liveness import marks


class Settings(BaseSettings):
    """What crm takes of the hotline's settings (docs/architecture.md)."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", extra="ignore")

    web_port: int = 8080
    desk_port: int = 8081
    commands_port: int = 8082
    database_url: str
    redis_url: str = ""
    internal_token: SecretStr
    cookie_secret: SecretStr
    first_admin_password: SecretStr = SecretStr("")
    clips_dir: Path
    recordings_dir: Path
    voicemail_dir: Path
    packs_dir: Path
    photos_dir: Path
    demo: bool = False
    keep_corrections: bool = True
    time_zone: str = "Asia/Shanghai"
    human_hours: str = DEFAULT_HOURS
    service_level_s: int = Field(default=20, ge=1)
    short_abandon_s: int = Field(default=5, ge=0)
    surge_waiting: int = Field(default=10, ge=0)
    danger_duty_s: int = Field(default=300, ge=30)
    follow_up_robot: bool = False
    follow_up_calls: int = Field(default=2, ge=1, le=20)
    statement_timeout_ms: int = Field(default=10_000, ge=100)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is given, then the environment, then the file that is named when the settings are read."""
        named = DotEnvSettingsSource(settings_cls, env_file=os.environ.get("HOTLINE_ENV"))
        return init_settings, env_settings, named if named.env_file else dotenv_settings, file_secret_settings

    @property
    def erasures_file(self) -> Path:
        """Return the re-erase list, which lies beside the recordings and outlives a restored database."""
        return self.recordings_dir.parent / "erasures.jsonl"

    @property
    def frozen_marks(self) -> Path:
        """Return where it is written which parts were killed because they were frozen."""
        return self.recordings_dir.parent / marks.FILE

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which days begin and times are shown."""
        return ZoneInfo(self.time_zone)


def load_settings() -> Settings:
    """Read the settings; raises pydantic.ValidationError naming what is missing."""
    return Settings.model_validate({})
