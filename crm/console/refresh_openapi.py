"""Writes openapi.json, the document the console's types are proved against; --check tells whether it is stale."""

import json
import sys
from pathlib import Path
from typing import Any, cast

from pydantic.json_schema import models_json_schema

from crm.live import schemas as live
from crm.web.app import make_web_app
from crm.web.context import Parts

FILE = Path(__file__).with_name("openapi.json")
_MESSAGES = (live.SnapshotMessage, live.CardMessage, live.MeMessage, live.BoardMessage, live.HeartbeatMessage)


def document() -> str:
    """Return the OpenAPI document with the live stream's messages among its schemas, as it is committed."""
    parts = cast(Parts, None)  # the routes alone make the document; nothing is asked of the parts
    found: dict[str, Any] = make_web_app(parts).openapi()
    _, messages = models_json_schema(
        [(model, "serialization") for model in _MESSAGES], ref_template="#/components/schemas/{model}"
    )
    found["components"]["schemas"] |= messages["$defs"]
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the document, or with --check tell (status 1) that the committed one is stale."""
    text = document()
    if "--check" in sys.argv[1:]:
        return 0 if FILE.read_text(encoding="utf-8") == text else 1
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
