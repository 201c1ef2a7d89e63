"""Errors of calls: NoCall 404 · RecordingNotReady 404 · RecordingMissing 404 · ClipMissing 404."""

from crm.errors import NotFound


class NoCall(NotFound):
    """There is no such call, or it is not the agent's."""


class RecordingNotReady(NotFound):
    """The call lasts or its files are being closed."""

    code = "recording_not_ready"


class RecordingMissing(NotFound):
    """The ledger expects a file that is not there."""

    code = "recording_missing"


class ClipMissing(NotFound):
    """The clip has not arrived."""

    code = "clip_missing"
