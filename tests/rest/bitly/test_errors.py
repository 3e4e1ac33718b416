"""How calls are refused."""

from collections.abc import Awaitable, Callable
from xml.etree import ElementTree as ET

import httpx
import pytest

from tests.rest.bitly.conftest import Account, NewAccount, unique

METRICS = ("clicks", "countries", "referrers", "referrers_by_domain", "referring_domains")
Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.mark.parametrize("call", [*METRICS, "encoders", "encoders_count", "info"])
async def test_link_must_be_there(account: Account, call: str) -> None:
    """Without it: MISSING_ARG_LINK; with one that is none, or nobody's: INVALID_ARG_LINK."""
    assert await account.refused(f"link/{call}") == (500, "MISSING_ARG_LINK")
    for link in ("http://bit.ly/1234", "http://localhost/never-made", "nonsense"):
        assert await account.refused(f"link/{call}", link=link) == (500, "INVALID_ARG_LINK")


@pytest.mark.parametrize("call", METRICS)
async def test_numbers_of_others_are_not_shown(account: Account, new_account: NewAccount, call: str) -> None:
    """Somebody else's link is like one that is not there."""
    link = await (await new_account()).new_link()
    assert await account.refused(f"link/{call}", link=link.short_url) == (500, "INVALID_ARG_LINK")


@pytest.mark.parametrize("call", METRICS)
async def test_parameters_are_checked(account: Account, call: str) -> None:
    """Each wrong parameter is named."""
    link = (await account.new_link()).short_url
    for name, value in (
        ("unit", "year"),
        ("units", "0"),
        ("timezone", "Nowhere/Land"),
        ("limit", "1001"),
        ("unit_reference_ts", "soon"),
    ):
        assert await account.refused(f"link/{call}", link=link, **{name: value}) == (
            500,
            f"INVALID_ARG_{name.upper()}",
        )
    minutes = {"unit": "minute", "units": "61"}
    assert await account.refused(f"link/{call}", link=link, **minutes) == (500, "INVALID_ARG_UNITS")
    with_reference = {"unit": "minute", "unit_reference_ts": "1360351157"}
    assert await account.refused(f"link/{call}", link=link, **with_reference) == (500, "INVALID_ARG_UNIT")


async def test_encoders_limit(account: Account) -> None:
    """At most 25."""
    link = (await account.new_link()).short_url
    assert await account.refused("link/encoders", link=link, limit="26") == (500, "INVALID_ARG_LIMIT")


@pytest.mark.parametrize(
    ("call", "parameters", "text"),
    [
        ("link/clicks", {}, "MISSING_ARG_ACCESS_TOKEN"),
        ("link/clicks", {"access_token": "wrong"}, "INVALID_ARG_ACCESS_TOKEN"),
        ("link/clicks", {"access_token": "\u00e4"}, "INVALID_ARG_ACCESS_TOKEN"),
        ("link/clicks", {"access_token": "x" * 5000}, "INVALID_ARG_ACCESS_TOKEN"),
        ("user/info", {"login": "somebody", "apiKey": "wrong"}, "MISSING_ARG_ACCESS_TOKEN"),
        ("shorten", {}, "MISSING_ARG_LOGIN"),
        ("shorten", {"apiKey": "wrong"}, "MISSING_ARG_LOGIN"),
        ("shorten", {"login": "somebody"}, "MISSING_ARG_APIKEY"),
        ("shorten", {"login": "somebody", "apiKey": "wrong"}, "INVALID_APIKEY"),
    ],
)
async def test_credentials_are_checked(
    bitly: httpx.AsyncClient, call: str, parameters: dict[str, str], text: str
) -> None:
    """A missing, a wrong and an absurd credential."""
    answer = await bitly.get(f"/v3/{call}", params=parameters)
    assert answer.status_code == 200
    assert answer.json() == {"data": None, "status_code": 500, "status_txt": text}


async def test_login_must_be_the_keys(account: Account, bitly: httpx.AsyncClient) -> None:
    """The older credential is both; each wrong one has its text."""
    right = {"login": account.owner.login, "apiKey": account.token, "longUrl": unique()}
    assert (await bitly.get("/v3/shorten", params=right)).json()["status_code"] == 200
    answer = await bitly.get("/v3/shorten", params={**right, "login": "somebody-else"})
    assert answer.json()["status_txt"] == "INVALID_LOGIN"


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({}, "MISSING_ARG_URI"),
        ({"longUrl": "example.com"}, "INVALID_URI"),
        ({"longUrl": "javascript:alert(1)"}, "INVALID_URI"),
        ({"longUrl": " jAvAsCrIpT:alert(1)"}, "INVALID_URI"),
        ({"longUrl": "http://user:pass@example.com/"}, "INVALID_URI"),
        ({"longUrl": "http://example.com/\r\nx: y"}, "INVALID_URI"),
        ({"longUrl": "http://example.com/" + "a" * 2048}, "INVALID_URI"),
        ({"longUrl": "http://localhost/abc"}, "ALREADY_A_BITLY_LINK"),
        ({"longUrl": "http://example.com/", "domain": "unknown.example"}, "INVALID_ARG_DOMAIN"),
    ],
)
async def test_shorten_refuses(account: Account, parameters: dict[str, str], text: str) -> None:
    """Only http and https, to somewhere else."""
    assert await account.refused("shorten", **parameters) == (500, text)


async def test_text_carries_the_status(account: Account) -> None:
    """As txt the HTTP status is the code, and the body the text."""
    answer = await account.get("shorten", format="txt")
    assert (answer.status_code, answer.text) == (500, "MISSING_ARG_URI")
    answer = await account.get("expand", format="txt", hash="never-made")
    assert (answer.status_code, answer.text) == (404, "NOT_FOUND")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_xml_is_always_200(account: Account) -> None:
    """The same envelope."""
    answer = await account.get("shorten", format="xml")
    assert answer.status_code == 200
    root = ET.fromstring(answer.text)  # noqa: S314 - Our own.
    assert (root.findtext("status_code"), root.findtext("status_txt")) == ("500", "MISSING_ARG_URI")


@pytest.mark.parametrize("name", ["yaml", "txt"])
async def test_unknown_formats_are_refused(account: Account, name: str) -> None:
    """Txt is only for calls that have one value."""
    answer = await account.get("user/info", format=name)
    assert "INVALID_FORMAT" in answer.text


async def test_rollup_is_needed_for_text(account: Account) -> None:
    """A list is no text."""
    link = (await account.new_link()).short_url
    answer = await account.get("link/clicks", link=link, format="txt", rollup="false")
    assert (answer.status_code, answer.text) == (500, "INVALID_FORMAT")
    answer = await account.get("link/clicks", link=link, format="txt")
    assert (answer.status_code, answer.text) == (200, "0\n")


async def test_a_callback_that_is_code_is_refused(account: Account) -> None:
    """Nothing of it is in the answer."""
    answer = await account.get("user/info", callback="alert(document.domain)//")
    assert answer.json()["status_txt"] == "INVALID_ARG_CALLBACK"
    assert "alert" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_calls_that_are_not_there(bitly: httpx.AsyncClient) -> None:
    """The gateway's own answers have the envelope, too."""
    for method, path in (("GET", "/v3/realtime/hot_phrases"), ("POST", "/v3/no/such/call"), ("GET", "/v3")):
        answer = await bitly.request(method, path)
        assert answer.json() == {"data": None, "status_code": 404, "status_txt": "NOT_FOUND"}, path
    answer = await bitly.delete("/v3/shorten")
    assert answer.status_code == 405
    assert answer.json()["status_code"] == 405


async def test_a_key_without_the_scope_is_refused(account: Account) -> None:
    """Reading links does not allow reading numbers."""
    link = await account.new_link()
    answer = await account.client.get(
        "/v3/link/clicks", params={"link": link.short_url, "access_token": await account.key_with("links:read")}
    )
    assert answer.json()["status_txt"] == "INVALID_ARG_ACCESS_TOKEN"


async def test_the_token_of_a_link_is_no_access_token(bitly: httpx.AsyncClient) -> None:
    """It belongs to no account."""
    made = (await bitly.post("/api/shorten", json={"url": "https://example.com/"})).json()
    answer = await bitly.get("/v3/user/info", params={"access_token": made["editToken"]})
    assert answer.json()["status_txt"] == "INVALID_ARG_ACCESS_TOKEN"
