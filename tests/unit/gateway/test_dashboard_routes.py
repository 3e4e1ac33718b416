"""How the files of the dashboard become routes."""

import re
from pathlib import Path
from typing import Any

import pytest

from gateway.envoy.dashboard import CONTENT_SECURITY_POLICY, dashboard_routes
from gateway.envoy.render import render
from gateway.envoy.settings import read_settings

Json = dict[str, Any]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a folder as the build leaves it."""
    assets = tmp_path / "site" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "site" / "index.html").write_text("<!doctype html>")
    for name in ("index-1a2b.js", "index-1a2b.js.gz", "map-3c4d.json"):
        (assets / name).write_bytes(b"-")
    return tmp_path / "site"


def _headers(route: Json) -> dict[str, str]:
    return {item["header"]["key"]: item["header"]["value"] for item in route["response_headers_to_add"]}


def _routes(table: list[Json], path: str) -> list[Json]:
    return [route for route in table if route["match"].get("path") == path]


def test_what_is_loaded_is_kept_for_ever_and_compressed_for_who_takes_it(site: Path) -> None:
    """The name changes with the content; caches in between keep both kinds apart."""
    compressed, plain = _routes(list(dashboard_routes(site)), "/dashboard/assets/index-1a2b.js")
    for route in (compressed, plain):
        assert _headers(route)["cache-control"] == "public, max-age=31536000, immutable"
        assert _headers(route)["content-type"] == "text/javascript; charset=utf-8"
        assert _headers(route)["vary"] == "accept-encoding"
    assert _headers(compressed)["content-encoding"] == "gzip"
    assert "content-encoding" not in _headers(plain)
    assert compressed["direct_response"]["body"]["filename"].endswith(".js.gz")
    assert "headers" not in plain["match"]


@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1, gzip;q=0.5", True),
        ("GZIP", True),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, identity", False),
    ],
)
def test_who_refuses_gzip_gets_none(site: Path, accepted: str, is_compressed: bool) -> None:
    """As HTTP has it: a weight of nought refuses."""
    compressed, _plain = _routes(list(dashboard_routes(site)), "/dashboard/assets/index-1a2b.js")
    contains, refuses = (item["string_match"] for item in compressed["match"]["headers"])
    takes = contains["contains"] in accepted.lower() and not re.fullmatch(refuses["safe_regex"]["regex"], accepted)
    assert takes is is_compressed


def test_every_other_address_is_the_page(site: Path) -> None:
    """The page shows what its address says; a script that is gone is not answered by a page."""
    *_, gone, page = dashboard_routes(site)
    assert gone["match"] == {"path_separated_prefix": "/dashboard/assets"}
    assert gone["direct_response"] == {"status": 404}
    assert page["match"] == {"path_separated_prefix": "/dashboard"}
    assert _headers(page)["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert _headers(page)["cache-control"] == "no-cache"


def test_the_policy_lets_nothing_inline_and_no_other_host() -> None:
    """Whatever somebody manages to write into the page does not run, and sends nothing away."""
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY


def test_without_a_dashboard_there_is_no_route() -> None:
    """A gateway may be told of none."""
    assert list(dashboard_routes(None)) == []


def test_a_folder_without_a_dashboard_stops_the_start(tmp_path: Path) -> None:
    """Rather than answering 404 for ever."""
    with pytest.raises(FileNotFoundError, match=r"no index\.html"):
        list(dashboard_routes(tmp_path))


def test_a_file_of_an_unknown_type_stops_the_start(site: Path) -> None:
    """A browser that guesses the type is what nosniff forbids."""
    (site / "assets" / "what.xyz").write_bytes(b"-")
    with pytest.raises(ValueError, match=r"what\.xyz"):
        list(dashboard_routes(site))


def test_the_dashboard_comes_after_calls_and_before_links(site: Path) -> None:
    """Its many routes cost calls nothing, and no link takes its place."""
    settings = dict.fromkeys(("LINKS_ADDRESS", "ANALYTICS_ADDRESS", "COMPAT_ADDRESS"), "127.0.0.1:9000")
    more = {"REDIRECT_HTTP_ADDRESS": "127.0.0.1:8000", "DOCS_DIR": "/docs", "DASHBOARD_DIR": str(site)}
    text = render(read_settings({f"LINKMETER_{name}": value for name, value in (settings | more).items()}))
    first = text.index("/dashboard/assets/index-1a2b.js")
    assert text.index("linkmeter.links.v1.LinkService") < first
    assert text.index("/v1/links") < first < text.rindex('"cluster": "redirect"')
