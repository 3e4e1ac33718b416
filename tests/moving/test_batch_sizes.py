"""Requests of an import are of a size that the server takes, whatever origins tell."""

from datetime import UTC, datetime

from linkmeter.links.v1 import import_service_pb2
from linkmeter.moving.importing.batch_sizes import MOST_CLICKS, in_requests
from linkmeter.moving.importing.conversion import imported_click, imported_link
from linkmeter.moving.importing.link_batches import in_batches
from linkmeter.moving.importing.state import Outcome, PlannedLink
from linkmeter.moving.importing.tally import Tally
from linkmeter.moving.origin import OriginClick, OriginLink

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LARGEST_REQUEST = 256 << 10


def a_click(referrer: str) -> OriginClick:
    return OriginClick(place="line 1", domain="", code="a", time=NOW, referrer=referrer)


def test_clicks_fit_into_requests_and_keep_their_order() -> None:
    clicks = [imported_click(a_click("r" * (number % 5 * 500)), number) for number in range(1, 5001)]
    batches = [*in_requests(clicks)]
    assert [click.sequence for batch in batches for click in batch] == [*range(1, 5001)]
    requests = [import_service_pb2.ImportClicksRequest(import_id=2**62, clicks=batch) for batch in batches]
    assert max(request.ByteSize() for request in requests) <= LARGEST_REQUEST
    assert max(len(batch) for batch in in_requests(map(imported_click, [a_click("")] * 5000, range(1, 5001)))) == (
        MOST_CLICKS
    )


def test_links_fit_into_requests() -> None:
    link = OriginLink(place="line 1", domain="", code="a", destination=f"https://example.com/{'d' * 8000}")
    message = imported_link(link, now=NOW, adjusted=Tally()).SerializeToString()
    planned = [
        PlannedLink(number, "", "", "a", "", "a", "", message, is_deleted=False, outcome=Outcome.CREATE)
        for number in range(100)
    ]
    batches = [*in_batches(planned)]
    assert [one.number for batch in batches for one in batch] == [*range(100)]
    for batch in batches:
        links = [import_service_pb2.ImportedLink.FromString(one.message) for one in batch]
        request = import_service_pb2.ImportLinksRequest(import_id=2**62, links=links, validate_only=True)
        assert request.ByteSize() <= LARGEST_REQUEST


def test_one_item_never_fills_a_request() -> None:
    """What is longer than the server keeps, or takes, is cut before it is sent: it would stop the import for good."""
    endless = "x" * 1_000_000
    click = OriginClick(
        place="", domain="", code=endless, time=NOW, referrer=endless, user_agent=endless, ip=endless, country=endless
    )
    assert imported_click(click, 1).ByteSize() < LARGEST_REQUEST // 10
    link = OriginLink(place="", domain="", code="a", destination=endless, title=endless, description=endless)
    assert imported_link(link, now=NOW, adjusted=Tally()).ByteSize() < LARGEST_REQUEST // 10
