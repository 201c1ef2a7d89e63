"""Lists the keys of the dialogue design from its text, so that tests can ask whether each is built and heard.

    python -m tests.unit.ivr.flows.dialogue_keys DOCUMENT > tests/unit/ivr/flows/dialogue_keys.yaml

What counts as a key, in each section ("## name") of the document:

- the code in a heading "#### `key`": a question. Its line 说 tells which prompts are written: 提示 p, 重提1 r1,
  重提2 r2, 没听懂 nm, 没声音 ni. Only what stands in 「」 directly behind the word is a prompt, "(同提示)" is none;
- the first code, or several joined by "/", at the start of a row of a table (`ans_excluded.1–.3` is `ans_excluded`).
  Where the table has a column 重提1 it is a question as above, else a sentence;
- a code anywhere directly before 「, with at most ":", "=" or a bracketed remark between them: a sentence.

Pictures (mermaid) and what else stands in code marks are no keys. A sentence has no prompts listed.

What callers say to a question ("said") is what stands in “” in its line 听 (and the lines set in below it) or in its
row's column 听, 说法, 另外的说法 or 问法, without what is in brackets.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_SECTION = re.compile(r"## (\w+)")
_HEADING = re.compile(r"#### `(\w+)`")
_ROW = re.compile(r"\|\s*(`[a-z]\w*(?:\.\d[–-]\.\d)?`(?:\s*/\s*`[a-z]\w*`)*)")
_CODE = re.compile(r"`([a-z]\w*)")
_BEFORE_WORDS = re.compile(r"`([a-z]\w*)`(?:\([^()]*\))?\s*[:=]?\s*「")
_SAID = {"提示": "p", "重提1": "r1", "重提2": "r2", "没听懂": "nm", "没声音": "ni"}

_HEARD = ("听", "说法", "另外的说法", "问法(举例)")
_SAMPLE = re.compile("“([^”]+)”")
_REMARK = re.compile(r"\([^()]*\)")

Keys = dict[str, dict[str, list[str]]]


def extract(text: str) -> Keys:
    """Return section -> key -> its written prompts, in the order of the document."""
    found: Keys = {}
    section, heading, columns, drawing = "", "", [""], False
    for line in text.splitlines():
        drawing = drawing != line.startswith("```")
        if drawing:
            continue
        if match := _SECTION.match(line):
            section, heading = match.group(1), ""
        keys = found.setdefault(section, {})
        if match := _HEADING.match(line):
            heading = match.group(1)
            keys.setdefault(heading, ["p"])
        elif line.startswith("- 说 ") and heading:
            keys[heading] = [short for word, short in _SAID.items() if re.search(rf"{word}「", line)]
        elif line.startswith("|"):
            columns = columns or _cells(line)
            for key in _row_keys(line):
                keys.setdefault(key, list(_written(columns, _cells(line))))
        for key in _BEFORE_WORDS.findall(line):
            if not any(key in known for known in found.values()):
                keys[key] = []
        if not line.startswith("|"):
            columns = []
    return {section: keys for section, keys in found.items() if keys}


def samples(text: str) -> dict[str, list[str]]:
    """Return question -> what callers say to it in the document."""
    found: dict[str, list[str]] = {}
    heading, columns, listening = "", [""], False
    for line in text.splitlines():
        match = _HEADING.match(line)
        heading = match.group(1) if match else "" if line.startswith(("#", "|")) else heading
        listening = line.startswith("- 听") or (listening and line.startswith("  - "))
        if heading and listening:
            found.setdefault(heading, []).extend(_SAMPLE.findall(_REMARK.sub("", line)))
        if not line.startswith("|"):
            columns = []
            continue
        columns = columns or _cells(line)
        for key in _row_keys(line)[:1]:
            heard = [cell for column, cell in zip(columns, _cells(line), strict=True) if column in _HEARD]
            found.setdefault(key, []).extend(_SAMPLE.findall(_REMARK.sub("", "".join(heard))))
    return {key: said for key, said in found.items() if said}


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def _row_keys(line: str) -> list[str]:
    match = _ROW.match(line)
    return _CODE.findall(match.group(1)) if match else []


def _written(columns: list[str], cells: list[str]) -> Iterator[str]:
    """Yield the prompts that a row of questions writes; nothing for a row of sentences."""
    if "重提1" not in columns:
        return
    for column, cell in zip(columns, cells, strict=True):
        if column in _SAID and "「" in cell:
            yield _SAID[column]
        elif column.replace(" ", "") == "没听懂/没声音":
            yield from (short for short, part in zip(("nm", "ni"), cell.split("/"), strict=True) if "「" in part)


def listed(text: str) -> str:
    """Return the list as YAML, with the hash of the document it was made from."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    lines = ["# Made from the dialogue design by dialogue_keys.py, which tells the rule: not written by hand.",
             f"sha256: {digest}", "dialogue:"]  # fmt: skip
    for section, keys in extract(text).items():
        lines += [f"  {section}:", *(f"    {key}: [{', '.join(prompts)}]" for key, prompts in keys.items())]
    lines.append("said:")
    for key, said in samples(text).items():
        lines += [f"  {key}:", *(f'    - "{words}"' for words in said)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(listed(Path(sys.argv[1]).read_text(encoding="utf-8")))
