"""`./hotline prompts export|check`: the recording script, and whether the prompt files are fit."""

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ops.layout import Layout


class PromptsRefused(Exception):
    """The flows cannot be read or the script cannot be written; the message says why."""


class Form(StrEnum):
    """How the script is written."""

    CSV = "csv"
    MARKDOWN = "markdown"


def make_app(layout: Callable[[], Layout]) -> typer.Typer:
    """Return the sub-commands; `layout` tells which home is meant once the options are known."""
    app = typer.Typer(no_args_is_help=True, help="The prompts: recording script, check of the files.")

    @app.command()
    def export(
        form: Annotated[Form, typer.Option("--format", help="csv or markdown.")] = Form.MARKDOWN,
        out: Annotated[Path | None, typer.Option(help="File to write; stdout when left out.")] = None,
    ) -> None:
        """Write the recording script: key, text, segments, where it is heard, target length."""
        from ivr.flows.load import load_program
        from ivr.flows.program import FlowError
        from ops.prompts import script

        try:
            lines = script.script(load_program())
            text = script.as_csv(lines) if form is Form.CSV else script.as_markdown(lines)
            if out is None:
                print(text, end="")
            else:
                out.write_text(text, encoding="utf-8")
        except FlowError as error:
            raise PromptsRefused(str(error)) from error
        except OSError as error:
            raise PromptsRefused(f"cannot write {error.filename}: {error.strerror}") from error

    @app.command()
    def check(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
        """Look at every prompt file of this home; the exit status is 1 when one is not fit."""
        from ivr.flows.load import load_program
        from ops.prompts import check as look
        from ops.prompts import script
        from ops.stack.texts import fallback_texts, flow_texts

        own = [{"key": key, "text": text, "rate": 1.0} for key, text in fallback_texts().items()]
        recordable = [line.key for line in script.script(load_program()) if line.record == "是"]
        count, findings = look.check(layout().prompts, [*flow_texts(), *own], recordable)
        if as_json:
            print(json.dumps({"files": count, "findings": [item.to_json() for item in findings]}, ensure_ascii=False))
        else:
            for item in findings:
                print(f"{item.key}: {item.text} ({item.file})")
            print(f"看了 {count} 个文件,{len(findings)} 处不合格 / {count} files, {len(findings)} findings")
        raise typer.Exit(1 if findings else 0)

    return app
