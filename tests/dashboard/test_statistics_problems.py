"""What the screen of statistics says when numbers cannot be counted, or not all of them."""

import base64
import struct
from datetime import UTC, datetime

import pytest_asyncio
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2
from playwright.async_api import Route, expect

from linkmeter.analytics.v1 import stats_service_pb2
from tests.support.dashboard import Dashboard

QUERY_STATS = "**/linkmeter.analytics.v1.StatsService/QueryStats"
DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED = 4, 8


@pytest_asyncio.fixture(loop_scope="session")
async def clicked(dashboard: Dashboard) -> Dashboard:
    """Return a window whose account has one link, which was followed twice."""
    link = await dashboard.create_link(f"p{id(dashboard):x}")
    await dashboard.follow(str(link["code"]), times=2)
    return dashboard


async def refuse(route: Route, code: int, message: str, retry_seconds: int = 0) -> None:
    """Answer a call as a service that refuses it does."""
    status = status_pb2.Status(code=code, message=message)
    if retry_seconds:
        detail = any_pb2.Any()
        detail.Pack(error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=retry_seconds)))
        status.details.append(detail)
    headers = {
        "content-type": "application/grpc-web+proto",
        "grpc-status": str(code),
        "grpc-message": message,
        "grpc-status-details-bin": base64.b64encode(status.SerializeToString()).decode(),
        "x-request-id": "request-7",
    }
    await route.fulfill(status=200, headers=headers)


async def test_what_takes_too_long_is_said_and_asked_again_when_wanted(clicked: Dashboard) -> None:
    """With the request's id for whoever looks after the system, and what would be faster."""
    page = clicked.page

    async def too_long(route: Route) -> None:
        await refuse(route, DEADLINE_EXCEEDED, "the question takes too long")

    await page.route(QUERY_STATS, too_long)
    await clicked.open("/statistics")
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("This took too long")
    await expect(alert).to_contain_text("A shorter time or fewer filters are counted faster.")
    await expect(alert).to_contain_text("request-7")
    await page.unroute(QUERY_STATS)
    await alert.get_by_role("button", name="Try again").click()
    await expect(page.locator("[data-metric=clicks] [data-value='2']")).to_be_visible()


async def test_a_question_waits_for_its_turn_and_says_so(clicked: Dashboard) -> None:
    """As long as the service said; then it is asked again without anybody doing anything."""
    refused = 0

    async def refuse_once(route: Route) -> None:
        nonlocal refused
        refused += 1
        if refused > 1:
            await route.continue_()
        else:
            await refuse(route, RESOURCE_EXHAUSTED, "too many questions at once", retry_seconds=1)

    await clicked.page.route(QUERY_STATS, refuse_once)
    page = await clicked.open("/statistics")
    await expect(page.get_by_text("this one waits for its turn")).to_be_visible()
    await expect(page.locator("[data-metric=clicks] [data-value='2']")).to_be_visible()
    await expect(page.get_by_text("this one waits for its turn")).to_have_count(0)


async def test_it_says_from_when_on_raw_clicks_are_there(clicked: Dashboard) -> None:
    """Visitors of the time before are not shown as none: they are not known."""
    since = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    async def forget(route: Route) -> None:
        answer = await route.fetch()
        body = await answer.body()
        _, length = struct.unpack_from(">BI", body)
        message = stats_service_pb2.QueryStatsResponse.FromString(body[5 : 5 + length])
        message.raw_since_time.FromDatetime(since)
        changed = message.SerializeToString()
        await route.fulfill(response=answer, body=struct.pack(">BI", 0, len(changed)) + changed + body[5 + length :])

    await clicked.page.route(QUERY_STATS, forget)
    page = await clicked.open("/statistics?metric=visitors")
    await expect(page.get_by_text("Raw clicks before")).to_be_visible()
    await page.get_by_text("As a table").click()
    await expect(page.get_by_role("cell", name="not known").first).to_be_visible()
    await page.unroute(QUERY_STATS)
