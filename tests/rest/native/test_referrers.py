"""Which Referer reaches the data plane."""

import pytest

from tests.support.edge import Edge, Services


@pytest.mark.parametrize(
    "referrer",
    [
        "https://news.example/page?a=b",
        "http://my_blog.example/post",
        "https://café.example/menü",
        "https://news.example/a page",
        "android-app://com.example.reader/",
        "newsletter",
        "direct",
    ],
)
async def test_a_referrer_arrives_as_it_was_sent(edge: Edge, services: Services, referrer: str) -> None:
    """Which of them is a good URL is for analytics to say, not for the gateway."""
    await edge.raw(b"GET /abc HTTP/1.1\r\nhost: sho.rt\r\nreferer: " + referrer.encode() + b"\r\n\r\n")
    (visit,) = services.visits
    assert visit.headers["referer"].encode("latin-1").decode() == referrer
    assert "x-linkmeter-referer" not in visit.headers


async def test_nobody_but_the_gateway_writes_the_copy(edge: Edge, services: Services) -> None:
    """A client cannot set what the gateway keeps a Referer in."""
    for referer in (b"", b"referer: https://news.example/\r\n"):
        await edge.raw(
            b"GET /abc HTTP/1.1\r\nhost: sho.rt\r\nx-linkmeter-referer: https://evil.example/\r\n" + referer + b"\r\n"
        )
    assert [visit.headers.get("referer") for visit in services.visits] == [None, "https://news.example/"]


async def test_services_are_not_told_who_refers(edge: Edge, services: Services) -> None:
    """Of REST calls nobody keeps a Referer, and what is not ASCII would break the call."""
    answer = await edge.raw(
        "GET /v1/links/5 HTTP/1.1\r\nhost: sho.rt\r\nreferer: https://café.example/\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert "x-linkmeter-referer" not in services.only_call.metadata
