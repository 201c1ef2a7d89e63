"""The console's built files, with the start page for every address that is none of ours (its router takes over)."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
_NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>热线控制台</title>
<body><p>控制台还没有编译。接口在 <a href="/api/v1/docs">/api/v1/docs</a>。</p></body></html>"""


class Console(StaticFiles):
    """Static files whose unknown addresses are the start page."""

    def __init__(self, folder: Path = FOLDER) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._start = folder / "index.html"

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or the start page for an address of the console's own router."""
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405)
        if path.startswith(("api/", "internal/")):
            raise HTTPException(404)
        try:
            return await super().get_response(path, scope)
        except (HTTPException, RuntimeError) as error:
            if isinstance(error, HTTPException) and (error.status_code != 404 or "." in Path(path).name):
                raise
            if not self._start.is_file():
                return HTMLResponse(_NOT_BUILT)
            return await super().get_response("index.html", scope)
