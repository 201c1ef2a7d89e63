"""Where everything of one stack lies: the paths of the state folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from liveness import marks

TREE = Path(__file__).resolve().parent.parent
SOCKET_LIMIT = 100  # bytes; the kernel's limit is 107, supervisord needs 7 more than the name says


class HomeTooDeep(Exception):
    """The state folder's path is so long that unix sockets in it cannot be made."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths of one stack. `home` is the state folder, `tree` the code, `asterisk_tree` the unpacked Asterisk."""

    home: Path
    tree: Path
    asterisk_tree: Path

    @property
    def env_file(self) -> Path:
        """Every setting, mode 600."""
        return self.home / "hotline.env"

    @property
    def run(self) -> Path:
        """Unix sockets and pid files."""
        return self.home / "run"

    @property
    def log(self) -> Path:
        """One log file per process."""
        return self.home / "log"

    @property
    def frozen_marks(self) -> Path:
        """Which parts were killed because they were frozen (liveness.marks)."""
        return self.home / marks.FILE

    @property
    def pg(self) -> Path:
        """The embedded PostgreSQL cluster."""
        return self.home / "pg"

    @property
    def redis(self) -> Path:
        """The embedded Redis: configuration and working folder."""
        return self.home / "redis"

    @property
    def prompts(self) -> Path:
        """Prompt audio: synthetic/, recorded/, fallback/."""
        return self.home / "prompts"

    @property
    def packs(self) -> Path:
        """Versioned packs (divisions, codes) that speech and ivr load."""
        return self.home / "packs"

    @property
    def clips(self) -> Path:
        """The callers' answers as WAV, one folder per contact."""
        return self.home / "clips"

    @property
    def recordings(self) -> Path:
        """Call recordings, <uuid>-{rx,tx,mix}.wav."""
        return self.home / "recordings"

    @property
    def voicemail(self) -> Path:
        """Voicemail, <uuid>.wav."""
        return self.home / "voicemail"

    @property
    def journal(self) -> Path:
        """ivr's journal."""
        return self.home / "journal"

    @property
    def cache(self) -> Path:
        """Caches of tools; safe to delete."""
        return self.home / "cache"

    @property
    def speech_socket(self) -> Path:
        """Control socket of the speech process."""
        return self.run / "speech.sock"

    @property
    def redis_socket(self) -> Path:
        """Socket of the embedded Redis."""
        return self.run / "redis.sock"

    @property
    def pg_socket(self) -> Path:
        """Socket of the embedded PostgreSQL (clients name the folder, `run`)."""
        return self.run / ".s.PGSQL.5432"

    @property
    def supervisor_socket(self) -> Path:
        """Control socket of supervisord."""
        return self.run / "supervisor.sock"

    @property
    def supervisor_conf(self) -> Path:
        """Rendered configuration of supervisord."""
        return self.run / "supervisord.conf"

    @property
    def supervisor_pid(self) -> Path:
        """Process id of supervisord."""
        return self.run / "supervisord.pid"

    def instance(self, name: str) -> Path:
        """Return the folder of the Asterisk instance `name` (pbx or carrier)."""
        return self.home / name

    def part_log(self, part: str) -> Path:
        """Return the log file of `part`."""
        return self.log / f"{part}.log"


def layout_for(home: Path, environ: Mapping[str, str], tree: Path = TREE) -> Layout:
    """Return the layout of `home` (made absolute). HOTLINE_ASTERISK_TREE lets several stacks share one Asterisk."""
    home = home.absolute()
    shared = environ.get("HOTLINE_ASTERISK_TREE", "")
    return Layout(home=home, tree=tree, asterisk_tree=Path(shared) if shared else home / "asterisk-tree")


def check_sockets(layout: Layout) -> None:
    """Raise HomeTooDeep when one of the unix sockets would get too long a path; the message says what to do."""
    sockets = (
        layout.supervisor_socket,
        layout.speech_socket,
        layout.redis_socket,
        layout.pg_socket,
        layout.instance("carrier") / "run" / "asterisk.ctl",
    )
    longest = max(sockets, key=lambda path: len(bytes(path)))
    excess = len(bytes(longest)) - (SOCKET_LIMIT - 1)
    if excess > 0:
        message = f"the state folder's path is {excess} bytes too long for unix sockets: {longest}; "
        raise HomeTooDeep(message + "give a shorter one with --home")


def make_folders(layout: Layout) -> None:
    """Make the state folder and its sub-folders, closed to other users; raises HomeTooDeep or OSError."""
    check_sockets(layout)
    layout.home.mkdir(parents=True, exist_ok=True)
    layout.home.chmod(0o700)
    folders = (
        layout.run, layout.log, layout.redis, layout.prompts, layout.packs, layout.clips, layout.recordings,
        layout.voicemail, layout.journal, layout.cache,
    )  # fmt: skip
    for folder in folders:
        folder.mkdir(mode=0o700, exist_ok=True)
