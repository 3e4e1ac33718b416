"""R7: 1,000 concurrent requests for one uncached code make at most one lookup per process."""

import asyncio
from pathlib import Path

from tests.support.redirect import BROWSER, running_redirect
from tests.support.redirect_doubles import HOST
from tests.support.wait import eventually

VISITORS = 1000


async def test_a_thousand_requests_for_an_uncached_code_make_one_lookup(tmp_path: Path) -> None:
    """Whoever comes while one asks links waits for its answer; every visit is a click of its own."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        system.links.seconds_for_lookup = 1.5
        host, _, port = system.http_address.rpartition(":")
        # Connected beforehand, so that all the requests are there within the lookup's time.
        visitors = [await asyncio.open_connection(host, int(port)) for _ in range(VISITORS)]
        for number, (_, writer) in enumerate(visitors):
            request = f"GET /abc?n{number} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: {BROWSER}\r\n\r\n"
            writer.write(request.encode())
        answers = await asyncio.gather(*(reader.readline() for reader, _ in visitors))
        assert set(answers) == {b"HTTP/1.1 302 Found\r\n"}
        assert system.links.lookups == 1
        await eventually(lambda: len(system.analytics.followed()) == VISITORS)
        for _, writer in visitors:
            writer.close()
