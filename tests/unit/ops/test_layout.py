"""The state folder: paths, sockets short enough, closed to others."""

import stat
from pathlib import Path

import pytest

from ops.layout import SOCKET_LIMIT, HomeTooDeep, check_sockets, layout_for, make_folders


def test_everything_lies_below_the_home() -> None:
    layout = layout_for(Path("/h"), {})
    names = [name for name, value in vars(type(layout)).items() if isinstance(value, property)]
    paths = [getattr(layout, name) for name in names]
    paths += [layout.instance("pbx"), layout.part_log("ivr"), layout.asterisk_tree]
    assert len(paths) > 18
    assert all(path.is_relative_to("/h") for path in paths)


def test_several_homes_can_share_one_asterisk() -> None:
    layout = layout_for(Path("/h"), {"HOTLINE_ASTERISK_TREE": "/shared"})
    assert layout.asterisk_tree == Path("/shared")


def test_a_relative_home_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert layout_for(Path("var"), {}).home == tmp_path / "var"


def test_folders_are_closed_to_others(tmp_path: Path) -> None:
    layout = layout_for(tmp_path / "a" / "home", {})
    make_folders(layout)
    make_folders(layout)
    for folder in (layout.home, layout.run, layout.log, layout.recordings, layout.clips, layout.journal):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(("length", "fits"), [(60, True), (74, True), (75, False), (300, False)])
def test_a_home_too_deep_for_unix_sockets_is_refused(length: int, fits: bool) -> None:
    layout = layout_for(Path("/" + "x" * (length - 1)), {})
    if fits:
        check_sockets(layout)
        return
    with pytest.raises(HomeTooDeep, match=f"{length - 74} bytes too long.*--home"):
        check_sockets(layout)


def test_the_limit_counts_bytes_not_characters() -> None:
    assert SOCKET_LIMIT == 100
    with pytest.raises(HomeTooDeep):
        check_sockets(layout_for(Path("/" + "热" * 25), {}))
