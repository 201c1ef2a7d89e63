"""Photos of visits on disk: only real JPEG, PNG or WebP, named by our own id; nothing of what the sender named it."""

from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm.errors import Conflict, Invalid
from crm.visits import repository
from crm.visits.models import EngineerVisit, VisitPhoto

MOST_BYTES = 8_000_000
MOST_PHOTOS = 12
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def kind_of(content: bytes) -> str:
    """Return jpg, png or webp by the content's own beginning, "" for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


async def keep(session: AsyncSession, visit: EngineerVisit, content: bytes, folder: Path, now: datetime) -> VisitPhoto:
    """Write a photo; raises Invalid for what is none or too big, Conflict when the visit has enough."""
    kind = kind_of(content)
    if not kind or len(content) > MOST_BYTES:
        detail = "照片太大，最多 8 MB" if kind else "只能传 JPEG、PNG 或 WebP 照片"
        raise Invalid(detail, fields=[{"field": "photo", "detail": detail}])
    if len((await repository.photos(session, [visit.id])).get(visit.id, [])) >= MOST_PHOTOS:
        raise Conflict(f"一次上门最多 {MOST_PHOTOS} 张照片")
    photo = VisitPhoto(id=uuid4().hex, visit_id=visit.id, kind=kind, bytes=len(content), created_at=now)
    await repository.add(session, photo)
    file = path(folder, photo)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(content)
    part.replace(file)
    return photo


def path(folder: Path, photo: VisitPhoto) -> Path:
    """Return where a photo lies."""
    return folder / photo.id[:2] / f"{photo.id}.{photo.kind}"
