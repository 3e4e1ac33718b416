"""S12 on redirect's pages: data stays data, and every page is locked down."""

from pathlib import Path

from google.protobuf.timestamp_pb2 import Timestamp

from tests.support.redirect import System, running_redirect

ATTACK = "\"'><script>alert(1)</script>"


async def pages(system: System) -> list[tuple[int, dict[str, str], str]]:
    """Visit every kind of page with an attack in all that a visitor controls."""
    system.links.add("abc", title=ATTACK, destination="https://example.com/<script>alert(1)</script>")
    system.links.add("guarded", title=ATTACK, password_version="1")
    system.links.add("gone", expire_time=Timestamp(seconds=1))
    system.links.add("once", max_clicks=1)
    headers = {"referer": ATTACK, "user-agent": f"bot {ATTACK}", "accept-language": ATTACK}
    paths = ["/abc+", "/guarded", "/guarded+", "/gone", "/once", "/nope", "/", "/a/<script>alert(1)</script>"]
    answers = [await system.get(f"{path}?q=<script>", headers=headers) for path in paths]
    answers.append(await system.client.post("/guarded", data={"password": ATTACK}, headers=headers))
    answers.append(await system.client.post("/guarded", content=ATTACK, headers=headers))
    answers.append(await system.client.put("/abc", headers=headers))
    return [(answer.status_code, dict(answer.headers), answer.text) for answer in answers]


async def test_every_page_is_locked_down_and_holds_no_markup_of_others(tmp_path: Path) -> None:
    """Strict policy, nosniff, no framing, no request elsewhere, no script."""
    async with running_redirect(tmp_path) as system:
        found = await pages(system)
        assert [status for status, _, _ in found] == [200, 401, 200, 410, 200, 404, 200, 404, 401, 415, 405]
        for _, headers, text in found:
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; style-src 'sha256-")
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["content-type"] == "text/html; charset=utf-8"
            assert "<script" not in text
            assert "http" not in text.replace("https://example.com/&lt;script", "").replace("http://localhost/", "")


async def test_a_preview_shows_an_attack_as_text(tmp_path: Path) -> None:
    """Title and destination whole, escaped."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc", title=ATTACK)
        text = (await system.get("/abc+")).text
        assert "&quot;&#x27;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in text
