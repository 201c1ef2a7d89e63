"""Self-test of the recognizer's model: does it load at 8 kHz, know every grammar word, and hear the bundled clip?"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from speech.contract import Lexicon, SlotKind, SlotSpec
from speech.meaning import PackedSlots, read_vocabulary
from speech.recognizers.pool import PooledRecognizer
from speech.recognizers.port import RecognizerFailed
from speech.settings import SpeechSettings
from speech.slots.faultcode import read_codes
from speech.slots.grammar import letter_words
from speech.wav import AudioUnusable, read_wav

CLIP = Path(__file__).parent / "selftest.wav"
CLIP_CODE = "E01"  # said behind 故障码
CLIP_SECONDS = 10.0  # the clip comes at once, not in real time, and the machine may be busy
READY_SECONDS = 60.0
_KINDS = (SlotKind.FAULT_CODE, SlotKind.YES_NO, SlotKind.PHONE, SlotKind.VISIT_TIME, SlotKind.PURCHASE_DATE)
_NEEDED = frozenset(("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "对", "不对", "是的", "不是", "人工"))
_YES_NO = Lexicon(yes=("对", "是", "是的", "没错"), no=("不对", "不是", "错了"), commands={"agent": ("人工",)})


@dataclass(frozen=True, slots=True)
class Check:
    """One result. advice: what the operator can do about a failure."""

    name: str
    ok: bool
    detail: str
    advice: str = ""


async def run_checks(settings: SpeechSettings) -> list[Check]:
    """Return the checks in order; a model that does not load ends them."""
    recognizer = PooledRecognizer(settings.model_dir, workers=1, finish_s=CLIP_SECONDS)
    recognizer.open()
    try:
        loaded = await _loads(recognizer)
        if not loaded.ok:
            return [loaded]
        vocabulary = read_vocabulary(settings.model_dir)
        return [loaded, _words(settings, vocabulary), await _hears(recognizer)]
    finally:
        await recognizer.close()


async def _loads(recognizer: PooledRecognizer) -> Check:
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not recognizer.failure:
                try:
                    async with asyncio.timeout(0.2):
                        await recognizer.ready()
                        return Check("model", ok=True, detail="loads and takes 8 kHz audio")
                except TimeoutError:
                    continue
    except TimeoutError:
        pass
    advice = "MODEL_DIR must name an unpacked Vosk model; a 16 kHz one needs --allow-upsample=true in conf/mfcc.conf"
    return Check("model", ok=False, detail=recognizer.failure or "not ready in time", advice=advice)


def _words(settings: SpeechSettings, vocabulary: frozenset[str]) -> Check:
    written, whole = (PackedSlots(settings.packs_dir, words).get("") for words in (vocabulary, frozenset[str]()))
    counts = {
        kind.value: (len(written.grammar(spec, _YES_NO)), len(whole.grammar(spec, _YES_NO)))
        for kind in _KINDS
        for spec in (SlotSpec("check", kind),)
    }
    missing = [*sorted(_NEEDED - vocabulary), *(letter for letter in "EF" if not letter_words(vocabulary)[letter])]
    phrases = ", ".join(f"{kind} {known} of {every}" for kind, (known, every) in counts.items())
    detail = f"{len(vocabulary)} words; phrases it can write: {phrases}"
    if missing:
        return Check("grammar words", ok=False, detail=f"missing: {' '.join(missing)}", advice="use another model")
    return Check("grammar words", ok=True, detail=detail)


async def _hears(recognizer: PooledRecognizer) -> Check:
    advice = "the model does not fit 8 kHz telephone audio, or MODEL_DIR holds files of two builds"
    try:
        recognition = recognizer.start([])
        recognition.feed(await asyncio.to_thread(read_wav, CLIP))
        heard = await recognition.finish()
    except (RecognizerFailed, AudioUnusable) as error:
        return Check("clip", ok=False, detail=str(error), advice=advice)
    text = heard.texts[0].replace(" ", "") if heard.texts else ""
    # a model without Latin letters writes 易 or 一 for E: what counts is that the code is read
    return Check("clip", ok=CLIP_CODE in read_codes(text, {}), detail=f"heard {text or 'nothing'}", advice=advice)
