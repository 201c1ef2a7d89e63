"""The robot's mouth: text to 8 kHz PCM by espeak-ng and sox (separate programs), with noise when asked."""

import asyncio
import hashlib
import wave
from pathlib import Path
from uuid import uuid4

import numpy as np

from ops.robots.scenario import Voice

RATE = 8000
VOICE_FOLDER = "voice"  # of what is said in calls, in the folder of the calls
_TIMEOUT_S = 20.0


class VoiceFailed(Exception):
    """espeak-ng or sox is missing or failed, or a clip cannot be played."""


async def speak(text: str, voice: Voice, cache: Path) -> bytes:
    """Return s16le 8 kHz mono samples of `text`, peak about -6 dBFS; cached by content. Raises VoiceFailed."""
    key = hashlib.sha256(f"{voice.model_dump_json()}\n{text}".encode()).hexdigest()[:24]
    path = cache / f"{key}.wav"
    if not await asyncio.to_thread(path.exists):
        await asyncio.to_thread(cache.mkdir, parents=True, exist_ok=True)
        name = f"{voice.name}+{voice.variant}" if voice.variant else voice.name
        own = uuid4().hex  # two calls may say the same for the first time at the same moment
        raw, part = cache / f"{key}.{own}.raw.wav", cache / f"{key}.{own}.part.wav"
        await _run("espeak-ng", "-v", name, "-s", str(voice.speed), "-p", str(voice.pitch), "-w", str(raw), "--", text)
        await _run("sox", str(raw), "-r", str(RATE), "-c", "1", "-b", "16", str(part), "norm", "-6")
        await asyncio.to_thread(raw.unlink)
        await asyncio.to_thread(part.replace, path)
    pcm = await asyncio.to_thread(load_clip, path)
    return pcm if voice.snr_db is None else add_noise(pcm, voice.snr_db)


def load_clip(path: Path) -> bytes:
    """Return the samples of an 8 kHz 16-bit mono WAV; raises VoiceFailed on any other."""
    try:
        with wave.open(str(path), "rb") as clip:
            if (clip.getframerate(), clip.getsampwidth(), clip.getnchannels()) != (RATE, 2, 1):
                raise VoiceFailed(f"{path.name}: expected 8 kHz, 16 bit, mono")
            return clip.readframes(clip.getnframes())
    except (OSError, wave.Error, EOFError) as error:
        raise VoiceFailed(f"{path.name}: {error}") from error


def add_noise(pcm: bytes, snr_db: float) -> bytes:
    """Return the samples with white noise so that speech power / noise power is `snr_db`; the same each time."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    loud = samples[np.abs(samples) > 200]
    power = float(np.mean(loud * loud)) if loud.size else 1.0
    noise = np.random.default_rng(7).normal(0.0, (power / 10 ** (snr_db / 10)) ** 0.5, samples.size)
    return np.clip(samples + noise, -32768, 32767).astype("<i2").tobytes()


def noise(seconds: float, level: float = 900.0) -> bytes:
    """Return white noise of the given length and RMS level (of 32768)."""
    return np.random.default_rng(11).normal(0.0, level, int(seconds * RATE)).clip(-32768, 32767).astype("<i2").tobytes()


async def _run(program: str, *args: str) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            program, *args, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
    except OSError as error:
        raise VoiceFailed(f"{program} is missing: {error.strerror}") from error
    try:
        _out, complaint = await asyncio.wait_for(process.communicate(), _TIMEOUT_S)
    except TimeoutError as error:
        process.kill()
        raise VoiceFailed(f"{program} took longer than {_TIMEOUT_S:.0f} s") from error
    if process.returncode:
        raise VoiceFailed(f"{program} failed: {complaint.decode(errors='replace')[:200]}")
