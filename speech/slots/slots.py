"""`Slots`: interprets a turn's hypotheses for each kind of slot (speech.contract.Interpreter)."""

from speech.contract import Interpretation, Lexicon, SlotKind, SlotSpec
from speech.packs import Pack
from speech.slots import address, faultcode, phrases
from speech.slots.divisions import Gazetteer, build_gazetteer
from speech.slots.grammar import build_grammar
from speech.slots.numerals import digit_string
from speech.slots.text import compact, has_unknown, strip_fillers

_CORRECTIONS = ("应该是", "改成", "我说错了", "说错了", "不对", "错了", "不是")
_ADDRESS_KINDS = {SlotKind.ADDRESS, SlotKind.REGION, SlotKind.ROAD, SlotKind.ROOM}


class Slots:
    """Interprets, builds grammars and judges partials with one pack of codes and divisions.

    `vocabulary` is the recognizer's word list; grammar phrases are cut into its words, phrases that cannot be are
    left out. An empty vocabulary cuts phrases into single characters.
    """

    def __init__(self, pack: Pack | None = None, vocabulary: frozenset[str] = frozenset()) -> None:
        self._pack = pack or Pack()
        self._vocabulary = vocabulary
        self._gazetteer: Gazetteer = build_gazetteer(self._pack)
        self._catalogue = {code: row.get("id", code) for code, row in self._pack.codes.items()}

    def interpret(self, slot: SlotSpec, lexicon: Lexicon, texts: tuple[str, ...]) -> Interpretation:
        """Return what the caller meant: danger first, then the answer, then a command. Never raises for any text."""
        heard = [text for text in texts if compact(text)]
        if not heard:
            return Interpretation()
        for text in heard:
            safety = phrases.find_safety(compact(text), lexicon)
            if safety:
                return Interpretation(text=compact(text), status="match", safety=safety)
        results = [self._one(slot, lexicon, text) for text in heard]
        # Hypotheses that disagree over a read-back: a new value is read back once more, so it can do no harm.
        chosen = next((item for item in results if item.meaning == "correction"), None)
        chosen = chosen or next((item for item in results if item.status == "match"), None)
        return chosen or next((item for item in results if item.status == "ambiguous"), results[0])

    def grammar(self, slot: SlotSpec, lexicon: Lexicon) -> list[str]:
        """Return the phrases a recognizer should expect, words separated by blanks; [] means open listening."""
        return build_grammar(slot, lexicon, self._vocabulary, tuple(self._catalogue))

    def is_complete(self, slot: SlotSpec, text: str) -> bool:
        """Tell whether a partial is already a whole value that nothing extends, so that the turn may end early."""
        said = compact(text)
        if not said:
            return False
        if slot.kind is SlotKind.FAULT_CODE:
            codes = faultcode.read_codes(said, self._catalogue)
            return bool(codes) and not faultcode.may_extend(codes[0], self._catalogue)
        if slot.kind in _ADDRESS_KINDS:
            return slot.kind in (SlotKind.ADDRESS, SlotKind.ROOM) and said.endswith(("室", "号房"))
        return slot.kind not in (SlotKind.STATEMENT, SlotKind.DIGITS)

    def is_filler(self, lexicon: Lexicon, text: str) -> bool:
        """Tell whether a partial is nothing but filler words and unknown sounds."""
        return phrases.is_filler(compact(text), lexicon)

    # ---- one hypothesis ----

    def _one(self, slot: SlotSpec, lexicon: Lexicon, text: str) -> Interpretation:
        said = strip_fillers(compact(text), lexicon.fillers)
        value = self._value(slot.correcting or slot.kind, lexicon, said, slot)
        if slot.correcting or slot.kind is SlotKind.YES_NO:
            return self._answer(slot, lexicon, text, said, value)
        if value.status == "no_match":
            return self._menu(slot, lexicon, said)
        return value

    def _answer(self, slot: SlotSpec, lexicon: Lexicon, text: str, said: str, value: Interpretation) -> Interpretation:
        """Judge an answer to a read-back: a new value is a correction, else yes, no or a question back."""
        verdict = phrases.yes_or_no(said, lexicon)
        if slot.correcting and value.status == "match":
            return Interpretation(
                text=said, status="match", meaning="correction", value=value.value, candidates=value.candidates
            )
        if verdict == "question":
            return Interpretation(text=said, status="match", command="repeat")
        if verdict == "no" or (verdict == "yes" and not has_unknown(text)):
            return Interpretation(text=said, status="match", meaning=verdict)
        return self._menu(slot, lexicon, said)

    def _menu(self, slot: SlotSpec, lexicon: Lexicon, said: str) -> Interpretation:
        meaning = phrases.best_meaning(said, slot.phrases)
        command = phrases.find_command(said, lexicon)
        if command and not (meaning and _exact(said, slot.phrases.get(meaning, ()))):
            return Interpretation(text=said, status="match", command=command)
        if meaning:
            return Interpretation(text=said, status="match", meaning=meaning)
        return Interpretation(text=said)

    def _value(self, kind: SlotKind, lexicon: Lexicon, said: str, slot: SlotSpec) -> Interpretation:
        if kind is SlotKind.FAULT_CODE:
            return self._code(_after_correction(said), said)
        if kind in _ADDRESS_KINDS and not phrases.find_command(said, lexicon):
            return self._address(kind, _after_correction(said), said)
        if kind is SlotKind.DIGITS:
            digits = digit_string(said)
            if digits and len(digits) >= 2:
                return Interpretation(text=said, status="match", value={"digits": digits[: slot.max_digits]})
        if kind is SlotKind.STATEMENT and said and not phrases.find_command(said, lexicon):
            return Interpretation(text=said, status="match", value={"text": said})
        return Interpretation(text=said)

    def _code(self, said: str, whole: str) -> Interpretation:
        codes = faultcode.read_codes(said, self._catalogue)
        values = tuple(self._code_value(code, said) for code in codes)
        if not values:
            return Interpretation(text=whole)
        status = "match" if len(values) == 1 else "ambiguous"
        return Interpretation(text=whole, status=status, value=values[0], candidates=values)

    def _code_value(self, code: str, said: str) -> dict[str, str]:
        row = self._pack.codes.get(code, {})
        extra = {name: row[name] for name in ("meaning_zh", "severity") if name in row}
        return {"raw": said, "canonical": code, "catalogue_id": row.get("id", ""), **extra}

    def _address(self, kind: SlotKind, said: str, whole: str) -> Interpretation:
        choices: list[dict[str, str]] = []
        if kind is SlotKind.ROOM:
            fields = address.compose(address.parse_room(said))
        elif kind is SlotKind.ROAD:
            fields = address.compose(address.parse_local(said))
        else:
            fields, choices = address.parse_address(said, self._gazetteer)
        wanted = {SlotKind.REGION: ("region",), SlotKind.ROAD: ("road",), SlotKind.ROOM: ("room",)}
        if choices:
            values = tuple({**fields, **choice} for choice in choices)
            return Interpretation(text=whole, status="ambiguous", value=fields, candidates=values)
        if not any(name in fields for name in wanted.get(kind, ("region", "road", "room"))):
            return Interpretation(text=whole)
        return Interpretation(text=whole, status="match", value={**fields, "raw": address.written(said)})


def _exact(said: str, samples: tuple[str, ...]) -> bool:
    return any(compact(sample) == said for sample in samples)


def _after_correction(said: str) -> str:
    """Return what follows the last correction mark ("不是E一,是F一" -> "F一"), or all when nothing follows."""
    before, mark, after = said.partition("不是")
    if mark and before and "是" not in after and not before.endswith("不"):
        return before  # "E三,不是E零三": what stands first is right
    best = said
    for mark in _CORRECTIONS:
        position = said.rfind(mark)
        tail = said[position + len(mark) :] if position >= 0 else ""
        if mark == "不是" and "是" in tail:
            tail = tail[tail.rfind("是") + 1 :]
        if tail and len(tail) < len(best):
            best = tail
    return best
