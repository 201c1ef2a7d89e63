"""Reads a built extensions.conf back, so that tests judge what Asterisk will read."""

import re
from dataclasses import dataclass, field

TERMINAL = {"Goto", "Hangup", "Return"}


@dataclass(frozen=True)
class Step:
    """One priority."""

    label: str
    app: str
    args: str


@dataclass
class Dialplan:
    """context -> extension -> steps."""

    contexts: dict[str, dict[str, list[Step]]] = field(default_factory=dict)

    def targets(self, context: str, extension: str) -> list[tuple[str, str, str]]:
        """Return (context, extension, label or number) of everything these steps can go to."""
        found = []
        for step in self.contexts[context][extension]:
            for raw in _raw_targets(step):
                parts = raw.split(",")
                full = [context, extension][: 3 - len(parts)] + parts
                found.append((full[0], full[1], full[2]))
        return found

    def exists(self, context: str, extension: str, place: str) -> bool:
        """Tell whether a target is there."""
        steps = self.contexts.get(context, {}).get(extension)
        if steps is None:
            return False
        return place == "1" or place in {step.label for step in steps if step.label}


def _raw_targets(step: Step) -> list[str]:
    if step.app == "Goto":
        return [step.args]
    if step.app in ("GotoIf", "GosubIf"):
        choice = step.args.rpartition("?")[2]
        return [target for target in choice.split(":") if target]
    if "hangup_handler_push" in step.args:
        return [step.args.partition("=")[2]]
    return []


def parse(text: str) -> Dialplan:
    """Parse the text; anything that is no section, option, exten or same line is an error."""
    plan = Dialplan()
    context = extension = ""
    for line in text.splitlines():
        if not line or line.startswith(";"):
            continue
        if match := re.fullmatch(r"\[([a-z-]+)\]", line):
            context = match[1]
            plan.contexts[context] = {}
        elif match := re.fullmatch(r"exten => ([^,]+),1(?:\((\w+)\))?,(\w+)\((.*)\)", line):
            extension = match[1]
            assert extension not in plan.contexts[context], f"{context},{extension} twice"
            plan.contexts[context][extension] = [Step(match[2] or "", match[3], match[4])]
        elif match := re.fullmatch(r" same => n(?:\((\w+)\))?,(\w+)\((.*)\)", line):
            plan.contexts[context][extension].append(Step(match[1] or "", match[2], match[3]))
        else:
            assert context == "general", line
            assert re.fullmatch(r"\w+ = \w+", line), line
    return plan
