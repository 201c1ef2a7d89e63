"""Which media a call has: speech, opened a second time when it is lost, then plain AGI by keys."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from ivr.contract.media import Media
from ivr.sessions.calls import RunningCall
from ivr.sessions.media_agi import AGIMedia
from ivr.sessions.media_speech import SpeechMedia, SpeechSettings
from ivr.sessions.ports import MediaRefused
from ivr.telephony.agi import AGISession
from speech.contract import Bargein, Cause, KeyMode, Lexicon, Mode, RecordSpec, Turn, TurnResult

log = structlog.get_logger(__name__)

_SPEECH_OPENINGS = 2
BUSY = "busy"  # speech's reason for a dialogue above its capacity (docs/architecture.md)


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Where prompts and clips lie, how speech is reached, and whether it is thought to be alive now."""

    prompts: Path
    clips: Path
    speech: SpeechSettings
    speech_alive: Callable[[], bool]


class CallMedia:
    """The Media port of one call. A lost resource is one MEDIA_FAILED result; the next turn has another resource."""

    def __init__(
        self, group: asyncio.TaskGroup, agi: AGISession, settings: MediaSettings, call: RunningCall, lexicon: Lexicon
    ) -> None:
        self._group = group
        self._agi = agi
        self._settings = settings
        self._call = call
        self._lexicon = lexicon
        self._media: Media | None = None
        self._openings = 0
        self.busy = False  # speech refused because it has its hands full
        self.first_key = ""  # pressed before ivr had the call; it answers the first question

    async def open(self, *, speech: bool = True) -> bool:
        """Make media ready; tell whether it is keys only. Raises MediaStuck."""
        self._call.uses_speech = speech  # from now on a frozen speech can hold the channel
        self._media = await self._speech() if speech else None
        if self._media is not None:
            return False
        self._call.uses_speech = False
        self._openings = _SPEECH_OPENINGS  # once by keys, a call stays by keys
        self._media = self._plain()
        return True

    async def _speech(self) -> Media | None:
        if self._openings >= _SPEECH_OPENINGS or not self._settings.speech_alive():
            return None
        self._openings += 1
        try:
            return await SpeechMedia.open(
                self._group, self._agi, self._settings.speech, self._call.contact, self._lexicon
            )
        except MediaRefused as refused:
            self.busy = str(refused) == BUSY
            log.warning("speech_refused", reason=str(refused))
            return None

    def _plain(self) -> Media:
        return AGIMedia(self._agi, self._settings.prompts, self._settings.clips)

    async def turn(self, turn: Turn) -> TurnResult:
        """Speak and listen by the media there is; raises MediaStuck."""
        if self.first_key and turn.bargein is not Bargein.NONE and (result := self._key_result(turn)) is not None:
            return result
        return await self._checked(await (await self._ready()).turn(turn))

    def _key_result(self, turn: Turn) -> TurnResult | None:
        """Return what the first key does to this turn: a prompt alone is skipped, a menu is answered."""
        if turn.slot is None:
            return TurnResult(turn.turn_id, Cause.SUCCESS)
        key, self.first_key = self.first_key, ""
        if turn.slot.key_mode is not KeyMode.MENU or key not in turn.slot.keys:
            return None
        return TurnResult(turn.turn_id, Cause.SUCCESS, Mode.DTMF, key, barged_in=True)

    async def record(self, spec: RecordSpec) -> TurnResult:
        """Speak and record by the media there is; raises MediaStuck."""
        return await self._checked(await (await self._ready()).record(spec))

    async def _ready(self) -> Media:
        if self._media is None:
            await self.open()
        return self._media or self._plain()

    async def _checked(self, result: TurnResult) -> TurnResult:
        if result.cause is Cause.MEDIA_FAILED:
            await self.close()
        return result

    async def close(self) -> None:
        """Free the channel; raises MediaStuck. The next turn would open media again."""
        media, self._media = self._media, None
        if media is not None:
            await media.close()
        self._call.uses_speech = False
