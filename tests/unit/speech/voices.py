"""Callers' voices for tests: espeak-ng through sox, 8 kHz s16 mono."""

import functools
import subprocess
import tempfile
import wave
from pathlib import Path

SILENCE_100_MS = bytes(1600)
MODEL = Path(__file__).parents[3] / "speech" / "model"


@functools.cache
def say(text: str, variant: str = "f3", speed: int = 150) -> bytes:
    """Return `text` (hanzi, letters, tone-numbered pinyin) as spoken audio."""
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw.wav", Path(folder) / "out.wav"
        voice = f"cmn-latn-pinyin+{variant}"
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-w", raw, text], check=True, timeout=20)
        subprocess.run(
            ["sox", "-V1", "-v", "0.5", raw, "-r", "8000", "-c", "1", "-b", "16", out], check=True, timeout=20
        )
        with wave.open(str(out)) as audio:
            pcm: bytes = audio.readframes(audio.getnframes())
            return pcm
