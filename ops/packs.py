"""Builds the divisions of the pack that speech reads: china-division's tree (npm, MIT) plus the merged districts.

Codes, articles and outlets are written by crm when somebody publishes them; they are kept as they are.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from ops.layout import Layout
from speech.packs import PackInvalid, division_rows, load_pack, write_pack

TREE_FILE = Path("crm/console/node_modules/china-division/dist/pcas-code.json")
MERGED_FILE = Path(__file__).parent / "data" / "merged_districts.yaml"
OF_CRM = ("codes", "articles", "outlets")
TOWNS_OF = "44"  # towns and streets for Guangdong; the rest of China to county level
Say = Callable[[str], None]


class DivisionsMissing(Exception):
    """The npm package with the divisions is not installed, or is not what it was; the message says what to do."""


def ensure(layout: Layout, say: Say) -> str:
    """Make the pack unless the current one was built from the same sources; returns its version."""
    source, merged = layout.tree / TREE_FILE, MERGED_FILE
    stamp = layout.packs / "sources"
    try:
        if stamp.exists() and stamp.read_text() == _tag(source, merged):
            return load_pack(layout.packs).version
    except (OSError, PackInvalid):
        pass  # build it anew below, which says what is wrong
    begun = time.monotonic()
    version = build(source, merged, layout.packs)
    stamp.write_text(_tag(source, merged))
    say(f"division pack {version} made in {time.monotonic() - begun:.1f} s")
    return version


def build(source: Path, merged: Path, folder: Path) -> str:
    """Build the pack from the npm package's file and the table of merged districts; raises DivisionsMissing."""
    try:
        rows = division_rows(json.loads(source.read_bytes()), TOWNS_OF)
        aliases = yaml.safe_load(merged.read_text(encoding="utf-8"))
        codes = {row[0] for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DivisionsMissing(f"no divisions at {source.name}: run `./hotline` set-up again ({error})") from error
    unknown = [name for name, code in aliases.items() if code not in codes]
    if unknown:
        raise DivisionsMissing(f"merged districts point nowhere: {', '.join(unknown)}")
    return write_pack(folder, {**_kept(folder), "divisions": rows, "aliases": aliases})


def _kept(folder: Path) -> dict[str, Any]:
    """Return what crm published into the pack in force, nothing when there is none or it is broken."""
    try:
        load_pack(folder)
        data = json.loads((folder / f"{(folder / 'current').read_text().strip()}.json").read_bytes())
    except (OSError, PackInvalid):
        data = {}
    return {name: data.get(name, {}) for name in OF_CRM}


def _tag(source: Path, merged: Path) -> str:
    return f"{source.stat().st_size} {merged.stat().st_size} {TOWNS_OF}"
