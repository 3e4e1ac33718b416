"""Promise S18 for requests that no service can read: each is the client's mistake, never an exception of ours."""

from collections.abc import Iterator
from typing import Any

import grpc
import httpx
import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from gateway.openapi.contract import Contract, Operation
from tests.support.edge import message_class
from tests.support.system import System

CONTRACT = Contract.load()
NATIVE = [*CONTRACT.services("linkmeter.links.v1"), *CONTRACT.services("linkmeter.analytics.v1")]
DIALECTS = CONTRACT.services("linkmeter.compat")
_DEEPEST = 4


def _reads(services: list[str] | tuple[str, ...]) -> list[Operation]:
    found = [operation for service in services for operation in CONTRACT.operations(service)]
    return [operation for operation in found if operation.verb == "GET"]


def _texts(message: Descriptor, prefix: str = "") -> Iterator[str]:
    """Name the fields of a message that hold text, as a query writes them."""
    for field in message.fields:
        name = prefix + field.json_name
        if field.type == FieldDescriptor.TYPE_STRING:
            yield name
        elif field.message_type and not field.is_repeated and not _is_well_known(field.message_type):
            yield from _texts(field.message_type, f"{name}.")


def _is_well_known(message: Descriptor) -> bool:
    return message.full_name.startswith("google.protobuf.")


def _queries() -> list[str]:
    """Write a request for each text that a GET of the native API takes."""
    queries = []
    for operation in _reads(NATIVE):
        path = operation.path
        for field in operation.path_fields:
            path = path.replace(f"{{{field}}}", "5")
        queries += [f"{path}?{name}=%FF" for name in _texts(operation.method.input_type) if name not in path]
    return queries


def _paths() -> list[tuple[str, str]]:
    """Write a request for each path with a variable."""
    found = [operation for service in (*NATIVE, *DIALECTS) for operation in CONTRACT.operations(service)]
    return sorted({(operation.verb, _filled(operation)) for operation in found if operation.path_fields})


def _filled(operation: Operation) -> str:
    path = operation.path
    while "{" in path:
        begin, _, rest = path.partition("{")
        path = f"{begin}caf%E9{rest.partition('}')[2]}"
    return path


@pytest.mark.parametrize("query", _queries())
@pytest.mark.parametrize("has_key", [True, False])
async def test_queries_that_are_not_utf8_are_refused(system: System, query: str, has_key: bool) -> None:
    """Text of a query that is no UTF-8 is 400 in the native shape; where keys are asked for first, 401."""
    async with system.client(api_key=None if has_key else "") as client:
        answer = await client.get(query)
    assert answer.status_code == 400 if has_key else answer.status_code in (400, 401)
    assert answer.json()["code"] in (3, 16)


@pytest.mark.parametrize("mask", ["%FF", "title,%FF"])
async def test_masks_that_are_not_utf8_are_refused(system: System, mask: str) -> None:
    """Names of fields are text, too."""
    async with system.client() as client:
        answer = await client.patch(f"/v1/links/5?updateMask={mask}", json={})
    assert (answer.status_code, answer.json()["code"]) == (400, 3)


@pytest.mark.parametrize(("verb", "path"), _paths())
async def test_paths_that_are_not_utf8_are_refused(system: System, verb: str, path: str) -> None:
    """A variable of a path that is no UTF-8 is a mistake of the client on every surface."""
    async with system.client() as client:
        answer = await client.request(verb, path, json={} if verb in ("POST", "PUT", "PATCH") else None)
    # Bitly's old API says 200 to everything, and in the body that it means 500 by a wrong argument.
    is_bitlys = answer.status_code == httpx.codes.OK and answer.json()["status_code"] != httpx.codes.OK
    assert is_bitlys or 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text
    assert "DecodeError" not in answer.text


def _with_nul(message: Descriptor, depth: int = 1) -> Iterator[Message]:
    """Make a message for each text in it, which holds NUL."""
    for field in message.fields:
        made = message_class(message)()
        if field.type == FieldDescriptor.TYPE_STRING:
            if field.is_repeated:
                getattr(made, field.name).append("a\0b")
            else:
                setattr(made, field.name, "a\0b")
            yield made
        elif field.message_type and not field.message_type.GetOptions().map_entry and depth < _DEEPEST:
            for inner in _with_nul(field.message_type, depth + 1):
                outer = message_class(message)()
                place = getattr(outer, field.name)
                (place.add() if field.is_repeated else place).CopyFrom(inner)
                yield outer


@pytest.mark.parametrize("service", NATIVE)
async def test_nul_is_refused_in_every_text(system: System, service: str) -> None:
    """Whichever text of whichever call holds NUL: INVALID_ARGUMENT, and nothing is done."""
    async with system.channel() as channel:
        for method in CONTRACT.methods(service):
            call: Any = channel.unary_unary(f"/{service}/{method.name}")
            for request in _with_nul(method.input_type):
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await call(request.SerializeToString(), metadata=system.metadata, timeout=10)
                assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT, (method.name, request)


@pytest.mark.parametrize("service", [*NATIVE, *DIALECTS])
async def test_bytes_that_are_no_message_are_refused(system: System, service: str) -> None:
    """Native calls of every service: INVALID_ARGUMENT, without the names of classes."""
    async with system.channel() as channel:
        for method in CONTRACT.methods(service):
            path = f"/{service}/{method.name}"
            # Of a stream the client sees the same: no answer, and the status.
            call: Any = channel.unary_unary(path)
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await call(b"\xff\xff\xff", metadata=system.metadata, timeout=10)
            assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT, path
            assert "class" not in (refused.value.details() or "")


# What the dialects take as forms, which no contract describes.
_FORMS = {
    "/": ("url", "alias", "password"),
    "/emoji": ("url", "emojies", "password"),
    "/oauth/access_token": ("client_id", "client_secret", "code", "redirect_uri", "username", "password"),
    "/oauth/authorize": ("client_id", "redirect_uri", "state", "login", "password"),
}


@pytest.mark.parametrize(("path", "field"), [(path, field) for path, fields in _FORMS.items() for field in fields])
async def test_nul_in_forms_is_refused(system: System, path: str, field: str) -> None:
    """Names, passwords and secrets of a form hold no NUL either: 400 in the dialect's words."""
    form = {name: "https://example.com/" if name == "url" else "Passw0rd.x" for name in _FORMS[path]}
    async with system.client() as client:
        answer = await client.post(path, data=form | {"grant_type": "password", field: "a\0b"})
    assert answer.status_code == 400
