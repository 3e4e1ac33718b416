"""What native gRPC callers of Short.io's services get where HTTP callers get Short.io's own answer."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.struct_pb2 import Value
from google.rpc import error_details_pb2, status_pb2

from linkmeter.compat.shortio.v2 import (
    domain_service_pb2,
    domain_service_pb2_grpc,
    link_service_pb2,
    link_service_pb2_grpc,
    links_pb2,
    statistics_service_pb2,
    statistics_service_pb2_grpc,
)
from linkmeter.links.v1 import access_service_pb2
from linkmeter.links.v1 import links_pb2 as native
from services.common import errors
from services.runtime import rpc_errors
from tests.support.compat import Compat, running_compat

KEY = (("authorization", "lm_key"),)
SCOPES = ["links:read", "links:write", "stats:read", "domains:manage"]
REASONS = {kind.reason for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "reason")}


@pytest.fixture
async def compat() -> AsyncIterator[Compat]:
    """Serve the dialects to an account with a link."""
    async with running_compat() as running:
        caller = native.Caller(owner_id=5, scopes=SCOPES, credential="key:1")
        running.behind.answer(
            "linkmeter.links.v1.AccessService/Authenticate", access_service_pb2.AuthenticateResponse(caller=caller)
        )
        running.behind.answer("linkmeter.links.v1.LinkService/GetLink", native.Link(link_id=7, domain="sho.rt"))
        yield running


async def failure(call: Any) -> tuple[grpc.StatusCode, error_details_pb2.ErrorInfo, str]:
    """Await a call that fails; return its code, its facts and the HTTP status beside them."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    trailing = dict(caught.value.trailing_metadata() or ())
    status = status_pb2.Status.FromString(bytes(trailing[rpc_errors.STATUS_DETAILS_KEY]))
    info = error_details_pb2.ErrorInfo()
    assert any(detail.Unpack(info) for detail in status.details)
    return caught.value.code(), info, str(dict(caught.value.initial_metadata() or ())["x-http-code"])


def calls(compat: Compat) -> dict[str, Any]:
    """Make calls that ask for what is not included."""
    links = link_service_pb2_grpc.LinkServiceStub(compat.channel)
    domains = domain_service_pb2_grpc.DomainServiceStub(compat.channel)
    something = Value(string_value="https://e.com/")
    options = links_pb2.LinkOptions(original_url=something, domain=Value(string_value="sho.rt"), iphone_url=something)
    settings = domain_service_pb2.DomainOptions(hostname=Value(string_value="a.example"), redirect404=something)
    return {
        "CreateLink": links.CreateLink(link_service_pb2.CreateLinkRequest(options=options), metadata=KEY),
        "UpdateLink": links.UpdateLink(link_service_pb2.UpdateLinkRequest(link_id="7", options=options), metadata=KEY),
        "UpdateLinkOpengraph": links.UpdateLinkOpengraph(
            link_service_pb2.UpdateLinkOpengraphRequest(link_id="7"), metadata=KEY
        ),
        "CreateDomain": domains.CreateDomain(domain_service_pb2.CreateDomainRequest(options=settings), metadata=KEY),
    }


async def test_what_is_not_included_is_a_failed_precondition(compat: Compat) -> None:
    """402 over HTTP; gRPC callers get a reason of ours and the field."""
    fields = {}
    for name, call in calls(compat).items():
        code, info, http_status = await failure(call)
        assert (code, http_status) == (grpc.StatusCode.FAILED_PRECONDITION, "402")
        assert info.reason == errors.FailedPrecondition.reason
        fields[name] = info.metadata.get("field")
    assert fields == {
        "CreateLink": "iphoneURL",
        "UpdateLink": "iphoneURL",
        "UpdateLinkOpengraph": None,
        "CreateDomain": "redirect404",
    }


@pytest.mark.parametrize(
    "error",
    [
        errors.Unauthenticated(),
        errors.PermissionDenied("no"),
        errors.NotFound("link", 7),
        errors.FailedPrecondition("it has ended"),
        errors.ResourceExhausted("too many", 3),
        errors.Unavailable("down"),
        errors.Internal("a fault"),
    ],
    ids=lambda error: error.reason,
)
async def test_every_reason_is_one_of_ours(compat: Compat, error: errors.LinkmeterError) -> None:
    """Whatever fails behind the dialect, gRPC callers get the failure's own reason."""
    compat.behind.fail("linkmeter.links.v1.LinkService/GetLink", error)
    statistics = statistics_service_pb2_grpc.StatisticsServiceStub(compat.channel)
    request = statistics_service_pb2.GetLinkStatisticsRequest(link_id="7")
    _, info, _ = await failure(statistics.GetLinkStatistics(request, metadata=KEY))
    assert info.reason == error.reason
    assert info.reason in REASONS
