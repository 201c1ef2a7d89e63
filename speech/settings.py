"""Settings of the speech process (HOTLINE_* in the environment or the file named by $HOTLINE_ENV)."""

import os
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CODE = Path(__file__).parent


class SpeechSettings(BaseSettings):
    """What speech takes of the stack's settings; paths default to places below HOME."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", extra="ignore")

    home: Path = Path("var")
    audiosocket_port: int = 25003
    speech_socket: Path = Path()
    model_dir: Path = CODE / "model"
    prompts_dir: Path = Path()
    clips_dir: Path = Path()
    packs_dir: Path = Path()
    max_calls: int = Field(default=30, ge=1, le=1000)
    speech_workers: int = Field(default=2, ge=1, le=32)

    @model_validator(mode="after")
    def _below_home(self) -> Self:
        places = {
            "speech_socket": "run/speech.sock",
            "prompts_dir": "prompts",
            "clips_dir": "clips",
            "packs_dir": "packs",
        }
        for name, place in places.items():
            if getattr(self, name) == Path():
                setattr(self, name, self.home / place)
        return self


def load_settings() -> SpeechSettings:
    """Read the settings; raises pydantic.ValidationError naming the setting that is wrong."""

    class Configured(SpeechSettings):
        """The settings with the stack's file, whose name is known only now."""

        model_config = SettingsConfigDict(env_file=os.environ.get("HOTLINE_ENV"), env_file_encoding="utf-8")

    return Configured()
