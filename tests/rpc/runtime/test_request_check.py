"""What no service could read or store is refused before it gets there, with a real server and a real client."""

from typing import Any

import pytest
from google.protobuf import struct_pb2
from google.protobuf.message import Message

from linkmeter.analytics.v1 import ingest_service_pb2, stats_service_pb2
from linkmeter.compat.shtr.v1 import shtr_pb2
from linkmeter.links.v1 import access_service_pb2, link_service_pb2, links_pb2
from services.common import errors
from services.runtime import rpc_client
from services.runtime.request_check import field_with_nul
from tests.rpc.runtime.test_calls import Servicer, ask, calling, serving

METHOD = "/linkmeter.links.v1.AccessService/Authenticate"
NO_TEXT = b"\x0a\x01\xff"
NO_MESSAGE = b"\x0a\x7fcut off"


@pytest.mark.parametrize("content", [NO_TEXT, NO_MESSAGE, b"\xff\xff\xff", b"no message at all"])
async def test_what_is_no_message_is_refused(content: bytes) -> None:
    """Bytes that are no request are INVALID_ARGUMENT, and no name of a class is said."""
    servicer = Servicer()
    async with serving(servicer) as address, rpc_client.open_channel(address) as channel:
        call: Any = channel.unary_unary(
            METHOD, response_deserializer=access_service_pb2.AuthenticateResponse.FromString
        )
        with pytest.raises(errors.InvalidArgument) as refused:
            await call(content)
    assert refused.value.description == "the request holds text that is not UTF-8, or is nested too deeply"
    assert servicer.seen_request_ids == []


async def test_nul_is_refused_by_the_name_of_its_field() -> None:
    """PostgreSQL cannot store it, so no text may hold it."""
    servicer = Servicer()
    async with calling(servicer) as stub:
        with pytest.raises(errors.InvalidArgument) as refused:
            await stub.Authenticate(ask("a\0b"))
    assert (refused.value.field, refused.value.problem) == ("credential", "must not hold the character NUL")
    assert servicer.seen_request_ids == []


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (link_service_pb2.CreateLinkRequest(link=links_pb2.Link(title="\0")), "link.title"),
        (link_service_pb2.CreateLinkRequest(link=links_pb2.Link(tags=["a", "b\0"])), "link.tags"),
        (
            stats_service_pb2.QueryStatsRequest(
                reports=[
                    stats_service_pb2.Report(),
                    stats_service_pb2.Report(filters=[stats_service_pb2.Filter(values=["\0"])]),
                ]
            ),
            "reports.filters.values",
        ),
        (ingest_service_pb2.OutboxReport(dropped={"a\0": 1}), "dropped"),
        (ingest_service_pb2.OutboxRow(sequence=1, click=b"a\0"), None),
        (shtr_pb2.ShortenRequest(url=struct_pb2.Value(string_value="\0")), "url"),
        (links_pb2.Link(link_id=256, title="plain"), None),
    ],
)
def test_nul_is_found_wherever_it_is(message: Message, field: str | None) -> None:
    """In nested messages, lists and keys of maps; bytes may hold what they like."""
    assert field_with_nul(message) == field


async def test_what_is_said_back_is_cut() -> None:
    """An error repeats no more of a request than helps."""
    error = errors.NotFound("link", "x" * 70_000)
    assert len(error.description) < 600
    assert error.description.endswith("…")
    assert len(errors.InvalidArgument("y" * 70_000, "z" * 70_000).problem) < 600
    assert len(errors.FailedPrecondition("taken", name="n" * 70_000).metadata["name"]) < 600
