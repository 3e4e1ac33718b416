"""Refuse what no service could read or store, before one tries."""

from __future__ import annotations  # RpcMethodHandler is generic in its stubs only.

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import Any, Final

import grpc
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message

from services.common import errors

Context = grpc.aio.ServicerContext[Any, Any]

# Services of gRPC itself, whose streams write by themselves instead of yielding.
_GRPCS_OWN: Final = "/grpc."
_NUL: Final = "\0"


class RequestCheck(grpc.aio.ServerInterceptor):
    """Makes INVALID_ARGUMENT of a request that is no message, or whose texts hold NUL, which PostgreSQL cannot store.

    Stands next to the servicers, so that whoever words errors words these, too.
    """

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Wrap the handler of a unary request; health and reflection pass as they are."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.request_streaming or handler_call_details.method.startswith(_GRPCS_OWN):
            return handler
        deserialize = _reading(handler.request_deserializer)
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                _checked_stream(handler.unary_stream),
                request_deserializer=deserialize,
                response_serializer=handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            _checked(handler.unary_unary),
            request_deserializer=deserialize,
            response_serializer=handler.response_serializer,
        )


def _reading(deserialize: Any) -> Callable[[bytes], object]:
    # What a deserializer raises becomes UNKNOWN with the name of a class, so the error takes the place of the request.
    def read(data: bytes) -> object:
        try:
            request = deserialize(data)
        except DecodeError:
            return errors.InvalidArgument("", "the request holds text that is not UTF-8, or is nested too deeply")
        # Nearly all requests have no byte of the kind, and need not be looked through.
        if b"\0" in data and (field := field_with_nul(request)) is not None:
            return errors.InvalidArgument(field, "must not hold the character NUL")
        return request

    return read


def _checked(behaviour: Any) -> Any:
    async def answer(request: object, context: Context) -> object:
        return await behaviour(_or_raise(request), context)

    return answer


def _checked_stream(behaviour: Any) -> Any:
    async def answer(request: object, context: Context) -> AsyncIterator[object]:
        async with aclosing(behaviour(_or_raise(request), context)) as items:
            async for item in items:
                yield item

    return answer


def _or_raise(request: object) -> object:
    if isinstance(request, errors.InvalidArgument):
        raise request
    return request


def field_with_nul(message: Message) -> str | None:
    """Return the dotted name of the first field whose text holds NUL; None when there is none."""
    names = _names_to_nul(message)
    return None if names is None else ".".join(names)


def _names_to_nul(message: Message) -> list[str] | None:
    for field, value in message.ListFields():
        # How google.protobuf.Value keeps a text is no name that a caller knows.
        name = [] if field.full_name.startswith("google.protobuf.") else [field.name]
        for item in _items(field, value):
            if isinstance(item, str) and _NUL in item:
                return name
            if isinstance(item, Message) and (inner := _names_to_nul(item)) is not None:
                return name + inner
    return None


def _items(field: FieldDescriptor, value: Any) -> Iterable[object]:
    if not field.is_repeated:
        return (value,)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return (*value.keys(), *value.values())
    return value  # type: ignore[no-any-return]
