"""HTTP/1.1 at the real process, byte by byte."""

import asyncio
import resource
from pathlib import Path

from tests.support.redirect import BROWSER, System, running_redirect
from tests.support.wait import GENEROUS_SECONDS, eventually


def get(path: str, *lines: str) -> bytes:
    """Write a request."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", f"User-Agent: {BROWSER}", *lines, "", ""]).encode()


MIB = 1024 * 1024
LAST = get("/healthz", "Connection: close")


async def test_a_connection_takes_one_request_after_the_other(tmp_path: Path) -> None:
    """Kept alive, whatever is asked for in between."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        reader, writer = await open_to(system)
        for path, status in (("/abc", b"302"), ("/robots.txt", b"200"), ("/nope", b"404"), ("/abc", b"302")):
            writer.write(get(path))
            head = await reader.readuntil(b"\r\n\r\n")
            assert head[9:12] == status
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
        writer.close()


async def test_answers_come_in_the_order_of_the_requests(tmp_path: Path) -> None:
    """Also when many are sent at once, and those before take longer than those behind."""
    async with running_redirect(tmp_path, RATE_LIMITS="off") as system:
        for number in range(300):
            system.links.add(f"code-{number}")
        paths = [f"/code-{number}" for number in range(300)] * 2
        answer = await system.raw(b"".join(map(get, paths)) + LAST)
        assert answer.count(b"HTTP/1.1 ") == len(paths) + 1
        locations = [part.partition(b"\r\n")[0].decode() for part in answer.split(b"location: ")[1:]]
        assert locations == [f"https://example.com{path}" for path in paths]
        await eventually(lambda: len(system.analytics.clicks) == len(paths))


async def test_nothing_is_answered_behind_the_last_request(tmp_path: Path) -> None:
    """The client said that it wants nothing more."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        answer = await system.raw(get("/healthz") + LAST + get("/abc"))
        assert answer.count(b"HTTP/1.1 ") == 2
        assert b"location" not in answer


async def test_what_is_no_http_is_refused_after_what_was(tmp_path: Path) -> None:
    """400, and the end of the connection."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        answer = await system.raw(get("/abc") + b"nonsense\r\n\r\n" + get("/abc"))
        assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"302", b"400"]
        assert b"connection: close" in answer


async def test_a_client_that_sends_no_more_gets_its_answers(tmp_path: Path) -> None:
    """It closed its half of the connection only."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        reader, writer = await open_to(system)
        writer.write(get("/abc"))
        writer.write_eof()
        async with asyncio.timeout(GENEROUS_SECONDS):
            assert (await reader.read()).startswith(b"HTTP/1.1 302")
        writer.close()


async def test_a_form_is_asked_for_that_waits_for_a_word(tmp_path: Path) -> None:
    """Expect: 100-continue, as curl sends it."""
    async with running_redirect(tmp_path) as system:
        system.links.passwords[system.links.add("guarded", password_version="1").link_id] = "x"
        reader, writer = await open_to(system)
        form = "Content-Type: application/x-www-form-urlencoded"
        writer.write(get("/guarded", form, "Content-Length: 10", "Expect: 100-continue").replace(b"GET", b"POST", 1))
        async with asyncio.timeout(GENEROUS_SECONDS):
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(b"password=x")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 303")
        writer.close()


async def test_a_visitor_who_reads_nothing_holds_up_nobody(tmp_path: Path) -> None:
    """Requests without end whose answers pile up: no more are read, and others are served."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        _, writer = await open_to(system)
        # Larger pages than redirects, so that the buffers fill.
        for _ in range(200):
            writer.write(get("/abc+") * 20)
        assert (await system.get("/abc")).status_code == 302
        writer.transport.abort()
        assert (await system.get("/abc")).status_code == 302


async def test_visitors_who_read_nothing_cost_no_memory(tmp_path: Path) -> None:
    """S21: twenty that pipeline for as long as they are listened to; what a worker keeps for each has a bound."""
    async with running_redirect(tmp_path, RATE_LIMITS="off") as system:
        system.links.add("abc")
        assert (await system.get("/abc")).status_code == 302
        before = _resident_bytes(system)
        writers = [(await open_to(system))[1] for _ in range(20)]
        for writer in writers:
            # Short requests, long answers: a page of some kilobytes each.
            writer.write(b"GET / HTTP/1.1\r\nHost:localhost\r\n\r\n" * 200_000)
        unsent: list[int] = []
        while len(unsent) < 4 or len(set(unsent[-4:])) > 1:
            # Until for some time nothing is taken from anybody.
            unsent.append(sum(writer.transport.get_write_buffer_size() for writer in writers))
            await asyncio.sleep(0.5)
        for _ in range(50):
            assert (await system.get("/abc")).status_code == 302
        assert _resident_bytes(system) - before < len(writers) * 2 * MIB
        for writer in writers:
            writer.transport.abort()


def _resident_bytes(system: System) -> int:
    """Measure the memory of the process."""
    assert system.process
    pages = int(Path(f"/proc/{system.process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


async def test_a_visitor_who_leaves_before_the_answer_harms_nobody(tmp_path: Path) -> None:
    """The process goes on, and nothing unexpected is logged."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        for _ in range(50):
            _, writer = await open_to(system)
            writer.write(get("/abc") * 3)
            writer.transport.abort()
        assert (await system.get("/abc")).status_code == 302
        assert system.process
        assert "answer_failed" not in system.process.log_tail()


async def test_a_leaving_process_ends_its_connections(tmp_path: Path) -> None:
    """Idle ones too, so that no client sends a request into a closed door."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        reader, writer = await open_to(system)
        writer.write(get("/abc"))
        await reader.readuntil(b"\r\n\r\n")
        await system.stop()
        async with asyncio.timeout(GENEROUS_SECONDS):
            assert await reader.read() == b""
        writer.close()


async def open_to(system: System) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection to the data plane."""
    host, _, port = system.http_address.rpartition(":")
    return await asyncio.open_connection(host, int(port))
