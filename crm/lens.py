"""Through whose eyes an answer is shown: the viewer, the audio on disk, the time."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from crm import phone
from crm.accounts.schemas import SEES_PEOPLE, Viewer
from crm.audio import Audio


@dataclass(frozen=True, slots=True)
class Lens:
    """Handed to everything that turns rows into answers."""

    viewer: Viewer
    audio: Audio
    now: datetime
    zone: ZoneInfo

    @property
    def sees_people(self) -> bool:
        """Tell whether names, addresses and words may be shown: an auditor sees who did what, not whom it was about."""
        return self.viewer.has(*SEES_PEOPLE)

    def number(self, e164: str, *, own: bool = False) -> str:
        """Return a number in full if it is the viewer's own business, else masked."""
        return phone.grouped(e164) if own else phone.masked(e164)
