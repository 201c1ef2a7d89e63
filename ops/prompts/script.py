"""The recording script: every text a person may record, with its key, its length and where it is heard. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from ivr.dialplan.prompts import FALLBACK, WAITING
from ivr.flows.nodes import Say
from ivr.flows.program import Program, Template
from ivr.flows.prompts import slow_parts
from speech.contract import ELDER_RATE, Segment, hinted, shown
from speech.synthesizers.pronunciation import MISREAD

PAUSE_S = 0.3  # between segments (dialogues, how_to_read)
LONGEST_S = 12.0  # design 5
_DIALPLAN = "拨号方案"
_CHARACTERS_A_SECOND = 4.3  # of the synthetic voice at its normal rate
_HEADINGS = {
    "key": "键", "text": "话", "file": "文件名", "segment": "第几段", "segments": "共几段", "target_s": "目标秒数",
    "readings": "读音", "record": "要录", "where": "用在哪里",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One segment of the script. file is its name below prompts/recorded; record is 否 where it holds variables."""

    key: str
    text: str
    file: str
    segment: int
    segments: int
    target_s: float
    readings: str
    record: str
    where: str


def script(program: Program, named: Mapping[str, str] = {**FALLBACK, **WAITING}) -> list[Line]:
    """Return the whole script, by prompt, segments in order; slow parts of long segments after them."""
    lines: list[Line] = []
    for name, templates in sorted(program.prompts.items()):
        where = _where(program, name)
        for number, template in enumerate(templates, 1):
            lines.append(_line(template, number, len(templates), where))
            if not template.variables:
                lines += _slow_lines(template, where)
    known = {line.key for line in lines}
    for key, text in named.items():
        if key not in known:
            template = Template(key, text)
            lines.append(_line(template, 1, 1, _DIALPLAN))
            lines += _slow_lines(template, _DIALPLAN) if key in WAITING else []
    return lines


def _slow_lines(template: Template, where: str) -> list[Line]:
    parts = slow_parts(Segment(template.key, hinted(template.text)))
    if len(parts) == 1:
        return []
    return [_line(Template(part.key, shown(part.text)), n, len(parts), f"{where}(长者模式,慢读)", ELDER_RATE)
            for n, part in enumerate(parts, 1)]  # fmt: skip


def _line(template: Template, number: int, total: int, where: str, rate: float = 1.0) -> Line:
    spoken = len(re.sub(r"[,。;:?、{}a-z_]", "", template.text)) / (_CHARACTERS_A_SECOND * rate)
    return Line(
        key=template.key,
        text=template.text,
        file=f"{template.key}.wav",
        segment=number,
        segments=total,
        target_s=round(min(spoken, LONGEST_S), 1),
        readings=";".join(f"{word} {reading}" for word, reading in MISREAD.items() if word in template.text),
        record="否" if template.variables else "是",
        where=where,
    )


def _where(program: Program, name: str) -> str:
    """Return the flows and nodes that say a prompt, "公共" for what the machine itself says."""
    node, _dot, variant = name.rpartition(".")
    if node in program.nodes and variant in ("p", "r1", "r2", "nm", "ni"):
        return f"{program.flow_of[node]}/{node}"
    said = [f"{program.flow_of[place]}/{place}" for place, found in program.nodes.items()
            if isinstance(found, Say) and (found.prompt or place) == name]  # fmt: skip
    return "、".join(said) or "公共"


def as_csv(lines: Iterable[Line]) -> str:
    """Return the script as CSV with Chinese headings; a byte-order mark lets spreadsheets read it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADINGS.values())
    writer.writerows(astuple(line) for line in lines)
    return "\ufeff" + out.getvalue()


def as_markdown(lines: Sequence[Line]) -> str:
    """Return the script as a Markdown table with what the studio must know above it."""
    head = [
        "# 录音稿",
        "",
        f"- 每段一个文件,放进状态目录的 `prompts/recorded/`;8 kHz、16 位、单声道 WAV;一段不超过 {LONGEST_S:.0f} 秒。",
        f"- 首尾静音各不超过 {PAUSE_S} 秒,段间停顿 {PAUSE_S} 秒由系统加;响度 -20 dBFS ± 2。",
        "- “要录”为“否”的含有变量,由系统合成。",
        "",
        "| " + " | ".join(_HEADINGS.values()) + " |",
        "|" + " --- |" * len(_HEADINGS),
    ]
    rows = ["| " + " | ".join(str(getattr(line, item.name)).replace("|", "\\|") for item in fields(Line)) + " |"
            for line in lines]  # fmt: skip
    return "\n".join([*head, *rows, ""])
