"""Pure: what a turn's texts mean for its machine; shared by the media and by the evaluation."""

from datetime import datetime

from speech.contract import Interpretation, Lexicon, SlotKind, SlotSpec
from speech.meaning import Understanding
from speech.turn_events import Partial, Verdict

# Heard under a prompt that asks nothing: only danger words count.
SAFETY_ONLY = SlotSpec("safety", SlotKind.MENU)


def look_at(texts: tuple[str, ...], slots: Understanding, lexicon: Lexicon, slot: SlotSpec | None) -> Partial:
    """Return what a partial tells the machine; slot None: nothing was asked."""
    danger = bool(slots.interpret(SAFETY_ONLY, lexicon, texts).safety)
    filler = all(slots.is_filler(lexicon, text) for text in texts)
    # Both decodes have to agree that it is whole: the open one often sees further than the grammar.
    complete = slot is not None and all(slots.is_complete(slot, text) for text in texts)
    return Partial(filler=filler, complete=complete, danger=danger)


def judge(
    texts: tuple[str, ...], slots: Understanding, lexicon: Lexicon, slot: SlotSpec | None, now: datetime
) -> tuple[Interpretation, Verdict]:
    """Return the meaning of a finished utterance and the verdict for the machine; slot None: nothing was asked."""
    if not texts:
        return Interpretation(), Verdict.NOTHING
    found = slots.interpret(slot or SAFETY_ONLY, lexicon, texts, now)
    if slot is None:
        return found, Verdict.MATCH if found.safety else Verdict.NO_MATCH
    if found.status != "no_match" or found.command or found.safety or found.captured:
        return found, Verdict.MATCH
    if all(slots.is_filler(lexicon, text) for text in texts):
        return found, Verdict.FILLER
    return found, Verdict.NO_MATCH
