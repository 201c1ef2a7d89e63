"""Calls that ended without ivr, as the dialplan's hang-up handler wrote them into Asterisk's queue_log. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from ivr.contract.facts import CallFound
from ivr.dialplan.variables import TRACE_EVENT, TRACE_QUEUE, Stage
from ivr.telephony.events import CallEnded

_LINE = re.compile(rf"([0-9]{{10}})\|([A-Za-z0-9._-]{{1,64}})\|{TRACE_QUEUE}\|NONE\|{TRACE_EVENT}\|([^|]*)", re.ASCII)
_FIELDS = re.compile(
    r"(?P<contact>[0-9a-f]{32}):(?P<recording>[0-9a-f-]{36}):(?P<linkedid>[A-Za-z0-9._-]{1,64})"
    r":(?P<caller>[0-9+]{0,20}):(?P<did>[0-9+*#]{0,20}):(?P<began>[0-9]{10}):(?P<stage>[a-z]{1,16}):(?P<queue>[a-z]{0,16})"
    r":(?P<voicemail>[12]?):(?P<danger>1?):(?P<served>1?):(?P<agent>[A-Za-z0-9/@_-]{0,64}):(?P<cause>[0-9]{0,3})",
    re.ASCII,
)
_WAITED = (Stage.QUEUE, Stage.EMERGENCY, Stage.VOICEMAIL)  # for a person, and had none


@dataclass(frozen=True, slots=True)
class FoundCall:
    """One call and its end; served: an agent or a duty phone had the caller on the line."""

    end: CallEnded
    began: datetime
    served: bool

    @property
    def outcome(self) -> str:
        """Return the contact's outcome."""
        if self.served:
            return "talked"
        if self.end.voicemail:
            return "voicemail"
        if self.end.stage in _WAITED:
            return "abandoned"
        return "hung_up" if self.end.stage in (Stage.IVR, Stage.CALLBACK) else "missed"

    def fact(self, caller_e164: str, notice_version: str) -> CallFound:
        """Return what crm is told. notice_version: that of the notice, which who pressed 9 may not have heard."""
        end = self.end
        return CallFound(
            end.linkedid,
            end.caller,
            caller_e164,
            end.did,
            end.recording,
            "" if end.danger else notice_version,
            self.outcome,
            f"voicemail/{end.recording}" if end.voicemail else "",
            end.danger,
            end.cause,
            max(0, round((end.at - self.began).total_seconds() * 1000)),
        )


def parse_trace(line: str) -> FoundCall | None:
    """Return the call of one line of queue_log, None for any other line."""
    written = _LINE.fullmatch(line)
    fields = _FIELDS.fullmatch(written[3]) if written else None
    if written is None or fields is None:
        return None
    end = CallEnded(
        _second(written[1]), fields["linkedid"], written[2], fields["contact"], fields["caller"], fields["did"],
        fields["recording"], fields["stage"], fields["queue"], bool(fields["voicemail"]), int(fields["cause"] or 0),
        bool(fields["danger"]),
    )  # fmt: skip
    return FoundCall(end, _second(fields["began"]), bool(fields["served"] or fields["agent"]))


def _second(text: str) -> datetime:
    return datetime.fromtimestamp(int(text), UTC)
