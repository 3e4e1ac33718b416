"""Lists of filters are said in a body, and never in part."""

import httpx
import pytest

from linkmeter.analytics.v1 import stats_service_pb2
from tests.support.edge import Services
from tests.support.native_errors import assert_refused


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("filters.dimension=DIMENSION_COUNTRY&filters.values=DE", "filters"),
        ("filters.dimension=DIMENSION_COUNTRY&filters.values=DE&filters.dimension=DIMENSION_OS", "filters"),
        ("pageSize=5&filters%2Edimension=DIMENSION_OS", "filters"),
        ("f%69lters=x", "filters"),
        ("excludedIntervals.startTime=2026-03-01T00:00:00Z", "excludedIntervals"),
        ("excluded_intervals.end_time=2026-03-01T00:00:00Z", "excluded_intervals"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/clicks", "/v1/links/5/clicks", "/v1/clicks/"])
async def test_a_query_says_no_list_of_objects(
    client: httpx.AsyncClient, services: Services, path: str, query: str, field: str
) -> None:
    """The last of several would win in silence, so even one is 400, with the way to say it."""
    answer = await client.get(f"{path}?{query}")
    words = f"{field} is a list of objects, which belongs into the body of a POST"
    assert_refused(answer, 400, 3, "INVALID_ARGUMENT", words)
    assert services.work == []


async def test_a_body_says_all_filters(client: httpx.AsyncClient, services: Services) -> None:
    """The POST takes everything that the list takes."""
    filters = [
        {"dimension": "DIMENSION_COUNTRY", "values": ["DE", "FR"]},
        {"dimension": "DIMENSION_OS", "values": ["Linux"]},
    ]
    body = {"linkId": "5", "filters": filters, "pageSize": 7, "humanOnly": True}
    assert (await client.post("/v1/clicks:query", json=body)).status_code == 200
    request = services.only_call.request
    assert (request.link_id, request.page_size, request.human_only) == (5, 7, True)
    assert [(item.dimension, list(item.values)) for item in request.filters] == [
        (stats_service_pb2.DIMENSION_COUNTRY, ["DE", "FR"]),
        (stats_service_pb2.DIMENSION_OS, ["Linux"]),
    ]


async def test_lists_of_words_stay_in_queries(client: httpx.AsyncClient, services: Services) -> None:
    """Repeated names fill a list of plain values, and single messages are said by their parts."""
    path = "/v1/clicks?interval.startTime=2026-03-01T00:00:00Z&pageSize=5"
    assert (await client.get(path)).status_code == 200
    assert services.only_call.request.interval.start_time.seconds == 1_772_323_200
