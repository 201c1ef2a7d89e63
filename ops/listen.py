"""`./hotline test --listen`: whole robot calls as stereo WAVs for a listener, each with who says what when."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ivr.dialplan.prompts import FALLBACK
from ops.layout import Layout
from ops.robots.page import AgentPage, PageRefused
from ops.robots.report import CallReport
from ops.robots.scenario import ScenarioInvalid, load_scenario
from ops.robots.studio import CarrierAway, Studio
from ops.settings import Settings
from ops.stack.control import NotUp

# Each kind of call; `urged` asks after the ticket of `repair_by_voice`, the last two need a person.
CALLS = (
    "repair_by_voice", "urged", "one_breath", "code_corrected", "address_on_file",
    "consult_by_voice", "complaint", "request_install", "danger", "slower",
)  # fmt: skip
_AGENT_TALK_S = 6.0
Say = Callable[[str], None]


@dataclass
class Minutes:
    """Collects what a call's robots tell, with the seconds since the hotline answered."""

    tell: Say
    lines: list[tuple[float, str]] = field(default_factory=list)
    answered_at: float | None = None

    def say(self, text: str) -> None:
        """Take one line of progress."""
        self.tell(text)
        now = asyncio.get_running_loop().time()
        if text.startswith("answered"):
            self.answered_at = now
        at = now - self.answered_at if self.answered_at is not None else 0.0
        self.lines.append((at, text))


def written(name: str, lines: Sequence[tuple[float, str]], report: CallReport) -> str:
    """Return the text beside a call. Times of the hotline are when it begins to speak, as far as ivr told."""
    opening = FALLBACK["opening_greeting"] + FALLBACK["opening_notice"]
    out = [f"{name}:{report.from_} 打给 {report.to}", "左声道是来电人,右声道是热线。", "", f"   0.0  热线:{opening}"]
    out += [f"{at:6.1f}  {_who(text)}" for at, text in lines]
    tickets = "、".join(str(ticket.get("no", "")) for ticket in report.tickets) or "无"
    ended = "热线挂机" if report.ended_by == "hotline" else "来电人挂机"
    out += ["", f"结果:{report.outcome or '不明'};单号:{tickets};{ended}。"]
    out.append(f"时长 {report.duration_ms / 1000:.1f} 秒;最长静音 {report.longest_silence_ms / 1000:.1f} 秒。")
    return "\n".join([*out, ""])


def _who(text: str) -> str:
    for mark, name in (("hotline:", "热线"), ("caller:", "来电人"), ("agent", "客服")):
        if text.startswith(mark):
            return f"{name}:{text.removeprefix(mark).strip()}"
    return text


def run(
    layout: Layout,
    settings: Settings,
    accounts: Sequence[dict[str, Any]],
    token: str,
    scenarios: Path,
    out: Path,
    say: Say,
) -> list[Path]:
    """Make the calls one after the other on a stack that is up with its carrier; returns the WAVs.

    Raises NotUp, and PermissionError when they cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        return asyncio.run(_record(layout, settings, accounts, token, scenarios, out, say))
    except PermissionError:  # the command line tells whose the folder is
        raise
    except (PageRefused, CarrierAway, ScenarioInvalid, OSError) as error:
        raise NotUp(str(error)) from error


async def _record(
    layout: Layout,
    settings: Settings,
    accounts: Sequence[dict[str, Any]],
    token: str,
    scenarios: Path,
    out: Path,
    say: Say,
) -> list[Path]:
    agent = next(account for account in accounts if account["extension"])
    web = f"http://127.0.0.1:{settings.web_port}"
    made = []
    minutes = Minutes(say)
    async with (
        AgentPage(web, agent["number"], agent["password"], say) as page,
        Studio(settings, token, out=layout.home / "robots", say=minutes.say) as studio,
    ):
        studio.start_agents(_AGENT_TALK_S)
        await page.ready()
        for number, name in enumerate(CALLS, 1):
            minutes.lines, minutes.answered_at = [], None
            report = await studio.call(load_scenario(scenarios / f"{name}.yaml"), scenarios)
            stem = out / f"{number:02d}-{name}"
            if report.wav:
                await asyncio.to_thread(shutil.copyfile, report.wav, stem.with_suffix(".wav"))
                made.append(stem.with_suffix(".wav"))
            await asyncio.to_thread(stem.with_suffix(".txt").write_text, written(name, minutes.lines, report), "utf-8")
        await page.leave()
    return made
