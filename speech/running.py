"""Runs one turn or recording: joins line, ear, player, machine and sink until the machine has finished."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Protocol

from speech.audiosocket.server import AudioSocketLine
from speech.ear import Ear, HeardFrame
from speech.echo import MARGIN_MS
from speech.listening import Sink
from speech.player import PromptPlayer
from speech.turn_events import Digit, Finish, Input, KeepKey, Order, Output, PromptEnded, Tick


class Machine(Protocol):
    """What TurnMachine and RecordMachine have in common."""

    finished: Finish | None

    def step(self, item: Input, now_ms: int) -> list[Output]:
        """Take one input, return orders."""


def now_ms() -> int:
    """Return the loop's clock in milliseconds."""
    return round(asyncio.get_running_loop().time() * 1000)


class Run:
    """One turn or recording under way. `ending` is played behind the prompt, even when that was cut short."""

    def __init__(
        self,
        machine: Machine,
        line: AudioSocketLine,
        ear: Ear,
        sink: Sink,
        on_input: Callable[[], None],
        ending: bytes = b"",
    ) -> None:
        self._player = PromptPlayer()
        self._machine = machine
        self._line = line
        self._ear = ear
        self._sink = sink
        self._on_input = on_input
        self._ending = ending
        self._prompt_told = False

    def add(self, pcm: bytes, pause_ms: int, text: str = "") -> None:
        """Append a segment to the prompt."""
        self._player.add(pcm, pause_ms, text)

    def said(self, ms: int) -> str:
        """Return the prompt's words of the last `ms` and a little before and after, "" when it was silent."""
        return self._player.said(ms, MARGIN_MS)

    def prompt_complete(self) -> None:
        """Say that the prompt has no further segments."""
        if self._ending:
            self._player.add(self._ending, 0)
        self._player.complete()

    async def carry_out(self, *side_work: Coroutine[None, None, None]) -> None:
        """Return when the machine has finished; side_work runs beside it and is cancelled then."""
        self._line.source = self._player
        try:
            async with asyncio.TaskGroup() as tasks:
                helpers = [tasks.create_task(work) for work in side_work]
                await self._loop(tasks)
                self._sink.close()
                for helper in helpers:
                    helper.cancel()
        finally:
            self._line.source = None
            self._sink.close()

    async def _loop(self, tasks: asyncio.TaskGroup) -> None:
        await self._ear.catch_up()
        kept, self._ear.kept_keys = self._ear.kept_keys, ""
        for key in kept:
            self._press(key, tasks)
        self._step(Tick(), tasks)
        while self._machine.finished is None:
            for item in await self._ear.listen(prompting=not self._player.silent):
                if isinstance(item, HeardFrame):
                    self._hear(item, tasks)
                elif isinstance(item, Digit):
                    self._press(item.key, tasks)
                else:
                    self._step(item, tasks)
            for change in self._sink.poll():
                self._step(change, tasks)
            if self._player.finished and not self._prompt_told:
                self._prompt_told = True
                self._step(PromptEnded(), tasks)
            self._step(Tick(), tasks)

    def _hear(self, heard: HeardFrame, tasks: asyncio.TaskGroup) -> None:
        self._sink.feed(heard.pcm)
        self._ear.remember(heard.pcm)
        self._step(heard.frame, tasks)

    def _press(self, key: str, tasks: asyncio.TaskGroup) -> None:
        if self._machine.finished is None:
            self._step(Digit(key), tasks)
        else:
            self._ear.kept_keys += key

    def _step(self, item: Input, tasks: asyncio.TaskGroup) -> None:
        for output in self._machine.step(item, now_ms()):
            if isinstance(output, KeepKey):
                self._ear.kept_keys += output.key
            elif isinstance(output, Order):
                self._obey(output, tasks)

    def _obey(self, order: Order, tasks: asyncio.TaskGroup) -> None:
        match order:
            case Order.PAUSE_PROMPT:
                self._player.pause()
            case Order.RESUME_PROMPT:
                self._player.resume()
            case Order.DROP_PROMPT:
                self._drop_prompt()
            case Order.START_INPUT:
                self._on_input()
            case Order.START_RECOGNITION:
                self._sink.start(self._ear.pre_roll())
            case Order.STOP_RECOGNITION:
                self._sink.stop()
            case Order.FINALIZE:
                self._sink.finalize(tasks)

    def _drop_prompt(self) -> None:
        self._player.drop()
        if self._ending:
            self._player = self._line.source = PromptPlayer()
            self.prompt_complete()
