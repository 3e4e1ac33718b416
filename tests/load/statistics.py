"""Scenarios of statistics: pages of an account and of its largest link, beside a scan of the same files.

Questions go to analytics itself; those of the dialects through the gateway. No two are the same, so that none is
answered by what was kept.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import grpc
import httpx

from linkmeter.analytics.v1 import ingest_service_pb2, ingest_service_pb2_grpc, stats_service_pb2_grpc
from linkmeter.analytics.v1.stats_service_pb2 import QueryStatsRequest
from services.common.caller import STATS_READ, Caller
from services.runtime.caller_metadata import metadata_for
from tests.load import pages, rpc_load
from tests.load.measured import Measured, measured
from tests.load.scan import Scan
from tests.load.scenario import Figure, Scenario, Target
from tests.load.seed import RANDOM, Seeded
from tests.load.visits import OWNER, recorded_visits
from tests.support.system import System

ACCOUNT_SCAN: Final = "statistics, plain scan of the account"
LINK_SCAN: Final = "statistics, plain scan of the link"
_MANY: Final = 50_000_000
_AT_ONCE: Final = 8
_BATCH: Final = 1000
_BATCHES_A_SECOND: Final = 5
_KEPT_UP: Final = 0.95
# Somebody else's, so that what is asked for stays as it was seeded.
_OTHER_OWNER: Final = OWNER + 1
_OTHER_LINK: Final = 2**40
_POLL_SECONDS: Final = 0.05
_METADATA: Final = metadata_for(Caller(owner_id=OWNER, scopes=frozenset({STATS_READ})))
_EIGHT_AT_ONCE: Final = Target(Figure.P99, 2000)
# Name, path, query, what changes with each call, headers, aim.
_Call = tuple[str, str, dict[str, str], Callable[[int], dict[str, str]], dict[str, str], Target]


class Statistics:
    """Questions about an account with all clicks, and about its link with a tenth of them."""

    def __init__(self, system: System, seeded: Seeded) -> None:
        self._system = system
        self._seeded = seeded
        self._analytics = system.stack.addresses.analytics
        self._segments = Path(system.settings.segments)

    def scenarios(self) -> list[Scenario]:
        """List them; with very many clicks the aims are others."""
        return [*self._scans(), *self._pages(), *self._crowd(), *self._dialects()]

    def _scans(self) -> list[Scenario]:
        account = Scan(self._system.stack.postgres_url, self._segments, OWNER)
        link = Scan(self._system.stack.postgres_url, self._segments, OWNER, self._seeded.hot_link_id)
        return [Scenario(name=ACCOUNT_SCAN, run=account.run), Scenario(name=LINK_SCAN, run=link.run)]

    def _pages(self) -> list[Scenario]:
        link_id, is_many = self._seeded.hot_link_id, self._seeded.clicks >= _MANY
        aims = (300, 3000, 300, 300, 300, 3000) if is_many else (40, 200, 30, 45, 50, 200)
        asked = (
            ("account page", pages.page(), ACCOUNT_SCAN),
            ("account page with visitors", pages.page(visitors=True), ACCOUNT_SCAN),
            ("link page", pages.page(link_id), LINK_SCAN),
            ("link page with visitors", pages.page(link_id, visitors=True), LINK_SCAN),
            ("link, two filters in an odd zone", pages.crossed(link_id), LINK_SCAN),
            ("account, two filters in an odd zone", pages.crossed(), ACCOUNT_SCAN),
        )
        return [
            Scenario(
                name=f"statistics, {name}",
                run=self._asking(request),
                target=Target(Figure.P50, aim),
                baseline=scan,
            )
            for (name, request, scan), aim in zip(asked, aims, strict=True)
        ]

    def _crowd(self) -> list[Scenario]:
        return [
            Scenario(
                name="statistics, 8 account pages at once while 5,000 clicks/s come in",
                run=self._at_once,
                target=_EIGHT_AT_ONCE,
                is_warmed=False,
            ),
            Scenario(
                name="statistics, first page of a fresh process",
                run=self._fresh,
                target=Target(Figure.P50, 250),
                is_warmed=False,
            ),
            Scenario(name="statistics, a click seen", run=self._seen, target=Target(Figure.P99, 5000), is_warmed=False),
        ]

    def _dialects(self) -> list[Scenario]:
        key = self._system.api_key
        start = datetime.now(UTC) - timedelta(days=89)
        spoo = {
            "scope": "all",
            "group_by": "time,browser,os,country,referrer",
            "start_date": start.isoformat(),
        }
        shortio = {"period": "custom", "startDate": str(int(start.timestamp() * 1000))}
        bearer, plain = {"Authorization": f"Bearer {key}"}, {"Authorization": key}
        bitly = {"access_token": key, "unit": "day", "units": "90", "rollup": "true"}
        fast, slow = Target(Figure.P50, 100), Target(Figure.P50, 300)

        def until(name: str, form: Callable[[datetime], str]) -> Callable[[int], dict[str, str]]:
            return lambda number: {name: form(datetime.now(UTC) - timedelta(milliseconds=number))}

        def limit(number: int) -> dict[str, str]:
            return {"limit": str(1000 - number % 900)}

        ended, stamped = (
            until("end_date", datetime.isoformat),
            until("endDate", lambda at: str(int(at.timestamp() * 1e3))),
        )
        calls: tuple[_Call, ...] = (
            ("spoo.me scope=all", "/api/v1/stats", {**spoo, "metrics": "clicks"}, ended, bearer, fast),
            ("spoo.me scope=all with visitors", "/api/v1/stats", spoo, ended, bearer, slow),
            ("Short.io domain", "/statistics/domain/1", shortio, stamped, plain, fast),
            ("Bitly user/countries", "/v3/user/countries", bitly, limit, {}, fast),
            ("Bitly user/referrers", "/v3/user/referrers", bitly, limit, {}, fast),
            ("Bitly user/clicks", "/v3/user/clicks", {**bitly, "rollup": "false"}, limit, {}, fast),
        )
        return [
            Scenario(name=f"statistics, {name}", run=self._getting(path, query, more, headers), target=target)
            for name, path, query, more, headers, target in calls
        ]

    def _asking(self, request: QueryStatsRequest) -> Callable[[float], Measured]:
        requests = pages.never_the_same(request)
        return lambda seconds: rpc_load.run(self._analytics, lambda channel: _ask(channel, requests), seconds, 1)

    def _at_once(self, seconds: float) -> Measured:
        return asyncio.run(self._beside_ingest(seconds))

    async def _beside_ingest(self, seconds: float) -> Measured:
        """Ask while clicks come in; a page that failed, or clicks that did not all come in in time, are failures."""
        requests = pages.never_the_same(pages.page(visitors=True))
        stop = asyncio.Event()
        shipping = asyncio.create_task(_ship(self._analytics, stop))
        pages_asked = await rpc_load.run_async(
            self._analytics, lambda channel: _ask(channel, requests), seconds, _AT_ONCE
        )
        stop.set()
        late = 0 if await shipping >= _KEPT_UP else 1
        return Measured(
            requests=pages_asked.requests,
            seconds=pages_asked.seconds,
            failed=pages_asked.failed + late,
            p50=pages_asked.p50,
            p90=pages_asked.p90,
            p99=pages_asked.p99,
        )

    def _fresh(self, seconds: float) -> Measured:
        end = time.monotonic() + seconds
        taken: list[float] = []
        while not taken or time.monotonic() < end:
            self._system.stop("analytics")
            self._system.start("analytics")
            asyncio.run(self._system.ready("analytics"))
            taken.append(asyncio.run(self._first_page()))
        return measured(taken, seconds)

    async def _first_page(self) -> float:
        async with _channel(self._analytics) as channel:
            await channel.channel_ready()
            begun = time.perf_counter()
            await _ask(channel, iter([pages.page()]))()
            return time.perf_counter() - begun

    def _seen(self, seconds: float) -> Measured:
        return asyncio.run(self._see(seconds))

    async def _see(self, seconds: float) -> Measured:
        """Follow a link, and ask for the account's clicks until there is one more."""
        end = time.monotonic() + seconds
        taken: list[float] = []
        async with _channel(self._analytics) as channel, httpx.AsyncClient(trust_env=False) as visitor:
            stub: stats_service_pb2_grpc.StatsServiceAsyncStub = stats_service_pb2_grpc.StatsServiceStub(channel)
            requests = pages.never_the_same(pages.totals())

            async def clicks() -> int:
                answer = await stub.QueryStats(next(requests), metadata=_METADATA)
                return answer.results[0].rows[0].metrics[0]

            while not taken or time.monotonic() < end:
                before, begun = await clicks(), time.perf_counter()
                await visitor.get(f"{self._system.redirect_url}/{RANDOM}1", headers={"Host": "localhost"})
                while await clicks() == before:  # noqa: ASYNC110 - nobody tells when a click counts
                    await asyncio.sleep(_POLL_SECONDS)
                taken.append(time.perf_counter() - begun)
        return measured(taken, seconds)

    def _getting(
        self, path: str, query: dict[str, str], more: Callable[[int], dict[str, str]], headers: dict[str, str]
    ) -> Callable[[float], Measured]:
        return lambda seconds: asyncio.run(self._get(path, query, more, headers, seconds))

    async def _get(
        self,
        path: str,
        query: dict[str, str],
        more: Callable[[int], dict[str, str]],
        headers: dict[str, str],
        seconds: float,
    ) -> Measured:
        taken: list[float] = []
        failed = 0
        base = f"http://127.0.0.1:{self._system.settings.port}"
        async with httpx.AsyncClient(
            base_url=base, headers={"Host": "localhost", **headers}, trust_env=False, timeout=30
        ) as client:
            end = time.monotonic() + seconds
            for number in itertools.count():
                begun = time.perf_counter()
                response = await client.get(path, params={**query, **more(number)})
                taken.append(time.perf_counter() - begun)
                # Bitly says in the body how it went.
                failed += response.status_code != httpx.codes.OK or '"status_code":5' in response.text
                if time.monotonic() > end:
                    break
        return measured(taken, seconds, failed)


def _channel(address: str) -> grpc.aio.Channel:
    return grpc.aio.insecure_channel(
        address, options=[("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)]
    )


def _ask(channel: grpc.aio.Channel, requests: Iterator[QueryStatsRequest]) -> Callable[[], Awaitable[object]]:
    stub: stats_service_pb2_grpc.StatsServiceAsyncStub = stats_service_pb2_grpc.StatsServiceStub(channel)
    return lambda: stub.QueryStats(next(requests), metadata=_METADATA)


async def _ship(address: str, stop: asyncio.Event) -> float:
    """Ship batches at a steady rate until told to stop; return which share of them came in when it was due."""
    visits = recorded_visits(_BATCH, _OTHER_LINK, owner_id=_OTHER_OWNER)
    numbers, source, sent = itertools.count(1), str(uuid4()), 0
    started = time.monotonic()
    async with _channel(address) as channel:
        stub: ingest_service_pb2_grpc.IngestServiceAsyncStub = ingest_service_pb2_grpc.IngestServiceStub(channel)
        while not stop.is_set():
            rows = [ingest_service_pb2.OutboxRow(sequence=next(numbers), click=visit) for visit in visits]
            report = ingest_service_pb2.OutboxReport(last_sequence=rows[-1].sequence)
            await stub.IngestClicks(ingest_service_pb2.IngestClicksRequest(source=source, rows=rows, report=report))
            sent += 1
            await asyncio.sleep(max(0.0, started + sent / _BATCHES_A_SECOND - time.monotonic()))
        due = (time.monotonic() - started) * _BATCHES_A_SECOND
    return sent / max(1.0, due)
