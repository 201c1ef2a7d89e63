"""Names of places as the voice says them: by the reading that the recognizer listens for, all China to counties."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ops.packs import MERGED_FILE, TREE_FILE, build
from ops.stack.texts import flow_texts
from speech.contract import shown
from speech.packs import load_pack
from speech.synthesizers.espeak import VOICE
from speech.synthesizers.pronunciation import MISREAD, PLACES_FILE, spoken_form
from speech.training.lexicon import place_readings_of

ROOT = Path(__file__).parents[2]
_MARKS = re.compile(r"[\d'_|,\[:\s]")


def sounds(texts: Sequence[str], marks: re.Pattern[str] = _MARKS) -> list[str]:
    """Return the phonemes of each text without its `marks` (tones and stress), by one run of espeak-ng."""
    lines = "".join(f"{text}。\n" for text in texts)
    done = subprocess.run(
        ["espeak-ng", "-v", VOICE, "-q", "-x", "--stdin"], input=lines.encode(), capture_output=True, check=True
    )
    said = [marks.sub("", line) for line in done.stdout.decode().splitlines() if line.strip()]
    assert len(said) == len(texts)
    return said


def test_every_place_is_said_as_the_recognizer_expects_it(tmp_path: Path) -> None:
    build(ROOT / TREE_FILE, MERGED_FILE, tmp_path)
    readings = {
        item.name: " ".join(found[0].pinyin)
        for item in load_pack(tmp_path).divisions.values()
        if (found := place_readings_of(item.name))
    }
    assert len(readings) > 4000
    said = sounds([spoken_form(name) for name in readings])
    right = sounds(list(readings.values()))
    wrong = {name: (readings[name], mine) for name, mine, its in zip(readings, said, right, strict=True) if mine != its}
    assert wrong == {}


def test_every_name_in_the_table_is_needed_and_stands_in_no_prompt_by_chance() -> None:
    names = [line.split(":")[0] for line in PLACES_FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    tones_too = re.compile(r"[|_\s]")
    plain, right = sounds(names, tones_too), sounds([MISREAD[name] for name in names], tones_too)
    assert [name for name, mine, its in zip(names, plain, right, strict=True) if mine == its] == []
    meant = {"佛山", "番禺"}
    texts = [shown(str(row["text"])) for row in flow_texts()]
    assert {name for name in names for text in texts if name in text} <= meant
