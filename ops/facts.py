"""Asks ivr to ship once more the facts that crm refused."""

from datetime import datetime, timedelta
from uuid import uuid4

import httpx

from ivr.contract.commands import CommandName
from ops.settings import Settings
from ops.stack.control import NotUp

_DEADLINE = timedelta(seconds=5)


def retry(settings: Settings, now: datetime) -> str:
    """Give the command; returns why nothing was done, "" when it was. Raises NotUp when ivr does not answer."""
    body = {"id": uuid4().hex, "name": CommandName.RETRY_FACTS.value, "deadline": (now + _DEADLINE).isoformat()}
    bearer = {"Authorization": f"Bearer {settings.internal_token}"}
    url = f"http://127.0.0.1:{settings.commands_port}/commands"
    try:
        with httpx.Client(trust_env=False, timeout=_DEADLINE.total_seconds()) as client:
            answer = client.post(url, json=body, headers=bearer).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise NotUp(f"ivr does not answer: {type(error).__name__}") from error
    return "" if answer["status"] == "done" else str(answer["detail"])
