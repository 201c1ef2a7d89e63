"""Fetches Debian's Asterisk 22 without root into a folder of its own and checks that nothing outside it is used."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ops.asterisk.modules import ALL_MODULES
from ops.layout import Layout

Say = Callable[[str], None]

SUITE = "forky"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# A mirror's forky can be past its Valid-Until; 180 days from the Release's date keep the limit and the signature check
# in force.
VALID_UNTIL_MIN_S = 15_552_000
STAMP = ".hotline-tree"
FETCH_TIMEOUT_S = 600

PACKAGES = [
    "asterisk",
    "asterisk-modules",
    "libbsd0",
    "libc6",
    "libcap2",
    "libcrypt1",
    "libedit2",
    "libgcc-s1",
    "libjansson4",
    "libmd0",
    "libnspr4",
    "libnss3",
    "libsqlite3-0",
    "libsrtp2-1",
    "libssl3t64",
    "libstdc++6",
    "libsystemd0",
    "libtinfo6",
    "liburiparser1",
    "libuuid1",
    "libxml2-16",
    "libxslt1.1",
    "libzstd1",
    "zlib1g",
]
LINKED = ("chan_pjsip", "res_rtp_asterisk", "res_srtp", "res_agi", "app_queue", "res_http_websocket", "cdr_custom")
UNUSED = [
    "etc",
    "var",
    "usr/bin",
    "usr/lib/systemd",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/info",
    "usr/share/locale",
    "usr/share/lintian",
    "usr/share/asterisk/conf",
    "usr/share/asterisk/rest-api",
    "usr/share/gcc",
    "usr/share/gdb",
    "usr/share/dahdi",
]

APT_CONF = """\
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::sourcelist "{work}/apt/etc/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{work}/apt/state";
Dir::State::status "{work}/apt/status";
Dir::Cache "{work}/apt/cache";
Dir::Log "{work}/apt/log";
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
APT::Sandbox::User "";
Acquire::Languages "none";
"""


class TreeError(RuntimeError):
    """Asterisk could not be fetched; the message says what to do."""


def ensure_tree(layout: Layout, say: Say) -> Path:
    """Return the folder of a whole Asterisk tree, fetching it when it is not there; raises TreeError.

    A tree shared by several state folders (layout.asterisk_tree) is used in place, or filled when it is empty.
    """
    target = layout.asterisk_tree.absolute()
    if is_whole(target):
        return target
    began = time.monotonic()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".asterisk-", dir=target.parent, ignore_cleanup_errors=True) as name:
        work = Path(name)
        fetched = _fetch(work, say)
        _trim(fetched)
        _check_links(fetched)
        (fetched / STAMP).write_text(_recipe())
        fetched.chmod(0o755)
        _move_into_place(fetched, target)
    say(f"asterisk: unpacked in {time.monotonic() - began:.0f} s")
    return target


def is_whole(tree: Path) -> bool:
    """Tell whether `tree` was finished by this recipe, with these packages and modules."""
    try:
        return (tree / STAMP).read_text() == _recipe()
    except OSError:
        return False


def _recipe() -> str:
    return hashlib.sha256(" ".join([SUITE, *PACKAGES, *UNUSED, *sorted(ALL_MODULES)]).encode()).hexdigest()


def loader(tree: Path) -> tuple[Path, Path]:
    """Return the tree's own dynamic loader and its library folder; raises TreeError when there is none."""
    for found in sorted((tree / "usr/lib").glob("*/ld-linux*.so.*")):
        return found, found.parent
    raise TreeError(f"no dynamic loader under {tree}: remove that folder and start again")


def module_folder(tree: Path) -> Path:
    """Return the folder of Asterisk's modules."""
    return loader(tree)[1] / "asterisk/modules"


def _fetch(work: Path, say: Say) -> Path:
    for folder in [
        "own/lists/partial",
        "apt/etc",
        "apt/state/lists/partial",
        "apt/cache/archives/partial",
        "apt/log",
        "debs",
        "tree",
    ]:
        (work / folder).mkdir(parents=True)
    mirror = _mirror(work, say)
    arch = _run(["dpkg", "--print-architecture"]).strip()
    source = f"deb [signed-by={KEYRING} valid-until-min={VALID_UNTIL_MIN_S}] {mirror} {SUITE} main\n"
    (work / "apt/etc/sources.list").write_text(source)
    (work / "apt/status").touch()
    (work / "apt/apt.conf").write_text(APT_CONF.format(work=work, arch=arch))
    say("asterisk: reading Debian's package index")
    _apt(work, "update")
    say("asterisk: downloading packages (about 17 MB)")
    try:
        _apt(work, "download", *PACKAGES, cwd=work / "debs")
    except TreeError:
        say("asterisk: a library has a new name; downloading the whole dependency set (about 80 MB)")
        _apt(work, "-y", "-d", "--no-install-recommends", "install", "asterisk", "asterisk-modules")
        for deb in (work / "apt/cache/archives").glob("*.deb"):
            shutil.move(deb, work / "debs" / deb.name)
    say("asterisk: unpacking")
    for deb in sorted((work / "debs").glob("*.deb")):
        _run(["dpkg-deb", "-x", str(deb), str(work / "tree")])
    return work / "tree"


def _mirror(work: Path, say: Say) -> str:
    """Return the Debian mirror of the machine's own apt; with no lists ever downloaded, update into a private state."""
    found = _index_targets([])
    if not found:
        say("asterisk: asking the machine's apt sources for a mirror")
        own = [f"-oDir::State={work}/own", f"-oDir::State::lists={work}/own/lists", f"-oDir::Cache={work}/apt/cache"]
        own += ["-oAPT::Sandbox::User=", "-oAcquire::Languages=none"]
        try:
            _run(["apt-get", *own, "update"])
        except TreeError as error:
            say(f"asterisk: some apt source did not answer ({error})")
        found = _index_targets(own)
    if not found:
        raise TreeError("no Debian mirror in this machine's apt sources: add one to /etc/apt/sources.list.d")
    return found


def _index_targets(options: Sequence[str]) -> str:
    listed = _run([
        "apt-get", *options, "indextargets", "--format", "$(REPO_URI)",
        "Identifier: Packages", "Origin: Debian", "Label: Debian",
    ])  # fmt: skip
    return next(iter(listed.splitlines()), "")


def _apt(work: Path, *args: str, cwd: Path | None = None) -> None:
    # -c is read after the machine's own configuration, so its proxy stays in force
    _run(["apt-get", "-q", "-c", str(work / "apt/apt.conf"), *args], cwd=cwd)


def _run(argv: Sequence[str], cwd: Path | None = None) -> str:
    env = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            argv, cwd=cwd, env=env, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TreeError(f"{argv[0]}: {error}") from error
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith(("E:", "dpkg"))] or ["no message"]
        hint = " (the mirror is too old or this machine's clock is wrong)" if "expired" in done.stderr else ""
        raise TreeError(f"{argv[0]} failed: {said[0]}{hint}")
    return done.stdout


def _trim(tree: Path) -> None:
    for folder in UNUSED:
        shutil.rmtree(tree / folder, ignore_errors=True)
    for module in module_folder(tree).glob("*.so"):
        if module.stem not in ALL_MODULES:
            module.unlink()
    missing = sorted(name for name in ALL_MODULES if not (module_folder(tree) / f"{name}.so").is_file())
    if missing:
        raise TreeError(f"Debian's Asterisk lacks modules: {' '.join(missing)}")


def _check_links(tree: Path) -> None:
    """Every library must come from the tree: the loader's built-in default folders are the machine's own."""
    program, libraries = loader(tree)
    files = [tree / "usr/sbin/asterisk", *(module_folder(tree) / f"{name}.so" for name in LINKED)]
    for file in files:
        listed = _run([str(program), "--inhibit-cache", "--library-path", str(libraries), "--list", str(file)])
        outside = list(_outside(listed.splitlines(), tree))
        if outside:
            raise TreeError(f"{file.name} uses libraries outside the tree: {' '.join(outside)}")


def _outside(lines: Iterable[str], tree: Path) -> Iterable[str]:
    for line in lines:
        if "linux-vdso" not in line and "statically linked" not in line and str(tree) not in line:
            yield line.split()[0]


def _move_into_place(fetched: Path, target: Path) -> None:
    if is_whole(target):
        return  # another start on the same state folder was faster
    if target.exists():
        shutil.rmtree(target)
    fetched.rename(target)
