"""S17 on the data plane: no other spelling of a path reaches a link."""

from pathlib import Path

from tests.support.redirect import System, running_redirect
from tests.support.wait import eventually

SPELLINGS = [
    b"//abc",
    b"/abc//",
    b"/abc/def",
    b"/abc/.",
    b"/./abc",
    b"/x/../abc",
    b"/../abc",
    b"/abc/..",
    b"/abc%2F",
    b"/%2Fabc",
    b"/x%2F..%2Fabc",
    b"/%2e%2e/abc",
    b"/abc%00",
    b"/abc%00.html",
    b"/abc%0adef",
    b"/abc%0a%00",
    b"/abc%D0%B0",
    b"/abc;v=1",
    b"/abc\\",
    b"/ABC",
    b"/Abc",
    b"/%41bc",
    b"/%c1%a1bc",
    b"/%e0%81%a1bc",
    b"/\xc1\xa1bc",
    b"/abc\x00",
    b"/%2561bc",
    b"/abc%252F",
    b"/%u0061bc",
    b"/%uff41bc",
    b"/%EF%BD%81bc",
    b"/abc%2B%2B",
    b"abc",
    b"*",
    b"/?/abc",
    b"/;/abc",
]


# What chat programs, mail programs and people glue to a link.
MISPRINTS = [
    b"/abc/",
    b"/abc.",
    b"/abc)",
    b"/abc,",
    b"/abc%20",
    b"/abc%0a",
    b"/abc%0D%0A",
    b"/abc%09",
    b"/abc/)%0A",
    b"/abc&utm=1",
    b"/abc%3Futm=1",
    b"/abc%22%3E",
    b"/abc%E2%80%8B",
    b"/abc%E3%80%82",
    b"/abc.?x=y",
]


async def test_what_no_code_can_hold_is_cut_from_the_end(tmp_path: Path) -> None:
    """That is the plain reading; when nothing is there either, the visit of a misprint is an orphan."""
    async with running_redirect(tmp_path, RATE_LIMITS="off") as system:
        system.links.add("abc")
        for target in MISPRINTS:
            assert b"\r\nlocation: https://example.com/abc\r\n" in await answer_to(system, target), target
        answer = await answer_to(system, b"/nope)")
        assert answer.startswith(b"HTTP/1.1 404")
        assert b"text/html" in answer
        await eventually(lambda: len(system.analytics.clicks) == len(MISPRINTS) and system.analytics.orphans)
        assert [visit.code for visit in system.analytics.orphans] == ["nope)"]


async def answer_to(system: System, target: bytes) -> bytes:
    """Return the status line's number, and whether there is a Location."""
    request = b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Mozilla/5.0\r\nConnection: close\r\n\r\n"
    return await system.raw(request)


async def test_no_other_spelling_of_a_path_reaches_a_link(tmp_path: Path) -> None:
    """Encoded and doubled slashes, dots, NUL, overlong UTF-8, other letter cases, trailing slashes: 404 or 400."""
    async with running_redirect(tmp_path, RATE_LIMITS="off") as system:
        system.links.add("abc")
        for target in SPELLINGS:
            answer = await answer_to(system, target)
            status = answer[9:12]
            assert status in (b"404", b"400", b"200"), target
            assert b"\r\nlocation:" not in answer.lower(), target
            # Only the root's own page is there to be found.
            assert status != b"200" or target.startswith(b"/?"), target


async def test_the_plain_reading_of_an_encoded_letter_is_the_letter(tmp_path: Path) -> None:
    """RFC 3986: %61 and a are the same; letter case of a code is not."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        system.links.add("ABC", destination="https://example.com/upper")
        assert b"location: https://example.com/abc\r\n" in await answer_to(system, b"/%61bc")
        assert b"location: https://example.com/upper\r\n" in await answer_to(system, b"/ABC")


async def test_a_request_that_two_servers_could_read_differently_is_refused(tmp_path: Path) -> None:
    """Length and chunks together end the connection, so that no second request hides in the first."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        hidden = b"0\r\n\r\nGET /abc HTTP/1.1\r\nHost: localhost\r\n\r\n"
        head = b"POST /nope HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = await system.raw(head + hidden)
        assert answer.count(b"HTTP/1.1 ") == 1
        assert b"location:" not in answer
