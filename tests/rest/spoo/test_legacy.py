"""The first API: forms."""

import secrets
from typing import Any

import httpx
import pytest

from tests.rest.spoo import examples
from tests.rest.spoo.conftest import Shorten
from tests.support.system import System

URL = "https://example.com/page"
JSON = {"accept": "application/json"}


def assert_refused(answer: httpx.Response, status: int, kind: str) -> None:
    """Fail unless an answer is an error of the first API's shape."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body == {kind: body["message"], "error": kind, "message": body["message"]}


async def test_forms_in_every_spelling(anyone: httpx.AsyncClient) -> None:
    """Urlencoded or multipart, with a charset or without, asking for JSON among others."""
    for form in (
        {"data": {"url": URL}},
        {"files": {"url": (None, URL)}},
        {"content": b"url=https%3A%2F%2Fexample.com%2Fpage", "headers": FORM},
        {"data": {"url": URL, "block-bots": "true", "max-clicks": "10", "password": "Python.Snake63"}},
    ):
        headers = {"accept": "text/html, application/json;q=0.9", **form.pop("headers", {})}  # type: ignore[dict-item]
        answer = await anyone.post("/", headers=headers, **form)
        assert answer.status_code == 200, answer.text
        assert answer.json()["original_url"] == URL


FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}


async def test_without_json_a_person_sees_the_result(anyone: httpx.AsyncClient) -> None:
    """The form leads to a page with the short URL, which holds nothing that runs."""
    answer = await anyone.post("/", data={"url": URL})
    assert answer.status_code == 302
    page = await anyone.get(answer.headers["location"])
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    code = answer.headers["location"].removeprefix("/result/")
    assert f'href="http://localhost:{anyone.base_url.port}/{code}"' in page.text
    absent = await anyone.get("/result/absent-1")
    assert (absent.status_code, absent.headers["content-type"]) == (404, "text/html; charset=utf-8")
    strange = await anyone.get("/result/%3Cscript%3E")
    assert strange.status_code == 404
    assert "<script" not in strange.text


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ({}, "UrlError"),
        ({"url": ""}, "UrlError"),
        ({"url": "nonsense"}, "UrlError"),
        ({"url": "javascript:alert(1)"}, "UrlError"),
        ({"url": "http://localhost/x"}, "UrlError"),
        ({"url": URL, "alias": "a b"}, "AliasError"),
        ({"url": URL, "alias": "api"}, "AliasError"),
        ({"url": URL, "password": "weak"}, "PasswordError"),
        ({"url": URL, "max-clicks": "0"}, "MaxClicksError"),
        ({"url": URL, "max-clicks": "many"}, "MaxClicksError"),
    ],
)
async def test_wrong_forms(anyone: httpx.AsyncClient, form: dict[str, str], kind: str) -> None:
    """400 with the kind."""
    assert_refused(await anyone.post("/", data=form, headers=JSON), 400, kind)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xfe", "FormError"),
        (b"\0" * 1000, "FormError"),
        (b"a=1&" * 20_000, "FormError"),
        (b'{"url": "https://example.com"}', "UrlError"),
    ],
)
async def test_what_is_no_form_is_refused(anyone: httpx.AsyncClient, content: bytes, kind: str) -> None:
    """Nothing breaks; what can be read as a form misses its URL."""
    answer = await anyone.post("/", content=content, headers={**JSON, **FORM})
    assert_refused(answer, 400, kind)


async def test_a_huge_form_is_refused(anyone: httpx.AsyncClient) -> None:
    """413, before anything reads it all."""
    answer = await anyone.post("/", content=b"url=" + b"a" * 2_000_000, headers={**JSON, **FORM})
    assert answer.status_code == 413


async def test_taken_and_long_aliases(anyone: httpx.AsyncClient) -> None:
    """400 for the one; the other is cut."""
    alias = f"f{secrets.token_hex(10)}"
    answer = await anyone.post("/", data={"url": URL, "alias": alias}, headers=JSON)
    assert answer.json()["short_url"].endswith(f"/{alias[:16]}")
    assert_refused(await anyone.post("/", data={"url": URL, "alias": alias}, headers=JSON), 400, "AliasError")


async def test_emojis(anyone: httpx.AsyncClient) -> None:
    """Random ones when none are named; words are refused."""
    answer = await anyone.post("/emoji", data={"url": URL}, headers=JSON)
    short_url = answer.json()["short_url"]
    assert not short_url.isascii()
    assert (await anyone.get(short_url)).headers["location"] == URL
    emojis = short_url.rpartition("/")[2]
    again = await anyone.post("/emoji", data={"url": URL, "emojies": emojis}, headers=JSON)
    assert_refused(again, 400, "EmojiError")
    for text in ("snake", "🐍a", "🐍" * 16):
        form = {"url": URL, "emojies": text}
        assert_refused(await anyone.post("/emoji", data=form, headers=JSON), 400, "EmojiError")
    stats = await anyone.post(f"/stats/{emojis}")
    assert stats.json()["short_code"] == emojis


async def test_passwords(anyone: httpx.AsyncClient, shorten: Shorten) -> None:
    """In the form; what is wrong or missing is refused alike, and the password is never told."""
    link = await shorten(anyone, password="Example@12")
    path = f"/stats/{link.alias}"
    assert_refused(await anyone.post(path), 400, "PasswordError")
    assert_refused(await anyone.post(path, data={"password": "wrong"}), 400, "PasswordError")
    assert_refused(await anyone.post(f"{path}?password=Example@12"), 400, "PasswordError")
    answer = await anyone.post(path, data={"password": "Example@12"})
    assert answer.status_code == 200
    assert answer.json()["password"] is None
    assert_refused(await anyone.get(f"/export/{link.alias}/json"), 400, "PasswordError")
    answer = await anyone.post(f"/export/{link.alias}/json", data={"password": "Example@12"})
    assert answer.json()["short_code"] == link.alias


async def test_unknown_and_private_links(anyone: httpx.AsyncClient, owner: httpx.AsyncClient, shorten: Shorten) -> None:
    """They look the same."""
    private = await shorten(owner)
    for path in ("/stats/{}", "/export/{}/json"):
        answers = [await anyone.post(path.format(code)) for code in (private.alias, "nonexistent12345")]
        assert_refused(answers[0], 404, "UrlError")
        assert answers[0].content == answers[1].content


async def test_figures_of_everything(anyone: httpx.AsyncClient, shorten: Shorten) -> None:
    """Lists count clicks and visitors; bots are named; an end that has come is told."""
    link = await shorten(anyone, max_clicks=20)
    await link.ingest(examples.filter_example())
    body: dict[str, Any] = (await anyone.post(f"/stats/{link.alias}")).json()
    assert body["browser"]["Chrome"] == 3
    assert body["unique_browser"]["Chrome"] == 2
    assert body["country"]["United States"] == 5
    assert body["referrer"]["bbc.co.uk"] == 3
    assert body["bots"] == {"Googlebot": 1, "Unknown": 1}
    assert (body["max-clicks"], body["expired"]) == (20, False)


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx", "xml", "JSON"])
async def test_files(anyone: httpx.AsyncClient, shorten: Shorten, kind: str) -> None:
    """By GET and POST."""
    link = await shorten(anyone)
    await link.ingest(examples.filter_example())
    for method in ("GET", "POST"):
        answer = await anyone.request(method, f"/export/{link.alias}/{kind}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-disposition"].startswith('attachment; filename="spoo-me-export')
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert_refused(await anyone.get(f"/export/{link.alias}/pdf"), 400, "FormatError")


async def test_metric(system: System, anyone: httpx.AsyncClient, shorten: Shorten) -> None:
    """Links of nobody are counted, whoever asks."""
    await shorten(anyone)
    body = (await anyone.get("/metric")).json()
    assert set(body) == {"total-shortlinks-raw", "total-clicks-raw", "total-shortlinks", "total-clicks"}
    assert isinstance(body["total-clicks-raw"], int)
    assert body["total-shortlinks"].endswith("+")
    assert system.api_key not in str(body)


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/", b"url=http%3A%2F%2Fe.example%2Fcaf%E9", "UrlError"),
        ("/", b"url=http://e.example/caf\xe9", "UrlError"),
        ("/", b"url=https%3A%2F%2Fe.example&password=Snake.63caf%E9", "PasswordError"),
        ("/emoji", b"url=https%3A%2F%2Fe.example&emojies=%F0%9F", "EmojiError"),
    ],
)
async def test_what_is_not_utf8_is_refused(anyone: httpx.AsyncClient, path: str, body: bytes, kind: str) -> None:
    """Never another link, or another password, than was asked for."""
    assert_refused(await anyone.post(path, content=body, headers={**JSON, **FORM}), 400, kind)


async def test_multipart_that_is_not_utf8_is_refused(anyone: httpx.AsyncClient) -> None:
    """Likewise; a part with a character set of its own is read in that."""
    latin = "http://e.example/café".encode("latin-1")
    assert_refused(await anyone.post("/", files={"url": (None, latin)}, headers=JSON), 400, "UrlError")
    named = {"url": (None, latin, "text/plain; charset=iso-8859-1")}
    answer = await anyone.post("/", files=named, headers=JSON)
    assert answer.json()["original_url"] == "http://e.example/caf%C3%A9"


async def test_a_password_that_is_not_utf8_opens_nothing(anyone: httpx.AsyncClient) -> None:
    """A guess is what was typed."""
    form = {"url": URL, "password": "Snake.63caf\ufffd"}
    made = await anyone.post("/", data=form, headers=JSON)
    code = made.json()["short_url"].rpartition("/")[2]
    guess = await anyone.post(f"/stats/{code}", content=b"password=Snake.63caf%E9", headers=FORM)
    assert_refused(guess, 400, "PasswordError")
    assert (await anyone.post(f"/stats/{code}", data={"password": form["password"]})).status_code == 200
