"""Packs are named by their content; a broken one is refused with a reason."""

import json
from pathlib import Path

import pytest

from speech.packs import PackInvalid, division_rows, load_pack, parse_pack, write_pack

_DATA = {"codes": {"E1": {"id": "7"}}, "divisions": [["44", "广东省", 1, ""]], "aliases": {"旧区": "44"}}


def test_a_pack_comes_back_as_written(tmp_path: Path) -> None:
    version = write_pack(tmp_path, _DATA)
    pack = load_pack(tmp_path)
    assert pack == load_pack(tmp_path, version)
    assert (pack.version, pack.codes["E1"]["id"], pack.divisions["44"].name) == (version, "7", "广东省")


def test_an_older_version_stays_readable(tmp_path: Path) -> None:
    first = write_pack(tmp_path, _DATA)
    write_pack(tmp_path, {**_DATA, "codes": {}})
    assert load_pack(tmp_path, first).codes
    assert not load_pack(tmp_path).codes


@pytest.mark.parametrize(
    "raw",
    [
        b"no json",
        b"[]",
        b'{"codes":{},"aliases":{}}',
        b'{"codes":[],"divisions":[],"aliases":{}}',
        b'{"codes":{},"divisions":[["4","x"]],"aliases":{}}',
        json.dumps({"codes": {}, "divisions": [["4401", "广州市", 2, "44"]], "aliases": {}}).encode(),
    ],
)
def test_a_broken_pack_is_refused(raw: bytes) -> None:
    with pytest.raises(PackInvalid, match="pack v"):
        parse_pack(raw, "v")


def test_a_missing_or_altered_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackInvalid, match="no pack"):
        load_pack(tmp_path)
    version = write_pack(tmp_path, _DATA)
    (tmp_path / f"{version}.json").write_text("{}")
    with pytest.raises(PackInvalid, match="does not fit its name"):
        load_pack(tmp_path)


def test_division_rows_keep_towns_of_chosen_provinces_only() -> None:
    def province(code: str) -> dict[str, object]:
        town = {"code": code + "0101001", "name": "镇"}
        district = {"code": code + "0101", "name": "区", "children": [town]}
        return {"code": code, "name": "省", "children": [{"code": code + "01", "name": "市", "children": [district]}]}

    rows = division_rows([province("44"), province("33")], "44")
    assert [row[0] for row in rows] == ["44", "4401", "440101", "440101001", "33", "3301", "330101"]
    assert rows[3] == ["440101001", "镇", 4, "440101"]
