"""`Slots`: interprets a turn's hypotheses for each kind of slot (speech.contract.Interpreter)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from danger import find
from divisions.gazetteer import build_gazetteer
from speech.contract import Captured, Interpretation, Lexicon, SlotKind, SlotSpec
from speech.packs import Pack
from speech.sayings.book import like_a_command, like_an_answer
from speech.slots import opening, phrases
from speech.slots.calendar import china_day
from speech.slots.grammar import build_grammar, cut
from speech.slots.hypotheses import best_match, is_scrap, plain_no
from speech.slots.readers import ADDRESS_KINDS, Knowledge, Said, code_value, read_value, whole_value
from speech.text import as_meant, compact, has_unknown, strip_fillers

_REPEATED_PART = re.compile("^不是.{1,8}?(栋|座|幢|单元|楼|层|室|房|号房|号楼|号)(?=.{1,8}\\1)")
_NO_ONLY = re.compile("(?:不是|不对|错了|不行|重来|重说|的|啊|呀)+")
_DENIES = re.compile("^(?:不是|不对|错了)")
_NEW_VALUE = re.compile("(?:不对|错了).*.|不是.+是.")
_ONLY_DENIED = re.compile("不是(?!.*(?:是|栋|单元|楼|室|号)).{1,6}")
_CHANGES = re.compile("[改换挪推]|时间|提[前早]")
_CORRECTIONS = ("应该是", "改成", "我说错了", "说错了", "不对", "错了", "不是")
_MAX_GRAMMARS = 256
_COMMANDS_FIRST = ADDRESS_KINDS | {SlotKind.STATEMENT, SlotKind.VISIT_TIME, SlotKind.NAME, SlotKind.PURCHASE_DATE}
_WHOLE_BY: Mapping[SlotKind, str] = {SlotKind.FAULT_CODE: "canonical", SlotKind.PHONE: "number"}
# What a correction of one of several values may be: slot name -> the kind that reads it.
_ANEW: Mapping[str, SlotKind] = {
    "visit": SlotKind.VISIT_TIME,
    "contact": SlotKind.PHONE,
    "purchase": SlotKind.PURCHASE_DATE,
}


class Slots:
    """Interprets, builds grammars and judges partials with one pack of codes and divisions.

    `vocabulary` is the recognizer's word list; grammar phrases are cut into its words, phrases that cannot be are
    left out. An empty vocabulary cuts phrases into single characters.
    """

    def __init__(self, pack: Pack | None = None, vocabulary: frozenset[str] = frozenset()) -> None:
        self._pack = pack or Pack()
        self._vocabulary = vocabulary
        catalogue = {code: row.get("id", code) for code, row in self._pack.codes.items()}
        self._known = Knowledge(self._pack, build_gazetteer(self._pack.divisions, self._pack.aliases), catalogue)
        self._grammars: dict[str, tuple[str, ...]] = {}

    def interpret(
        self, slot: SlotSpec, lexicon: Lexicon, texts: tuple[str, ...], now: datetime | None = None
    ) -> Interpretation:
        """Return what the caller meant: danger first, then the answer, then a command. Never raises for any text.

        now: an aware time; without it no day that depends on today is understood.
        """
        heard = [as_meant(text) for text in texts if compact(text)]
        if not heard:
            return Interpretation()
        if slot.kind is SlotKind.MENU and not slot.safety:
            # a grammar bends own words into scraps of its phrases ("师傅 [unk]"); what is whole has more to say
            heard.sort(key=has_unknown)
        dangers = [(danger, text) for text in heard if (danger := find.find_safety(text, lexicon))]
        if dangers:
            named = next((found for found in dangers if found[0] != find.CHECK), dangers[0])
            if is_scrap(heard, dangers):
                named = (find.CHECK, named[1])
            rest = self._one(slot, lexicon, find.without_danger(named[1], lexicon), now)
            kept = self._captured(slot, lexicon, heard, now)
            # what else was said is kept for the draft ("E一,还有煤气味")
            return replace(rest, text=compact(named[1]), status="match", command="", safety=named[0], captured=kept)
        results = [self._one(slot, lexicon, text, now) for text in heard]
        # Hypotheses that disagree over a read-back: a new value is read back once more, so it can do no harm.
        listed = phrases.sampled(compact(heard[0]), slot.phrases)
        chosen = None if listed else next((item for item in results if item.meaning == "correction"), None)
        chosen = chosen or best_match(heard, results)
        chosen = chosen or next((item for item in results if item.status == "ambiguous"), results[0])
        if slot.several and not chosen.command:  # the open decode often has more of a long sentence
            chosen = max((chosen, *results), key=lambda item: len(item.candidates))
        if slot.safety and chosen.meaning == "no" and not plain_no(heard, results):
            return Interpretation(text=chosen.text)
        found = self._with_captured(chosen, slot, lexicon, heard, now)
        return found if found.status != "no_match" or slot.safety else _as_command(found, lexicon, heard)

    def grammar(self, slot: SlotSpec, lexicon: Lexicon) -> list[str]:
        """Return the phrases a recognizer should expect, words separated by blanks; [] means open listening."""
        # The same question is asked in every call; by content, for each call brings its own objects.
        asked = repr((slot.kind, slot.correcting, slot.phrases, lexicon))
        if asked not in self._grammars:
            if len(self._grammars) >= _MAX_GRAMMARS:
                self._grammars.clear()
            self._grammars[asked] = tuple(build_grammar(slot, lexicon, self._vocabulary, self._known))
        return list(self._grammars[asked])

    def can_write(self, text: str) -> bool:
        """Tell whether the recognizer's words can write `text`; what they cannot it will not hear."""
        return bool(cut(compact(text), self._vocabulary))

    def is_complete(self, slot: SlotSpec, text: str) -> bool:
        """Tell whether a partial is already a whole value that nothing extends, so that the turn may end early."""
        said = compact(text)
        if not said:
            return False
        if slot.correcting and _DENIES.search(said) and not _NO_ONLY.fullmatch(said):
            # "不是E一" may go on with "是F一": it ends when the new value is whole
            new = _after_correction(said) if slot.correcting is SlotKind.FAULT_CODE else said
            return _NEW_VALUE.search(said) is not None and whole_value(slot.correcting, new, self._known)
        if slot.correcting or slot.kind is SlotKind.YES_NO:
            return True
        return whole_value(slot.kind, said, self._known)

    def is_filler(self, lexicon: Lexicon, text: str) -> bool:
        """Tell whether a partial is nothing but filler words and unknown sounds."""
        return phrases.is_filler(compact(text), lexicon)

    # ---- one hypothesis ----

    def _one(self, slot: SlotSpec, lexicon: Lexicon, text: str, now: datetime | None) -> Interpretation:
        whole = compact(text)  # "就这个" is a phrase of its own and two filler words
        sampled = phrases.sampled(whole, slot.phrases)
        if sampled:  # what the question lists for itself is what it lists it for, whatever else it may hold
            return Interpretation(text=whole, status="match", meaning=sampled)
        said = strip_fillers(whole, lexicon.fillers)
        value = self._value(slot, lexicon, said, now)
        if slot.kind is SlotKind.YES_NO:
            return self._answer(slot, lexicon, text, said or whole, value)
        if slot.correcting:
            return self._choice(slot, lexicon, said, value)
        if value.status == "no_match":
            return self._menu(slot, lexicon, said)
        return value

    def _choice(self, slot: SlotSpec, lexicon: Lexicon, said: str, value: Interpretation) -> Interpretation:
        """Judge an answer to a menu at which a new value may be said as well: yes and no are no answers to it."""
        if value.status == "ambiguous":
            return value
        if value.value and not _ONLY_DENIED.fullmatch(said):
            return replace(value, meaning="correction")
        new = self._menu(slot, lexicon, _after_correction(said))  # "不是第一个,是第二个"
        return replace(new, text=said) if new.meaning else self._menu(slot, lexicon, said)

    def _answer(self, slot: SlotSpec, lexicon: Lexicon, text: str, said: str, value: Interpretation) -> Interpretation:
        """Judge an answer to a read-back: a new value is a correction, else yes, no or a question back."""
        verdict = phrases.yes_or_no(said, lexicon)
        denied = _ONLY_DENIED.fullmatch(said) is not None  # "不是E一" says what it is not
        if slot.correcting and value.status == "match" and value.value and not denied:
            if verdict != "no" and _is_said_again(slot, value.value) and not phrases.is_doubtful(said):
                return Interpretation(text=said, status="match", meaning="yes")  # "对,E一"
            return Interpretation(
                text=said, status="match", meaning="correction", value=value.value, candidates=value.candidates
            )
        place = slot.correcting in ADDRESS_KINDS and value.status == "ambiguous"
        if place and (not verdict or _after_correction(said) != said):
            return value
        if verdict == "question":
            return Interpretation(text=said, status="match", command="repeat")
        if verdict == "yes" and (slot.correcting or slot.anew) and phrases.is_guessed(said):
            return Interpretation(text=said)  # asked again: "好像是吧" confirms nothing
        if denied and value.value:
            verdict = "no"
        # neither a yes nor a no of one syllable (没错 begins with 没) beside a sound that nobody knows
        if (verdict == "no" and len(said) > 1) or (verdict in ("yes", "no") and not has_unknown(text)):
            return Interpretation(text=said, status="match", meaning=verdict)
        return self._menu(slot, lexicon, said)

    def _menu(self, slot: SlotSpec, lexicon: Lexicon, said: str) -> Interpretation:
        """Return the meaning or command of a sentence: as listed for the question, else as the sayings it is like."""
        command = phrases.find_command(said, lexicon)
        if command and not phrases.sampled(said, slot.phrases):
            return Interpretation(text=said, status="match", command=command)
        several = phrases.meanings(said, slot.phrases) if slot.several else ()
        if len(several) > 1:
            candidates = tuple({"meaning": name} for name in several)
            meaning = phrases.best_meaning(said, slot.phrases) or several[0]
            return Interpretation(text=said, status="match", meaning=meaning, candidates=candidates)
        meaning, command = phrases.best_meaning(said, slot.phrases, alone=True), ""
        if not meaning:
            meaning, command = _like(slot, lexicon, said)
        if not meaning and not command:
            meaning = phrases.best_meaning(said, slot.phrases) or next(iter(several), "")
        status = "match" if meaning or command else "no_match"
        return Interpretation(text=said, status=status, meaning=meaning, command=command)

    def _value(self, slot: SlotSpec, lexicon: Lexicon, said: str, now: datetime | None) -> Interpretation:
        kind = slot.correcting or slot.kind
        if kind in _COMMANDS_FIRST and phrases.find_command(said, lexicon):
            return Interpretation(text=said)
        whole = Said(said, _after_correction(said), kind, slot.current, slot.max_digits, now)
        return read_value(whole, self._known)

    # ---- other slots in the same sentence ----

    def _with_captured(
        self, chosen: Interpretation, slot: SlotSpec, lexicon: Lexicon, heard: list[str], now: datetime | None
    ) -> Interpretation:
        if not slot.one_breath or chosen.command or chosen.meaning == "yes":
            return chosen
        captured = self._captured(slot, lexicon, heard, now)
        if not captured or not (slot.anew or chosen.meaning or captured.keys() - _ANEW.keys()):
            return chosen  # a day or a number alone does not tell what somebody wants
        if slot.correcting or slot.kind is SlotKind.YES_NO:
            return replace(chosen, status="match", meaning="correction", captured=captured)
        status = "match" if any(item.sure for item in captured.values()) else chosen.status
        return replace(chosen, status=status, captured=captured)

    def _captured(
        self, slot: SlotSpec, lexicon: Lexicon, heard: list[str], now: datetime | None
    ) -> dict[str, Captured]:
        """Return what the hypothesis says that holds most; the better one where two hold as much."""
        if not slot.one_breath:
            return {}
        best: dict[str, Captured] = {}
        for text in heard:
            said = strip_fillers(compact(text), lexicon.fillers)
            found = opening.capture(
                _after_correction(said) if slot.anew else said,
                self._known.gazetteer,
                self._known.catalogue,
                china_day(now) if now else None,
            )
            found = {name: self._with_catalogue(name, item) for name, item in found.items()}
            found |= self._anew(said, now) if slot.anew else self._offered(said, now)
            if _sure(found) > _sure(best) or not best:
                best = found
        return best

    def _with_catalogue(self, name: str, item: Captured) -> Captured:
        if name != "fault_code":
            return item
        put = tuple(code_value(row["canonical"], row["raw"], self._pack) for row in (item.value, *item.candidates))
        return replace(item, value=put[0], candidates=put[1:])

    def _anew(self, said: str, now: datetime | None) -> dict[str, Captured]:
        found = {}
        for name, kind in _ANEW.items():
            value = read_value(Said(said, _after_correction(said), kind, {}, 12, now), self._known)
            if value.value and value.status == "match" and _is_meant(name, value.value, said):
                found[name] = Captured(value.value)
        return found

    def _offered(self, said: str, now: datetime | None) -> dict[str, Captured]:
        found = {}
        for name, words in opening.offered(said).items():
            value = read_value(Said(words, words, _ANEW[name], {}, 12, now), self._known)
            if value.value and value.status == "match" and not value.meaning:
                found[name] = Captured(value.value)
        return found


def _is_meant(name: str, value: Mapping[str, str], said: str) -> bool:
    """Tell whether a value is said anew: a part of the day alone (昨天晚上坏的) only to change something."""
    if name == "purchase":
        return "买" in said
    return value.get("value") != "any" or (value.get("part", "") != "" and _CHANGES.search(said) is not None)


def _is_said_again(slot: SlotSpec, value: Mapping[str, str]) -> bool:
    """Tell whether a value is all that was read back: a code or a number; of an address a part may be said again."""
    name = _WHOLE_BY.get(slot.correcting) if slot.correcting else None
    return name is not None and name in slot.current and value.get(name) == slot.current[name]


def _sure(found: Mapping[str, Captured]) -> int:
    return sum(item.sure for item in found.values())


def _after_correction(said: str) -> str:
    """Return what follows the last correction mark ("不是E一,是F一" -> "F一"), or all when nothing follows."""
    twice = _REPEATED_PART.match(said)
    if twice and "是" not in said[2:]:
        return said[twice.end() :]  # "不是三栋,十三栋"
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


def _like(slot: SlotSpec, lexicon: Lexicon, said: str) -> tuple[str, str]:
    """Return the meaning of the sayings of this question that a sentence is like, or the command if it is more so."""
    if slot.safety:  # whatever is not plain there is taken for danger
        return "", ""
    name, score = like_an_answer(slot.name, said)
    command, nearer = like_a_command(said)
    if command in lexicon.commands and nearer > score:
        return "", command
    answers = {*slot.phrases, *(("yes", "no") if slot.kind is SlotKind.YES_NO else ())}
    if name == "yes" and phrases.is_doubtful(said):  # a false yes is worse than another question
        return "", ""
    return name if name in answers else "", name if name in lexicon.commands else ""


def _as_command(found: Interpretation, lexicon: Lexicon, heard: list[str]) -> Interpretation:
    """Return what was not understood as the command that it is like, if it is like one."""
    for text in heard:
        command, _ = like_a_command(strip_fillers(compact(text), lexicon.fillers))
        if command in lexicon.commands:
            return replace(found, status="match", command=command)
    return found
