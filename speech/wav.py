"""WAV files as the telephone wants them: 8 kHz s16le mono; written whole or not at all."""

import io
import os
import tempfile
import wave
from pathlib import Path

SAMPLE_RATE = 8000
BYTES_PER_MS = 16


class AudioUnusable(ValueError):
    """A file that is missing, broken or of another format; the message names the file."""


def wav_bytes(pcm: bytes) -> bytes:
    """Return s16le mono 8 kHz audio with its WAV header."""
    out = io.BytesIO()
    with wave.open(out, "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(2)
        audio.setframerate(SAMPLE_RATE)
        audio.writeframes(pcm)
    return out.getvalue()


def write_wav(path: Path, pcm: bytes) -> None:
    """Write `pcm` to `path` in one step (a reader sees the old file or the whole new one); raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(wav_bytes(pcm))
        Path(part).chmod(0o640)
        Path(part).replace(path)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise


def read_wav(path: Path) -> bytes:
    """Return the samples of an 8 kHz s16 mono file; raises AudioUnusable."""
    try:
        with wave.open(str(path), "rb") as audio:
            shape = (audio.getframerate(), audio.getsampwidth(), audio.getnchannels())
            if shape != (SAMPLE_RATE, 2, 1):
                raise AudioUnusable(f"{path.name}: {shape[0]} Hz, {8 * shape[1]} bits, {shape[2]} channels")
            pcm: bytes = audio.readframes(audio.getnframes())
            return pcm
    except (OSError, EOFError, wave.Error) as error:
        raise AudioUnusable(f"{path.name}: {error}") from error
