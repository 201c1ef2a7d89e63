"""What the knowledge begins with: YAML files beside this one, put in once, never over what people wrote."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from crm.knowledge import repository
from crm.knowledge.content import Article, FaultCode, Phrase, canonical
from crm.knowledge.models import KnowledgeEntry, KnowledgeVersion
from crm.knowledge.service import Parsed

AUTHOR = "系统预置"
_FOLDER = Path(__file__).parent


def load() -> dict[tuple[str, str], Parsed]:
    """Return every seed by kind and key."""
    found: dict[tuple[str, str], Parsed] = {}
    for key, row in _read("articles").items():
        found["article", key] = Article.model_validate(row)
    for key, row in _read("phrases").items():
        found["phrase", key] = Phrase.model_validate(row)
    codes = _read("fault_codes")
    for row in codes["own"]:
        found["fault_code", canonical(row["code_printed"])] = FaultCode.model_validate({**row, "example": True})
    for maker in codes["others"]:
        shared = {name: maker[name] for name in ("brand", "model_family", "source_url", "source_page")}
        for row in maker["codes"]:
            code = FaultCode.model_validate({**shared, **row})
            found["fault_code", f"{maker['slug']}:{canonical(code.code_printed)}"] = code
    return found


async def put_in(session: AsyncSession, now: datetime) -> int:
    """Put in what is not there yet, published; returns how many. An entry that people withdrew stays withdrawn."""
    have = await repository.keys(session)
    added = 0
    for (kind, key), content in load().items():
        if key not in have.get(kind, ()):
            await _add(session, kind, key, content, now)
            added += 1
    return added


async def _add(session: AsyncSession, kind: str, key: str, content: Parsed, now: datetime) -> None:
    entry = KnowledgeEntry(
        id=uuid4().hex, kind=kind, key=key, title=content.title(), search=f"{key} {content.words()}",
        example=content.example, published=1, newest=1, state="published", revision=1, created_at=now, updated_at=now,
    )  # fmt: skip
    await repository.add(session, entry)
    version = KnowledgeVersion(
        entry_id=entry.id, number=1, state="published", content=content.model_dump(mode="json"), author="",
        author_name=AUTHOR, created_at=now, published_at=now,
    )  # fmt: skip
    await repository.add(session, version)


def _read(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
