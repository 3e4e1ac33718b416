"""What native gRPC callers of spoo.me's services learn of a failure."""

from collections.abc import AsyncIterator
from typing import Any, Final

import grpc
import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor import FileDescriptor, MethodDescriptor
from google.rpc import error_details_pb2, status_pb2

from linkmeter.compat.spoo.v1 import (
    account_service_pb2,
    bulk_service_pb2,
    legacy_service_pb2,
    public_service_pb2,
    stats_service_pb2,
    tag_service_pb2,
    url_service_pb2,
)
from services.common import errors
from services.runtime import rpc_errors
from tests.support.compat import Compat, running_compat

_FILES: Final[tuple[FileDescriptor, ...]] = (
    account_service_pb2.DESCRIPTOR,
    bulk_service_pb2.DESCRIPTOR,
    legacy_service_pb2.DESCRIPTOR,
    public_service_pb2.DESCRIPTOR,
    stats_service_pb2.DESCRIPTOR,
    tag_service_pb2.DESCRIPTOR,
    url_service_pb2.DESCRIPTOR,
)
METHODS: Final = [method for file in _FILES for service in file.services_by_name.values() for method in service.methods]
REASONS: Final = {
    kind.reason for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.LinkmeterError)
}


@pytest.fixture
async def compat() -> AsyncIterator[Compat]:
    """Serve the dialects."""
    async with running_compat() as running:
        yield running


async def reason_of(compat: Compat, method: MethodDescriptor) -> str | None:
    """Return the reason for which a method refuses an empty request; None when it does not."""
    call: Any = compat.channel.unary_unary(
        f"/{method.containing_service.full_name}/{method.name}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
    )
    try:
        await call(message_factory.GetMessageClass(method.input_type)())
    except grpc.aio.AioRpcError as error:
        details = dict(error.trailing_metadata() or ())[rpc_errors.STATUS_DETAILS_KEY]
        info = error_details_pb2.ErrorInfo()
        assert status_pb2.Status.FromString(details).details[0].Unpack(info)
        return str(info.reason)
    return None


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.full_name.rpartition("v1.")[2])
async def test_reasons_are_ours(compat: Compat, method: MethodDescriptor) -> None:
    """Whatever an HTTP caller reads, a gRPC caller meets the reasons of our own errors."""
    assert await reason_of(compat, method) in {None, *REASONS}
