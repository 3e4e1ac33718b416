"""What Bitly's calls are to native gRPC callers."""

import json
from typing import Any

import grpc
import pytest

from linkmeter.compat.bitly.v3 import bitly_pb2
from linkmeter.links.v1 import access_service_pb2, links_pb2
from services.common import errors
from tests.rpc.compat.conftest import Compat, reason_of
from tests.rpc.compat.test_shtr import AUTHENTICATE, LINKS, fails

KNOWN = access_service_pb2.AuthenticateResponse(
    caller=links_pb2.Caller(owner_id=5, scopes=["links:read"], credential="key:1"),
    owner=links_pb2.Owner(owner_id=5, login="ada"),
)


async def envelope_of(call: Any) -> dict[str, Any]:
    """Await a call; return the envelope that it responds with."""
    envelope: dict[str, Any] = json.loads((await call).data)
    return envelope


async def test_failures_are_responses_in_the_envelope(compat: Compat) -> None:
    """As HTTP callers get them with status 200, gRPC callers get them with OK."""
    missing = await envelope_of(compat.bitly.LinkClicks(bitly_pb2.LinkMetricsRequest()))
    assert missing == {"data": None, "status_code": 500, "status_txt": "MISSING_ARG_ACCESS_TOKEN"}
    compat.behind.on(AUTHENTICATE, fails(errors.Unauthenticated()))
    wrong = await envelope_of(compat.bitly.LinkClicks(bitly_pb2.LinkMetricsRequest(access_token="lm_x")))
    assert wrong["status_txt"] == "INVALID_ARG_ACCESS_TOKEN"
    compat.behind.answer(AUTHENTICATE, KNOWN)
    compat.behind.on(f"{LINKS}/LookupLink", fails(errors.NotFound("link", "x")))
    request = bitly_pb2.LinkMetricsRequest(access_token="lm_x", link="https://sho.rt/absent")
    assert (await envelope_of(compat.bitly.LinkClicks(request)))["status_txt"] == "INVALID_ARG_LINK"


async def test_errors_have_reasons_of_ours(compat: Compat) -> None:
    """Where there is no envelope, as on the page of OAuth, the error is the one that was raised."""
    compat.behind.on("linkmeter.links.v1.OAuthService/GetOAuthApp", fails(errors.Unavailable("down", 2)))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await compat.bitly_oauth.Authorize(bitly_pb2.AuthorizeRequest(client_id="app"))
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert reason_of(caught.value) == errors.Unavailable.reason
