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

log = structlog.get_logger(__name__)

_PROCESSES = "/proc"
_STORE = ".waiting"  # in the prompts' folder
_PAUSE_S = 0.3  # between two sentences


class LaidWords:
    """folder: the prompts that the dialplan plays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = folder / _STORE
        self._held = -1  # our file descriptor of the store

    def lay(self, uniqueid: str, words: Mapping[str, Sequence[str]]) -> None:
        """Put down for one caller, under each name, these sentences; () takes away what lies there. Errors are logged.

        words: file name without its ending -> keys of prompts.
        """
        for name, keys in words.items():
            path = self._store / uniqueid / f"{name}.wav"
            try:
                if keys:
                    self._show(uniqueid)
                    _join([self._folder / f"{key}.wav" for key in keys], path)
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

    def _show(self, uniqueid: str) -> None:
        """Make the caller's folder and the link to it. Raises OSError."""
        (self._store / uniqueid).mkdir(parents=True, exist_ok=True)
        if self._held < 0:
            self._held = os.open(self._store, os.O_RDONLY | os.O_DIRECTORY)
        link = self._folder / uniqueid
        if not link.is_symlink():
            link.symlink_to(f"{_PROCESSES}/{os.getpid()}/fd/{self._held}/{uniqueid}")


def _join(parts: Iterable[Path], path: Path) -> None:
    """Write the sentences one after the other; a reader sees nothing or the whole. Raises OSError, wave.Error."""
    sound: list[bytes] = []
    for part in parts:
        with wave.open(str(part)) as file:
            form = file.getparams()
            sound.append(file.readframes(file.getnframes()))
    draft = path.with_suffix(".new")
    with wave.open(str(draft), "wb") as file:
        file.setparams(form)
        file.writeframes(bytes(round(form.framerate * _PAUSE_S) * form.sampwidth * form.nchannels).join(sound))
    draft.replace(path)
