"""The doors for messages: the website's message board, signed channels, and the administrator's list of these."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from crm import phone
from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.messages import repository, service
from crm.messages.errors import NotOurs
from crm.messages.schemas import (
    BoardMessage,
    ChannelDraft,
    ChannelForm,
    Received,
    SignedMessage,
    Taken,
    channel_form,
)
from crm.web.context import LensDep, NowDep, PartsDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["messages"])
ChannelPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Form = TypeVar("Form", bound=BaseModel)
MOST_BYTES = 20_000


def _body_of(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _parsed(model: type[Form], body: bytes) -> Form:
    """Return the body's form; raises RequestValidationError naming the fields, as for every other request."""
    try:
        return model.model_validate_json(body[: MOST_BYTES + 1])
    except ValidationError as error:
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in error.errors()]) from error


@router.post("/message-board", operation_id="leaveMessage", status_code=202, openapi_extra=_body_of(BoardMessage))
async def leave_message(
    request: Request, response: Response, session: SessionDep, parts: PartsDep, now: NowDep
) -> Received:
    """Leave a message from the company's website; needs no log-in. The answer is the same whatever becomes of it.

    Five messages within a quarter of an hour from one place, three with one number; then 429. The body is JSON under
    any content type, so that a page of another host can send it as text/plain without asking first.
    """
    response.headers["Access-Control-Allow-Origin"] = "*"
    message = _parsed(BoardMessage, await request.body())
    key = parts.settings.cookie_secret.get_secret_value()
    number = phone.to_e164(message.phone) if message.phone else ""
    await service.limit(parts.throttle, request.client.host if request.client else "", number, key, now)
    await service.take_from_board(session, message, key, now)
    return Received()


@router.post(
    "/channels/{channel}/messages", operation_id="sendMessage", status_code=201,
    openapi_extra=_body_of(SignedMessage), responses={200: {"model": Taken, "description": "Taken before"}},
)  # fmt: skip
async def send_message(
    channel: ChannelPath, request: Request, response: Response, session: SessionDep, parts: PartsDep, now: NowDep,
    timestamp: Annotated[str, Header(alias="X-Hotline-Timestamp", max_length=20)] = "",
    signed: Annotated[str, Header(alias="X-Hotline-Signature", max_length=200)] = "",
) -> Taken:  # fmt: skip
    """Take a message of a channel (WeChat, 企业微信, e-mail, …): signed, at most five minutes old, once by its id."""
    body = await request.body()
    key = parts.settings.cookie_secret.get_secret_value()
    try:
        sender = await service.check_sender(session, channel, timestamp, signed, body, now)
    except NotOurs:
        await service.limit_wrong(parts.throttle, request.client.host if request.client else "", key, now)
        raise
    taken, again = await service.take_signed(session, sender, _parsed(SignedMessage, body), key, now)
    response.status_code = 200 if again else 201
    return Taken(message_id=taken.message_id, ticket=taken.ticket_no, again=again)


@router.get("/channels", operation_id="listChannels")
async def list_channels(session: SessionDep, lens: LensDep) -> list[ChannelForm]:
    """Which programs may send messages."""
    require(lens.viewer, Role.ADMIN)
    return [channel_form(row) for row in await repository.channels(session)]


@router.post("/channels", operation_id="addChannel", status_code=201)
async def add_channel(body: ChannelDraft, session: SessionDep, lens: LensDep) -> ChannelForm:
    """Let a program send messages; the answer shows the secret it signs with, once."""
    require(lens.viewer, Role.ADMIN)
    return channel_form(await service.add_channel(session, body, lens.viewer, lens.now), with_secret=True)


@router.delete("/channels/{channel}", operation_id="removeChannel", status_code=204)
async def remove_channel(channel: ChannelPath, session: SessionDep, lens: LensDep) -> None:
    """Take nothing more from it."""
    require(lens.viewer, Role.ADMIN)
    await service.remove_channel(session, channel, lens.viewer, lens.now)
