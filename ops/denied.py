"""What the operator is told of a file or folder that may not be used: which one, whose it is, and what to do."""

import errno
import os
import pwd
from pathlib import Path


def words(error: PermissionError, uid: int) -> str | None:
    """Return one line for the operator, who runs as user `uid`; None when the error is about no path."""
    if not isinstance(error.filename, str | bytes | os.PathLike):
        return None
    path = Path(os.fsdecode(error.filename)).absolute()
    there = next(place for place in (path, *path.parents) if os.path.lexists(place))
    # who may write a file can still not rename or remove it where the folder is somebody else's
    places = (there, there.parent) if there == path else (there,)
    foreign = next((place for place in places if place.lstat().st_uid != uid), None)
    if foreign is None:
        return f"no permission for {path}: {there} is closed to its own user; chmod it or name another folder"
    me, owner = _name(uid), _name(foreign.lstat().st_uid)
    return (
        f"no permission for {path}: {foreign} belongs to {owner} and this runs as {me}; "
        f"name another folder, or chown it to {me} if it is to be the hotline's own"
    )


def require_writable(folder: Path) -> None:
    """Make the folder if there is none; raises PermissionError when no file can be made in it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
