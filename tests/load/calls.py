"""Scenarios of the APIs: creating links, asking for statistics, taking clicks."""

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import grpc

from linkmeter.analytics.v1 import (
    ingest_service_pb2,
    ingest_service_pb2_grpc,
    stats_service_pb2,
    stats_service_pb2_grpc,
)
from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc, links_pb2
from linkmeter.redirect.v1 import redirect_service_pb2, redirect_service_pb2_grpc
from tests.load import rpc_load, wrk
from tests.load.measured import Measured
from tests.load.scenario import Figure, Scenario, Target
from tests.load.seed import HOT, Seeded
from tests.load.visits import recorded_visits
from tests.support.system import System

BATCH: Final = 1000
SOURCES: Final = 3
_FULL: Final = Target(Figure.P50, 25)
# Nobody asks for its statistics: those that are asked for stay as they were seeded.
_INGESTED_LINK_ID: Final = 2**40
_BREAKDOWNS: Final = ("COUNTRY", "CITY", "BROWSER", "OS", "DEVICE_TYPE", "REFERRER_HOST", "LANGUAGE", "UTM_SOURCE")


class Calls:
    """Calls as clients make them, with the first owner's key."""

    def __init__(self, system: System, seeded: Seeded) -> None:
        self._system = system
        self._seeded = seeded
        self._gateway = f"http://127.0.0.1:{system.settings.port}"
        self._headers = {"Host": "localhost", "Authorization": f"Bearer {system.api_key}"}
        self._visits = recorded_visits(BATCH, _INGESTED_LINK_ID)

    def scenarios(self) -> list[Scenario]:
        """List them."""
        return [*self._creating(), *self._asking(), *self._dialects(), *self._inside()]

    def _creating(self) -> list[Scenario]:
        body = '{"destination": "https://example.com/bench/%d"}'
        headers = {**self._headers, "Content-Type": "application/json"}
        load = wrk.Load(url=f"{self._gateway}/v1/links", headers=headers, body=body, connections=32)
        return [
            Scenario(name="create, REST", run=lambda seconds: wrk.run(load, seconds), target=Target(Figure.RATE, 1500)),
            Scenario(name="create, gRPC", run=self._rpc(self._system.public_target, self._create, 16)),
        ]

    def _asking(self) -> list[Scenario]:
        zone, two = Target(Figure.P50, 60), Target(Figure.P50, 300)
        odd_zone = {
            "timeZone": "Asia/Kathmandu",
            "interval": {"startTime": _ago(61.3), "endTime": _ago(0.7)},
        }
        crossed = [
            {"dimension": "DIMENSION_COUNTRY", "values": ["US"]},
            {"dimension": "DIMENSION_OS", "values": ["iOS"]},
        ]
        return [
            self._get(
                "statistics of a link, native", f"/v1/links/{self._seeded.hot_link_id}/stats", {}, _FULL, self._headers
            ),
            self._query("statistics of a link, breakdowns + visitors", {}, _FULL),
            self._query("statistics of a link, odd zone with edges", odd_zone, zone),
            self._query("statistics of a link, two-dimension filter", {"filters": crossed}, two),
        ]

    def _dialects(self) -> list[Scenario]:
        key = self._system.api_key
        link_id = self._seeded.hot_link_id
        short_url = f"{self._system.settings.public_url}/{HOT}"
        bearer = self._headers
        plain = {"Host": "localhost", "Authorization": key}
        bitly = {"access_token": key, "link": short_url, "unit": "day", "units": "90", "rollup": "false"}
        shtr = {"token": self._seeded.edit_token}
        spoo = {"scope": "all", "short_code": HOT, "group_by": "time,browser,os,country,referrer"}
        return [
            self._get("statistics of a link, shtr", f"/api/links/{HOT}/stats", shtr, _FULL, {"Host": "localhost"}),
            self._get(
                "statistics of a link, Short.io", f"/statistics/link/{link_id}", {"period": "total"}, _FULL, plain
            ),
            self._get("statistics of a link, spoo.me", "/api/v1/stats", spoo, _FULL, bearer),
            self._get("statistics of a link, Bitly clicks", "/v3/link/clicks", bitly, _FULL, {"Host": "localhost"}),
            self._get(
                "statistics of a link, Bitly referrers", "/v3/link/referrers", bitly, _FULL, {"Host": "localhost"}
            ),
        ]

    def _inside(self) -> list[Scenario]:
        at = self._system.stack.addresses
        return [
            Scenario(name="Resolve, gRPC", run=self._rpc(at.redirect, self._resolve, 16)),
            Scenario(name="QueryStats, gRPC", run=self._rpc(self._system.public_target, self._ask, 1), target=_FULL),
            Scenario(
                name="ingest",
                run=self._rpc(at.analytics, self._ingest, SOURCES),
                target=Target(Figure.RATE, 25_000),
                items=BATCH,
                is_warmed=False,
            ),
        ]

    def _get(self, name: str, path: str, query: dict[str, str], target: Target, headers: dict[str, str]) -> Scenario:
        url = f"{self._gateway}{path}" + (f"?{urlencode(query)}" if query else "")
        load = wrk.Load(url=url, headers=headers, connections=1)
        return Scenario(name=name, run=lambda seconds: wrk.run(load, seconds), target=target)

    def _query(self, name: str, query: Mapping[str, Any], target: Target) -> Scenario:
        filters = [{"dimension": "DIMENSION_LINK", "values": [str(self._seeded.hot_link_id)]}]
        metrics = ["METRIC_CLICKS", "METRIC_VISITORS"]
        reports: list[object] = [{"metrics": metrics}]
        reports += [{"dimensions": [f"DIMENSION_{name}"], "metrics": ["METRIC_CLICKS"]} for name in _BREAKDOWNS]
        body = json.dumps({**query, "filters": [*filters, *query.get("filters", [])], "reports": reports})
        headers = {**self._headers, "Content-Type": "application/json"}
        load = wrk.Load(url=f"{self._gateway}/v1/stats:query", headers=headers, body=body, connections=1)
        return Scenario(name=name, run=lambda seconds: wrk.run(load, seconds), target=target)

    def _rpc(
        self, address: str, calls_on: Callable[[grpc.aio.Channel], rpc_load.Call], callers: int
    ) -> Callable[[float], Measured]:
        return lambda seconds: rpc_load.run(address, calls_on, seconds, callers)

    def _create(self, channel: grpc.aio.Channel) -> rpc_load.Call:
        stub: link_service_pb2_grpc.LinkServiceAsyncStub = link_service_pb2_grpc.LinkServiceStub(channel)
        link = links_pb2.Link(destination="https://example.com/bench")
        request = link_service_pb2.CreateLinkRequest(link=link)
        return lambda: stub.CreateLink(request, metadata=self._system.metadata)

    def _resolve(self, channel: grpc.aio.Channel) -> rpc_load.Call:
        stub: redirect_service_pb2_grpc.RedirectServiceAsyncStub = redirect_service_pb2_grpc.RedirectServiceStub(
            channel
        )
        return lambda: stub.Resolve(redirect_service_pb2.ResolveRequest(code=HOT))

    def _ask(self, channel: grpc.aio.Channel) -> rpc_load.Call:
        stub: stats_service_pb2_grpc.StatsServiceAsyncStub = stats_service_pb2_grpc.StatsServiceStub(channel)
        dimensions = [stats_service_pb2.Dimension.Value(f"DIMENSION_{name}") for name in _BREAKDOWNS]
        reports = [stats_service_pb2.Report(dimensions=[dimension]) for dimension in dimensions]
        link = stats_service_pb2.Filter(
            dimension=stats_service_pb2.DIMENSION_LINK, values=[str(self._seeded.hot_link_id)]
        )
        request = stats_service_pb2.QueryStatsRequest(filters=[link], reports=reports)
        return lambda: stub.QueryStats(request, metadata=self._system.metadata)

    def _ingest(self, channel: grpc.aio.Channel) -> rpc_load.Call:
        stub: ingest_service_pb2_grpc.IngestServiceAsyncStub = ingest_service_pb2_grpc.IngestServiceStub(channel)
        # A caller takes a source and gives it back: one batch of each under way, as real outboxes do.
        free = [(str(uuid4()), itertools.count(1)) for _ in range(SOURCES)]

        async def ship() -> None:
            source, numbers = free.pop()
            rows = [ingest_service_pb2.OutboxRow(sequence=next(numbers), click=visit) for visit in self._visits]
            report = ingest_service_pb2.OutboxReport(last_sequence=rows[-1].sequence)
            try:
                await stub.IngestClicks(ingest_service_pb2.IngestClicksRequest(source=source, rows=rows, report=report))
            finally:
                free.append((source, numbers))

        return ship


def _ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()
