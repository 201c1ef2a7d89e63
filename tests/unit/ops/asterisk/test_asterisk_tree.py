"""Fetching: with stand-ins for apt and dpkg, so that every way it can go wrong is gone through."""

import os
from pathlib import Path

import pytest

from ops.asterisk.modules import ALL_MODULES
from ops.asterisk.tree import KEYRING, TreeError, ensure_tree, is_whole, loader
from ops.layout import Layout, layout_for

APT_GET = """\
#!/bin/sh
echo "$@" >> "{log}"
case "$*" in
  *indextargets*) [ -e "{state}/no-mirror" ] || echo http://mirror.example/debian ;;
  *" update") [ -e "{state}/expired" ] && {{ echo "E: Release file is expired" >&2; exit 100; }}
    cat "{state}"/../v/.asterisk-*/apt/etc/sources.list >> "{log}" 2>/dev/null; true ;;
  *" download "*) [ -e "{state}/renamed" ] && {{ echo "E: Unable to locate package" >&2; exit 100; }}; : > one.deb ;;
  *" install "*) for d in "{state}"/../v/.asterisk-*/apt/cache/archives; do : > "$d/two.deb"; done ;;
esac
"""
DPKG_DEB = """\
#!/bin/sh
echo "dpkg-deb $(basename "$2")" >> "{log}"
[ -e "{state}/broken" ] && {{ echo "dpkg-deb: error: bad archive" >&2; exit 2; }}
L="$3/usr/lib/x86_64-linux-gnu"; M="$L/asterisk/modules"; mkdir -p "$M" "$3/usr/sbin" "$3/usr/bin" "$3/etc"
: > "$3/usr/sbin/asterisk"; : > "$M/chan_unwanted.so"
for m in {modules}; do : > "$M/$m.so"; done
cat > "$L/ld-linux-x86-64.so.2" <<'L'
#!/bin/sh
echo "	linux-vdso.so.1 (0x1)"
echo "	libc.so.6 => $(cat "{state}/libc" 2>/dev/null || echo "$3")/libc.so.6"
L
chmod +x "$L/ld-linux-x86-64.so.2"
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder whose files steer the stand-ins; log.txt holds what was called."""
    state, programs = tmp_path / "state", tmp_path / "bin"
    state.mkdir()
    programs.mkdir()
    values = {"log": state / "log.txt", "state": state, "modules": " ".join(sorted(ALL_MODULES))}
    for name, text in (("apt-get", APT_GET), ("dpkg-deb", DPKG_DEB), ("dpkg", "#!/bin/sh\necho amd64\n")):
        program = programs / name
        program.write_text(text.format(**values) if name != "dpkg" else text)
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return state


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = layout_for(tmp_path / "v", {})
    made.home.mkdir()
    return made


def calls(machine: Path) -> str:
    return (machine / "log.txt").read_text()


def test_fetches_once_and_says_what_it_does(machine: Path, layout: Layout) -> None:
    said: list[str] = []
    tree = ensure_tree(layout, said.append)
    assert tree == layout.asterisk_tree
    assert is_whole(tree)
    assert len(said) >= 3
    assert all(line.startswith("asterisk: ") for line in said)
    modules = tree / "usr/lib/x86_64-linux-gnu/asterisk/modules"
    assert {path.stem for path in modules.iterdir()} == ALL_MODULES
    assert not (tree / "etc").exists()
    assert list(layout.home.iterdir()) == [tree]
    before = calls(machine)
    assert ensure_tree(layout, said.append) == tree
    assert calls(machine) == before


def test_signatures_stay_on_and_the_machines_apt_is_left_alone(machine: Path, layout: Layout) -> None:
    ensure_tree(layout, print)
    log = calls(machine)
    assert f"deb [signed-by={KEYRING} valid-until-min=15552000] http://mirror.example/debian forky main" in log
    assert "trusted" not in log.lower()
    assert "insecure" not in log.lower()
    assert "unauthenticated" not in log.lower()
    assert all("indextargets" in line or "apt.conf" in line for line in log.splitlines() if line.startswith("-"))


def test_a_renamed_library_brings_the_whole_set(machine: Path, layout: Layout) -> None:
    (machine / "renamed").touch()
    said: list[str] = []
    assert is_whole(ensure_tree(layout, said.append))
    assert "dpkg-deb two.deb" in calls(machine)
    assert any("whole dependency set" in line for line in said)


@pytest.mark.parametrize(
    ("trouble", "hint"),
    [("no-mirror", "sources"), ("expired", "clock"), ("broken", "bad archive")],
)
def test_a_failed_fetch_leaves_nothing_behind(machine: Path, layout: Layout, trouble: str, hint: str) -> None:
    (machine / trouble).touch()
    with pytest.raises(TreeError, match=hint):
        ensure_tree(layout, print)
    assert list(layout.home.iterdir()) == []
    (machine / trouble).unlink()
    assert is_whole(ensure_tree(layout, print))


def test_a_library_of_the_machine_is_refused(machine: Path, layout: Layout) -> None:
    (machine / "libc").write_text("/lib/x86_64-linux-gnu")
    with pytest.raises(TreeError, match="outside the tree"):
        ensure_tree(layout, print)
    assert list(layout.home.iterdir()) == []


def test_a_missing_module_is_named(machine: Path, layout: Layout) -> None:
    program = machine.parent / "bin/dpkg-deb"
    program.write_text(program.read_text().replace("app_queue ", ""))
    with pytest.raises(TreeError, match="app_queue"):
        ensure_tree(layout, print)


def test_half_a_tree_is_replaced_and_a_missing_program_is_an_error(
    machine: Path, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    (layout.asterisk_tree / "usr").mkdir(parents=True)
    assert is_whole(ensure_tree(layout, print))
    (layout.asterisk_tree / ".hotline-tree").unlink()
    monkeypatch.setenv("PATH", str(machine))
    with pytest.raises(TreeError, match="apt-get"):
        ensure_tree(layout, print)


def test_an_empty_folder_has_no_loader(tmp_path: Path) -> None:
    with pytest.raises(TreeError, match="no dynamic loader"):
        loader(tmp_path)
