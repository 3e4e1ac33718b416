"""S2 through the whole system: raw control characters never get in, and Location is always one ASCII line."""

import pytest

from tests.support.system import System
from tests.support.traffic import BROWSER

CONTROLS = [*map(chr, range(0x20)), "\x7f", "\x85"]
INJECTIONS = [
    "http://example.com/\r\nSet-Cookie: a=b",
    "http://example.com/\r\n\r\n<script>",
    "http://example.com/%00",
    "http://example.com/\n",
    "\nhttp://example.com/",
]


async def test_control_characters_are_a_400(system: System) -> None:
    """Raw, at create and at update; nothing is created."""
    async with system.client() as client:
        link = (await client.post("/v1/links", json={"destination": "https://example.com/"})).json()
        path = f"/v1/links/{link['linkId']}"
        for url in [*(f"http://example.com/a{piece}b" for piece in CONTROLS), *INJECTIONS]:
            for answer in (
                await client.post("/v1/links", json={"destination": url}),
                await client.patch(path, json={"destination": url}),
            ):
                assert answer.status_code == 400, url
        assert (await client.get(path)).json() == link


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://bücher.example/ä ö?ü=ß#€", "https://xn--bcher-kva.example/%C3%A4%20%C3%B6?%C3%BC=%C3%9F#%E2%82%AC"),
        ("http://example.com/\u2028\u202e", "http://example.com/%E2%80%A8%E2%80%AE"),
        ("https://wa.example/?text=one%0D%0Atwo%09%C2%85", "https://wa.example/?text=one%0D%0Atwo%09%C2%85"),
        ("http://example.com/%0d%0aSet-Cookie:a=b", "http://example.com/%0d%0aSet-Cookie:a=b"),
        ("http://example.com/%250d%250aSet-Cookie:a=b", "http://example.com/%250d%250aSet-Cookie:a=b"),
        (
            "http://Example.COM/%7Euser/./../?a=%zz&b=[c]|d^e`\"<>'",
            "http://Example.COM/%7Euser/./../?a=%zz&b=[c]%7Cd%5Ee%60%22%3C%3E'",
        ),
    ],
)
async def test_visitor_is_sent_to_one_ascii_line(system: System, url: str, location: str) -> None:
    """What was given, with foreign letters, spaces and what no URL may hold encoded, in one header and no other."""
    async with system.client() as client:
        link = (await client.post("/v1/links", json={"destination": url})).json()
        answer = await client.get(f"/{link['code']}", headers={"user-agent": BROWSER})
    raw = [value for name, value in answer.headers.raw if name.lower() == b"location"]
    assert raw == [location.encode("ascii")]
    assert "set-cookie" not in answer.headers


async def test_escaped_lines_pass_on_every_surface(system: System) -> None:
    """Each of the APIs creates the link, and its visitor is sent to the very bytes."""
    url = "https://wa.example/?text=one%0D%0Atwo%09three"
    async with system.client() as client, system.client(api_key="") as nobody:
        domain = (await client.get("/api/domains", headers={"authorization": system.api_key})).json()[0]["hostname"]
        answers = [
            (await client.post("/v1/links", json={"destination": url})).json()["shortUrl"],
            (await nobody.post("/api/shorten", json={"url": url})).json()["shortUrl"],
            (await client.post("/api/v1/shorten", json={"long_url": url})).json()["short_url"],
            (await nobody.post("/", data={"url": url}, headers={"accept": "application/json"})).json()["short_url"],
            (
                await client.get(
                    "/v3/shorten", params={"access_token": system.api_key, "longUrl": url, "format": "json"}
                )
            ).json()["data"]["url"],
            (
                await nobody.post(
                    "/links",
                    json={"domain": domain, "originalURL": url},
                    headers={"authorization": system.api_key},
                )
            ).json()["shortURL"],
        ]
        for short_url in answers:
            path = "/" + short_url.rpartition("/")[2]
            followed = await nobody.get(path, headers={"user-agent": BROWSER})
            assert followed.headers["location"] == url, short_url
