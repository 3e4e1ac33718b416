"""The calls of every origin that is an API: patient, bounded, and silent about the key."""

import logging
from collections.abc import Iterator
from email.utils import format_datetime
from typing import Any

import pytest

from linkmeter.moving.origin import OriginError
from linkmeter.moving.origins import http_api
from linkmeter.moving.origins.http_api import HttpApi, Refused
from linkmeter.moving.origins.patience import Pace, Patience
from tests.support.http_product import Answer, Product, Request, serving
from tests.support.ports import free_port

KEY = "key-that-nobody-sees"


class Echo(Product):
    """Answers everything with the number of the request."""

    def answer(self, _: Request) -> Answer:
        """Answer everything alike."""
        return Answer({"number": len(self.requests)})


@pytest.fixture
def product() -> Echo:
    return Echo()


@pytest.fixture
def address(product: Echo) -> Iterator[str]:
    with serving(product) as at:
        yield at


def api_at(address: str, patience: Patience, **options: Any) -> HttpApi:
    return HttpApi("Echo", address, headers={"x-api-key": KEY}, secret=KEY, patience=patience, **options)


def said(api: HttpApi, path: str = "/list") -> str:
    """Return the sentence of the error that a call raises, which never has the key."""
    with pytest.raises(OriginError) as raised:
        api.get(path)
    assert KEY not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520])
def test_a_service_in_trouble_is_waited_for(product: Echo, address: str, status: int) -> None:
    """The same call is made again after growing pauses, and what is read goes on."""
    product.troubles = {2: Answer({}, status), 3: Answer({}, status)}
    api = api_at(address, product.patience())
    assert api.get("/list") == {"number": 1}
    assert api.get("/list", {"page": 2}) == {"number": 4}
    assert product.slept == [1, 2]
    assert [request.query for request in product.requests[1:]] == [{"page": "2"}] * 3


def test_a_service_that_says_when_to_come_again_is_believed(product: Echo, address: str) -> None:
    """In seconds or as a date; never at once, and not for longer than an hour."""
    later = format_datetime(product.now.replace(minute=1), usegmt=True)
    product.troubles = {
        number: Answer({}, 429, {"retry-after": wanted})
        for number, wanted in enumerate(("7", "0", "soon", "3600"), start=2)
    }
    product.troubles[1] = Answer({}, 503, {"retry-after": later})
    api = api_at(address, product.patience())
    assert api.get("/list") == {"number": 6}
    assert product.slept == [60, 7, 1, 8, 3600]
    product.troubles = {7: Answer({}, 429, {"retry-after": "3601"})}
    assert "later" in said(api)


def test_patience_ends(product: Echo, address: str) -> None:
    """After a number of attempts the error says what was asked for and what to do."""
    product.troubles = {number: Answer({}, 500) for number in range(1, 5)}
    sentence = said(api_at(address, product.patience(attempts=4)))
    assert f"{address}/list (HTTP 500) after 4 attempts" in sentence
    assert "it goes on from where it stopped" in sentence
    assert product.slept == [1, 2, 4]


def test_pauses_stop_growing() -> None:
    """Otherwise the last ones would be hours."""
    assert [Patience().pause(attempt, "") for attempt in (1, 8, 9, 10, 11, 12)] == [1, 128, 256, 300, 300, None]


def test_a_connection_that_breaks_is_made_again(product: Echo, address: str) -> None:
    """An answer that ends in the middle is no answer."""
    product.troubles = {2: Answer({"rows": [1] * 100}, is_cut=True)}
    api = api_at(address, product.patience())
    api.get("/list")
    assert api.get("/list") == {"number": 3}


def test_an_address_where_nobody_answers_is_said_at_once(product: Echo) -> None:
    """Waiting would not help."""
    sentence = said(api_at(f"http://127.0.0.1:{free_port()}", product.patience()))
    assert "cannot be reached" in sentence
    assert product.slept == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "refuses the key"),
        (403, "refuses the key"),
        (404, "its address?"),
        (400, "HTTP 400"),
        (304, "HTTP 304"),
    ],
)
def test_a_refusal_is_told_in_a_sentence(product: Echo, address: str, status: int, words: str) -> None:
    """With what the service says, but for a key that it repeats; nothing is tried again."""
    words_of_service = b"" if status == 304 else f"no \x1b[31m good:\n {KEY}".encode()
    product.troubles = {1: Answer(words_of_service, status)}
    api = api_at(address, product.patience())
    sentence = said(api)
    assert words in sentence
    assert "\x1b" not in sentence
    if words_of_service:
        assert "no [31m good: …" in sentence
    assert len(product.requests) == 1
    product.troubles = {2: Answer({}, status)}
    with pytest.raises(Refused) as raised:
        api.get("/list")
    assert raised.value.status == status


@pytest.mark.parametrize(
    "body",
    [
        {"type": "https://x.example/errors/1", "title": "Wrong", "detail": "the key is old", "status": 401},
        {"error": {"code": "unauthorized", "message": "the key is old"}},
        {"error": "the key is old", "code": 7},
    ],
)
def test_the_sentence_of_an_error_is_shown_and_not_its_json(product: Echo, address: str, body: Any) -> None:
    product.troubles = {1: Answer(body, 401)}
    assert said(api_at(address, product.patience())).endswith("It says: the key is old")


def test_a_page_that_is_no_json_is_an_error_with_its_address(product: Echo, address: str) -> None:
    """Somebody gave the address of a web site."""
    product.troubles = {1: Answer(b"<html>hello</html>"), 2: Answer(b"\xff\xfe"), 3: Answer(b"[" * 100_000)}
    api = api_at(address, product.patience())
    for _ in range(3):
        assert f"{address}/list" in said(api)


def test_line_breaks_in_titles_are_read(product: Echo, address: str) -> None:
    """Some services write them as they are."""
    product.troubles = {1: Answer(b'\xef\xbb\xbf{"title": "two\nlines"}')}
    assert api_at(address, product.patience()).get("/list") == {"title": "two\nlines"}


def test_answers_are_bounded(product: Echo, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless one is cut off."""
    monkeypatch.setattr(http_api, "_LONGEST_ANSWER", 2**20)
    product.troubles = {1: Answer(b" " * 2**22)}
    assert "more than 1 MiB" in said(api_at(address, product.patience()))


def test_the_key_goes_to_no_other_host(product: Echo, address: str) -> None:
    """A redirect elsewhere is told, not followed; one on the same host is followed with the key."""
    elsewhere = Echo()
    with serving(elsewhere) as other:
        product.troubles = {1: Answer({}, 302, {"location": f"{other}/list"})}
        api = api_at(address, product.patience())
        assert "the key is not sent" in said(api)
        assert elsewhere.requests == []
    product.troubles = {2: Answer({}, 308, {"location": "/other/"})}
    assert api.get("/list") == {"number": 3}
    assert [request.path for request in product.requests] == ["/list", "/list", "/other/"]
    assert product.requests[-1].headers["x-api-key"] == KEY


def test_redirects_in_circles_end(product: Echo, address: str) -> None:
    product.troubles = {number: Answer({}, 301, {"location": "/list"}) for number in range(1, 9)}
    assert "circles" in said(api_at(address, product.patience()))


@pytest.mark.parametrize(
    "wrong",
    ["", "ftp://links.example", "https://", "https://x.example/?key=1", "https://me:secret@x.example", "http://[::1"],
)
def test_an_address_that_cannot_be_one_is_refused(wrong: str) -> None:
    """Before anything is sent, and without showing what may be secret in it."""
    with pytest.raises(OriginError) as raised:
        api_at(wrong, Patience())
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("wrong", ["", "  ", "two\nlines", "schlüssel"])
def test_a_key_that_cannot_be_one_is_refused(wrong: str) -> None:
    with pytest.raises(OriginError, match="copy it again"):
        HttpApi("Echo", "https://x.example", headers={"x-api-key": wrong}, secret=wrong, patience=Patience())


def test_an_address_without_a_scheme_is_https() -> None:
    assert api_at("links.example/base/", Patience()).address == "https://links.example/base"


def test_nothing_logged_has_the_key(product: Echo, address: str, caplog: pytest.LogCaptureFixture) -> None:
    """Waiting is logged, so that somebody who waits learns why."""
    product.troubles = {1: Answer({}, 429)}
    with caplog.at_level(logging.DEBUG):
        api_at(address, product.patience()).get("/list", {"page": 1})
    assert "Echo: HTTP 429; the next attempt is in 1 s" in caplog.text
    assert KEY not in caplog.text


def test_a_published_rate_is_kept(product: Echo, address: str) -> None:
    """Three calls a minute: the fourth waits for the first to be a minute ago."""
    patience = product.patience()
    api = api_at(address, patience, paces=[Pace(3, 60, patience)])
    for _ in range(7):
        api.get("/list")
    assert product.slept == [60, 60]
