"""What ivr takes of the settings file (`HOTLINE_*`)."""

import os
from datetime import timedelta
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.contract.hours import DEFAULT_HOURS
from ivr.dialplan.limits import Limits


class Settings(BaseSettings):
    """ivr's settings; secrets never show in a repr."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", extra="ignore", frozen=True)

    home: Path
    node: str = Field(default="ivr-1", pattern=r"^[a-z0-9-]{1,32}$")
    desk_port: int = Field(ge=1, le=65535)
    commands_port: int = Field(ge=1, le=65535)
    audiosocket_port: int = Field(ge=1, le=65535)
    agi_port: int = Field(ge=1, le=65535)
    ami_port: int = Field(ge=1, le=65535)
    ami_user: str
    ami_secret: str = Field(repr=False)
    internal_token: str = Field(min_length=8, repr=False)
    speech_socket: Path
    prompts_dir: Path
    clips_dir: Path
    recordings_dir: Path
    voicemail_dir: Path
    journal_dir: Path
    packs_dir: Path | None = None
    time_zone: str = "Asia/Shanghai"
    human_hours: str = DEFAULT_HOURS
    demo: bool = Field(default=False, description="the demo profile: example rows may be spoken")
    wait_every_s: int = Field(default=Limits().wait_every_s, description="between two beats of a waiting caller")
    emergency_timeout_s: int = Field(default=Limits().emergency_timeout_s, description="in the emergency queue")
    emergency_hold_s: int = Field(
        default=Limits().emergency_hold_s, description="an agent is held for a caller in danger"
    )
    max_calls: int = Field(default=30, ge=1, description="calls at once")
    stop_s: float = Field(default=5.0, ge=0, le=600, description="how long dialogues may go on after SIGTERM")

    @property
    def longest_hold(self) -> timedelta:
        """How long an agent is held for one caller: never shorter than that caller is in the queue."""
        return timedelta(seconds=max(self.emergency_hold_s, self.emergency_timeout_s))

    @property
    def packs(self) -> Path:
        """Folder of the packs."""
        return self.packs_dir or self.home / "packs"

    @property
    def queue_log(self) -> Path:
        """Asterisk's queue_log."""
        return self.home / "pbx/log/queue_log"


def load_settings() -> Settings:
    """Read the file that $HOTLINE_ENV names and the environment; raises pydantic's ValidationError."""
    return Settings(_env_file=os.environ.get("HOTLINE_ENV"))  # type: ignore[call-arg]  # pydantic-settings' own keyword
