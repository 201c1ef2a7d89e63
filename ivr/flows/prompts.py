"""Prompts as segments: variables filled in, pinyin hints for 多音字, and everything fixed as a list to make ahead."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ivr.flows import readback
from ivr.flows.load import load_program
from ivr.flows.nodes import Ask, Menu
from ivr.flows.program import Program, Template, names_in
from ivr.flows.state import State
from ivr.flows.variables import VARIABLES, WORDS, Spoken
from speech.contract import ELDER_RATE, Segment, hinted, shown

SLOW_MOST = 34  # characters of one segment at ELDER_RATE: longer ones pass the 12 s of design 5

_VARIABLE = re.compile(r"\{(\w+)\}")


def render(template: Template, state: State, reads: Mapping[str, str] | None = None) -> Segment | None:
    """Fill in a template; None when nothing of it is left (all its variables are empty).

    A variable without a value takes its phrase with it: the whole clause when the clause names a key
    ("{c3},请按三"), else the part between two commas.
    """
    names = template.variables
    if not names:
        return Segment(template.key, hinted(template.text))
    values = {name: VARIABLES[(reads or {}).get(name, name)](state) for name in names}
    kept = _without_empty(template.text, values)
    if not kept:
        return None
    whole = _VARIABLE.sub(lambda match: values[match.group(1)].text, kept)
    return Segment(template.key, hinted(whole), _pieces(kept, values))


def render_all(templates: Iterable[Template], state: State, reads: Mapping[str, str] | None = None) -> list[Segment]:
    """Fill in several templates; empty ones are left out."""
    segments = (render(template, state, reads) for template in templates)
    return [segment for segment in segments if segment is not None]


def slow_parts(segment: Segment) -> tuple[Segment, ...]:
    """Return a segment as it is said slowly: in two where it would be too long, at the clause's end nearest its middle.

    The halves' keys end in .slow1 and .slow2, so that a recording can be made of each.
    """
    words = shown(segment.text)
    if len(words) <= SLOW_MOST or segment.pieces or not segment.key:
        return (segment,)
    for ends in ("。;?", ",:"):
        places = [match.end() for match in re.finditer(f"[{ends}]", segment.text)][: -1 if ends == "。;?" else None]
        if places:
            cut = min(places, key=lambda place: abs(2 * len(shown(segment.text[:place])) - len(words)))
            halves = (segment.text[:cut], segment.text[cut:])
            return tuple(replace(segment, key=f"{segment.key}.slow{n}", text=text) for n, text in enumerate(halves, 1))
    return (segment,)


def _without_empty(text: str, values: Mapping[str, Spoken]) -> str:
    def is_whole(part: str) -> bool:
        return all(values[name].text for name in names_in(part))

    clauses = [_kept_parts(clause, is_whole) for clause in re.split(r"(?<=[;。])", text)]
    out = "".join(clauses)
    return out.rstrip(";") + "。" if out.endswith(";") else out


def _kept_parts(clause: str, is_whole: Callable[[str], bool]) -> str:
    if is_whole(clause):
        return clause
    if "请按" in clause:
        return ""
    end = clause[-1] if clause[-1:] in (";", "。") else ""
    parts = [part for part in clause.rstrip(";。").split(",") if is_whole(part)]
    return ",".join(parts) + end if parts else ""


def _pieces(text: str, values: Mapping[str, Spoken]) -> tuple[str, ...]:
    """Return the words of `text` in static pieces, () when one of its variables has none."""
    pieces: list[str] = []
    for fixed, name in _cut(text):
        if fixed:
            pieces.append(hinted(fixed))
        elif not values[name].pieces:
            return ()
        else:
            pieces += [hinted(piece) for piece in values[name].pieces]
    return tuple(pieces)


def _cut(text: str) -> list[tuple[str, str]]:
    """Cut a template into (fixed words, "") and ("", variable), fixed words ending with a clause."""
    out: list[tuple[str, str]] = []
    for index, part in enumerate(_VARIABLE.split(text)):
        if index % 2:
            out.append(("", part))
        else:
            out += [(words.strip(",:;。、"), "") for words in re.split(r"(?<=[;。?])", part) if words.strip(",:;。、?")]
    return out


# ---- everything fixed ----


def static_texts(program: Program | None = None) -> list[dict[str, str | float]]:
    """Return every fixed segment and piece as {"key", "text", "rate"}, at both rates; pieces have the key "".

    What it lists is all the keys-only path says: made ahead, no synthesiser is needed during a call.
    Without `program` the flows of this package are read.
    """
    program = program or load_program()
    found: dict[str, str] = {}
    templates = [template for segments in program.prompts.values() for template in segments]
    for template in templates:
        if not template.variables:
            found.setdefault(hinted(template.text), template.key)
    for piece in (*fixed_pieces(templates), *readback.PIECES, *WORDS, *_names(program)):
        found.setdefault(hinted(piece), "")
    normal: list[dict[str, str | float]] = [{"key": key, "text": text, "rate": 1.0} for text, key in found.items()]
    slow = [part for text, key in found.items() for part in slow_parts(Segment(key, text))]
    normal += [{"key": part.key, "text": part.text, "rate": ELDER_RATE} for part in slow]
    return normal


def fixed_pieces(templates: Iterable[Template]) -> list[str]:
    """Return the fixed words between the variables of all templates that have some."""
    with_variables = (template.text for template in templates if template.variables)
    return [fixed for text in with_variables for fixed, _ in _cut(text) if fixed]


def _names(program: Program) -> list[str]:
    questions = [node for node in program.nodes.values() if isinstance(node, Menu | Ask)]
    return [name for node in questions for name in node.names.values()]
