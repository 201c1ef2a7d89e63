"""Call-backs as they are shown: with the calls that asked, and whether their number is marked 勿呼 or wrong."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from crm.callbacks import repository
from crm.callbacks.models import CallbackTask
from crm.callbacks.schemas import CallbackForm, callback_form
from crm.customers import repository as customers


async def forms(session: AsyncSession, tasks: Sequence[CallbackTask]) -> list[CallbackForm]:
    """Return the wire forms of these tasks."""
    asked = await repository.asked(session, [task.id for task in tasks])
    marked = await customers.not_to_call(session, [task.e164 for task in tasks])
    wrong = await repository.with_wrong_number(session, [task.id for task in tasks])
    behind = await customers.extensions(session, [task.e164 for task in tasks])
    return [
        callback_form(
            task,
            asked[task.id],
            do_not_call=task.e164 in marked,
            wrong=task.id in wrong,
            extension=behind.get(task.e164, ""),
        )
        for task in tasks
    ]
