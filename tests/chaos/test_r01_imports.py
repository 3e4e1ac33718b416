"""R1, R5: an import that is broken off anywhere, and begun anew, has each link and each click once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import httpx

from linkmeter.links.v1 import import_service_pb2 as pb
from linkmeter.links.v1 import import_service_pb2_grpc
from tests.support.imports import old_clicks, old_link
from tests.support.system import System
from tests.support.wait import eventually

THEN = datetime(2016, 1, 10, 8, tzinfo=UTC)
_BATCHES = 6
_CLICKS = 100


async def test_r01_killing_services_in_the_middle_of_an_import(own_system: System) -> None:
    """Analytics and links are killed between batches and within them; the client sends again what had no answer.

    Imported codes of one character are followed like all others; an undo leaves nothing.
    """
    system = own_system
    async with system.channel() as channel, system.client() as client:
        imports = import_service_pb2_grpc.ImportServiceStub(channel)

        async def call(method: str, request: Any) -> Any:
            async def attempt() -> Any:
                try:
                    return await getattr(imports, method)(request, metadata=system.metadata, timeout=30)
                except grpc.aio.AioRpcError as problem:
                    if problem.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                        raise
                    return None

            return await eventually(attempt)

        begin = pb.CreateImportRequest(origin="yourls", origin_identity="https://old.example")
        found = await call("CreateImport", begin)
        links = [old_link(code, clicks_before_import=3) for code in "abcdefgh"]
        to_links = pb.ImportLinksRequest(import_id=found.import_id, links=links)
        sending = asyncio.create_task(call("ImportLinks", to_links))
        system.kill("links")
        await system.ready("links")
        await sending
        results = (await call("ImportLinks", to_links)).results
        assert {each.outcome for each in results} == {pb.IMPORT_LINK_OUTCOME_EXISTS}
        assert all(each.created_by_import for each in results)
        assert (await client.get("/a")).status_code == 302
        for number in range(_BATCHES):
            times = [THEN + timedelta(minutes=minute) for minute in range(_CLICKS)]
            clicks = old_clicks("abcdefgh"[number], *times, first=1 + _CLICKS * number)
            sending = asyncio.create_task(
                call("ImportClicks", pb.ImportClicksRequest(import_id=found.import_id, clicks=clicks))
            )
            # In the middle of the first ones, and between the others.
            if number > 2:
                await sending
            if number < 5:
                system.kill("analytics" if number % 2 else "links")
                await system.ready("analytics" if number % 2 else "links")
            assert (await sending).acknowledged_sequence == _CLICKS * (number + 1)
        found = await call("CreateImport", begin)
        assert (found.stored_clicks, found.set_aside_clicks) == (_BATCHES * _CLICKS, 0)
        query = {"startTime": "1995-01-01T00:00:00Z"}

        async def counted() -> dict[str, int]:
            body = {"interval": query, "reports": [{"dimensions": ["DIMENSION_CODE"]}]}
            answer = (await client.post("/v1/stats:query", json=body)).raise_for_status().json()
            return {row["dimensions"][0]["value"]: int(row["metrics"][0]) for row in answer["results"][0]["rows"]}

        expected = dict.fromkeys("abcdef"[:_BATCHES], _CLICKS)
        # The one visit of a moment ago comes from its outbox.
        await eventually(lambda: _equal(counted, {**expected, "a": _CLICKS + 1}))
        # From the other surface, as JSON.
        undone = await _undo(client, found.import_id)
        assert (undone["erasedClicks"], undone["deletedLinks"]) == (str(_BATCHES * _CLICKS), str(len(links) - 1))
        assert [each["reason"] for each in undone["keptLinks"]] == ["KEPT_LINK_REASON_FOLLOWED"]
        assert await counted() == {"a": 1}
        assert (await client.get("/b")).status_code == 404
        ledger = (await client.get("/v1/ledger")).json()
        names = [entry["name"] for entry in ledger["entries"] if entry["name"]]
        assert names == [f"import {found.import_id} of yourls https://old.example (1)"]


async def _equal(counted: Any, expected: dict[str, int]) -> bool:
    return bool(await counted() == expected)


async def _undo(client: httpx.AsyncClient, import_id: int) -> Any:
    return (await client.post(f"/v1/imports/{import_id}:undo", json={})).raise_for_status().json()
