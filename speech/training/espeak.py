"""espeak-ng's library through ctypes: audio together with the times of its phonemes.

One synthesizer a process: the library keeps its state in globals. Only build-time code uses it.
"""

import ctypes
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LIBRARY = "libespeak-ng.so.1"
MANDARIN = "cmn-latn-pinyin"  # `cmn` spells many characters in English
SAMPLE_RATE = 22050
_SYNCHRONOUS, _PHONEME_EVENTS = 2, 1
_UTF8_AND_PHONEMES = 0x101
_RATE, _VOLUME, _PITCH, _RANGE, _WORD_GAP = 1, 2, 3, 4, 7
_END_OF_LIST, _PHONEME = 0, 7


class EspeakFailed(Exception):
    """The library is missing, or does not know a voice."""


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("unique", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Id),
    ]  # fmt: skip


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class Speech:
    """One utterance: s16 samples at 22 050 Hz, and (first sample, espeak mnemonic) of each phoneme."""

    samples: NDArray[np.int16]
    phonemes: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is said. rate: words a minute; pitch, pitch_range: 0-99; gap: pause between words in 10 ms."""

    voice: str
    rate: int = 160
    pitch: int = 50
    pitch_range: int = 50
    gap: int = 0


class Espeak:
    """The library, opened once a process. data: folder that holds `espeak-ng-data`, None for the installed one."""

    opened = 0  # how often in this process

    def __init__(self, data: Path | None = None) -> None:
        Espeak.opened += 1
        try:
            self._library = ctypes.CDLL(LIBRARY)
            self._libc = ctypes.CDLL(None)
        except OSError as error:
            raise EspeakFailed(f"{LIBRARY} cannot be loaded: install the Debian package libespeak-ng1") from error
        path = None if data is None else str(data).encode()
        if self._library.espeak_Initialize(_SYNCHRONOUS, 0, path, _PHONEME_EVENTS) != SAMPLE_RATE:
            raise EspeakFailed("espeak-ng does not start, or not at 22 050 Hz")
        self._audio: list[NDArray[np.int16]] = []
        self._events: list[tuple[int, str]] = []
        self._callback = _Callback(self._take)  # kept: the library holds only its address
        self._library.espeak_SetSynthCallback(self._callback)
        self._voice = ""

    def say(self, text: str, manner: Manner, seed: int = 0) -> Speech:
        """Return `text` spoken. seed: the library's breath and noise come from C's rand(). Raises EspeakFailed."""
        if manner.voice != self._voice:
            if self._library.espeak_SetVoiceByName(manner.voice.encode()) != 0:
                raise EspeakFailed(f"espeak-ng knows no voice {manner.voice}")
            self._voice = manner.voice
        settings = (
            (_RATE, manner.rate), (_VOLUME, 100), (_PITCH, manner.pitch), (_RANGE, manner.pitch_range),
            (_WORD_GAP, manner.gap),
        )  # fmt: skip
        for parameter, value in settings:
            self._library.espeak_SetParameter(parameter, value, 0)
        self._audio.clear()
        self._events.clear()
        self._libc.srand(seed & 0x7FFFFFFF)
        raw = text.encode()
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 0, 0, _UTF8_AND_PHONEMES, None, None)
        self._library.espeak_Synchronize()
        samples = np.concatenate(self._audio) if self._audio else np.zeros(0, np.int16)
        return Speech(samples, tuple(self._events))

    def _take(self, wave: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
        if wave and count > 0:
            self._audio.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while events[index].type != _END_OF_LIST:
            event = events[index]
            if event.type == _PHONEME:
                self._events.append((event.sample, event.id.string.decode("utf-8", "replace")))
            index += 1
        return 0


def installed_data() -> Path:
    """Return the folder `espeak-ng-data` of the installed package; raises EspeakFailed."""
    try:
        told = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise EspeakFailed("espeak-ng does not run: install the Debian package espeak-ng") from error
    folder = Path(told.partition("Data at:")[2].strip())
    if not (folder / "phondata").exists():
        raise EspeakFailed(f"espeak-ng tells no data folder: {told.strip()}")
    return folder
