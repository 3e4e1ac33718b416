"""R1, at the gateway: a followed link is asked for once, for redirect may have recorded the click already."""

import httpx
import pytest

from tests.support.edge import Services


@pytest.mark.parametrize("verb", ["GET", "POST", "HEAD"])
async def test_a_visit_without_answer_is_not_sent_again(
    client: httpx.AsyncClient, services: Services, verb: str
) -> None:
    """Redirect hangs up after it got the request: the visitor is told, and nobody else gets the visit."""
    services.hangs_up = True
    answer = await client.request(verb, "/abc")
    assert answer.status_code == 503
    assert [visit.target for visit in services.visits] == ["/abc"]
