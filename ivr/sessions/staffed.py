"""When people answer which queue, and where its callers go meanwhile (dialogues, tickets_and_queues). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from types import MappingProxyType

# 〔设定,可改〕 repair and emergency have somebody at all hours; the others overflow to repair outside theirs.
HOURS: Mapping[str, tuple[time, time]] = MappingProxyType(
    {"consult": (time(8), time(22)), "complaint": (time(8), time(22))}
)
OVERFLOW = "repair"


@dataclass(frozen=True, slots=True)
class HumanHours:
    """The hours of each queue in the hotline's zone; a queue that is not named has somebody at all hours."""

    zone: tzinfo
    hours: Mapping[str, tuple[time, time]] = field(default_factory=lambda: HOURS)

    def queue_for(self, queue: str, now: datetime) -> str:
        """Return the queue that takes this queue's callers at `now` (aware)."""
        begin, end = self.hours.get(queue, (time.min, time.max))
        return queue if begin <= now.astimezone(self.zone).time() < end or queue not in self.hours else OVERFLOW
