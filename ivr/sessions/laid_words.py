"""Lays the words of waiting callers where app_queue looks for them, so that they live no longer than this process.

A caller's folder among the prompts is a link through /proc/<our pid>: the moment this process ends, however it ends,
the link leads nowhere and the queue's own words are heard. No one need be there to remove a place that is not true
any more.
"""

import os
import shutil
import wave
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import structlog

from ivr.dialplan.prompts import slowly
from ivr.flows.asking import ELDER_PAUSE_MS
from ivr.sessions.prompt_files import segment_files
from speech.contract import ELDER_RATE

log = structlog.get_logger(__name__)

_PROCESSES = "/proc"
_STORE = ".waiting"  # in the prompts' folder
_PAUSE_S = 0.3  # between two sentences
_SLOW_PAUSE_S = ELDER_PAUSE_MS / 1000


class LaidWords:
    """folder: the prompts that the dialplan plays; it lies among all others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = folder / _STORE
        self._held = -1  # our file descriptor of the store

    def lay(self, uniqueid: str, words: Mapping[str, Sequence[str]], *, slow: bool = False) -> None:
        """Put down for one caller, under each name, these sentences; () takes away what lies there. Errors are logged.

        words: file name without its ending -> keys of prompts. slow: as in elder mode.
        """
        for name, keys in words.items():
            path = self._store / uniqueid / f"{name}.wav"
            try:
                if keys:
                    self._show(uniqueid)
                    _join(self._files(keys, slow=slow), path, _SLOW_PAUSE_S if slow else _PAUSE_S)
                else:
                    path.unlink(missing_ok=True)
            except (OSError, EOFError, wave.Error) as error:
                log.error("waiting_words_missing", keys=keys, error=type(error).__name__)

    def clear(self, uniqueid: str) -> None:
        """Take away what lies there for one caller. Errors are logged: a call goes on without."""
        try:
            (self._folder / uniqueid).unlink(missing_ok=True)
        except OSError as error:
            log.error("waiting_words_stay", error=type(error).__name__)
        shutil.rmtree(self._store / uniqueid, ignore_errors=True)

    def clear_all(self) -> None:
        """Take away everything, also what a dead ivr has left. Errors are logged: calls go on without.

        The store itself stays: `lay`, in another thread, may be opening it, and would show what nobody can see.
        """
        try:
            for path in [*self._folder.iterdir(), *(self._store.iterdir() if self._store.is_dir() else ())]:
                if path.is_symlink() and path.readlink().is_relative_to(_PROCESSES):  # the prompts are links too
                    path.unlink(missing_ok=True)
                elif path.is_dir() and path != self._store:
                    shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:
            pass  # no prompts, no words
        except OSError as error:
            log.error("waiting_words_stay", error=type(error).__name__)

    def _files(self, keys: Sequence[str], *, slow: bool) -> list[Path]:
        """Return what is joined; where a slow part was never made, all is said at the normal rate."""
        if slow:
            parts = [segment_files(self._folder.parent, part, ELDER_RATE) for key in keys for part in slowly(key)]
            if all(parts):
                return [path for files in parts for path in files]
        return [self._folder / f"{key}.wav" for key in keys]

    def _show(self, uniqueid: str) -> None:
        """Make the caller's folder and the link to it. Raises OSError."""
        (self._store / uniqueid).mkdir(parents=True, exist_ok=True)
        if self._held < 0:
            self._held = os.open(self._store, os.O_RDONLY | os.O_DIRECTORY)
        link = self._folder / uniqueid
        if not link.is_symlink():
            link.symlink_to(f"{_PROCESSES}/{os.getpid()}/fd/{self._held}/{uniqueid}")


def _join(parts: Iterable[Path], path: Path, pause_s: float) -> None:
    """Write the sentences one after the other; a reader sees nothing or the whole. Raises OSError, wave.Error."""
    sound: list[bytes] = []
    for part in parts:
        with wave.open(str(part)) as file:
            form = file.getparams()
            sound.append(file.readframes(file.getnframes()))
    draft = path.with_suffix(".new")
    with wave.open(str(draft), "wb") as file:
        file.setparams(form)
        file.writeframes(bytes(round(form.framerate * pause_s) * form.sampwidth * form.nchannels).join(sound))
    draft.replace(path)
