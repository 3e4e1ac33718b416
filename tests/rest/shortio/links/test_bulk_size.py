"""Promise R18: the largest bulk that the contract allows is done and answered."""

import httpx
import pytest

from tests.support.system import System

_MOST = 1000


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2"])
async def test_a_thousand_links_are_made_and_answered(system: System, version: str) -> None:
    """As many as a call may ask for, over every version; nothing is done that is not answered."""
    host = f"localhost:{system.settings.port}"
    links = [
        {"originalURL": f"https://example.com/{version}/{number}?{'q' * 400}", "title": "\N{GRINNING FACE}" * 20}
        for number in range(_MOST)
    ]
    async with httpx.AsyncClient(
        base_url=system.base_url, http1=version == "HTTP/1.1", http2=version == "HTTP/2", timeout=60, trust_env=False
    ) as client:
        answer = await client.post(
            "/links/bulk", json={"domain": host, "links": links}, headers={"authorization": system.api_key}
        )
    assert answer.http_version == version
    assert answer.status_code == 200, answer.text
    made = answer.json()
    # A busy machine may not come to the last of them in time, and says so for each.
    assert len(made) == _MOST
    assert all(
        link.get("originalURL") == wanted["originalURL"] or link["statusCode"] == 503
        for link, wanted in zip(made, links, strict=True)
    )
