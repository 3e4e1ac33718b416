"""What everybody may ask: previews and the catalogue of emojis, by the official client."""

import secrets

import httpx
import spoo

from tests.rest.spoo.conftest import assert_error
from tests.rest.spoo.test_clients import client

__all__ = ["client"]


async def test_previews(client: spoo.AsyncSpooClient, anyone: httpx.AsyncClient) -> None:
    """Where a link leads, while everybody may follow it as often as they like."""
    made = await client.shorten("https://example.com/page?q=1")
    shown = await client.links.preview(made.alias)
    assert (shown.generation, shown.alias, shown.short_url) == ("v2", made.alias, made.short_url)
    assert (shown.status, shown.password_protected, shown.geo_destinations) == ("active", False, None)
    assert shown.created_at
    assert shown.destination
    assert shown.destination.model_dump() == {
        "url": "https://example.com/page?q=1",
        "domain": "example.com",
        "path": "/page",
        "is_https": True,
    }
    for options in ({"password": "secret@123"}, {"max_clicks": 1}):
        kept = await client.shorten("https://example.com/page", **options)
        assert (await client.links.preview(kept.alias)).destination is None
    await client.links.update(str(made.id), status="INACTIVE")
    off = await client.links.preview(made.alias)
    assert (off.status, off.destination) == ("inactive", None)
    assert_error(await anyone.get("/api/v1/public/preview/absent-1"), 404)


async def test_the_catalogue_of_emojis(client: spoo.AsyncSpooClient, anyone: httpx.AsyncClient) -> None:
    """Every emoji in it makes an alias; who has it already is told so."""
    catalogue = await client.links.emoji_set()
    assert catalogue.max_graphemes == 15
    known = {entry.c: entry for entry in catalogue.emoji}
    assert (known["🚀"].n, known["🚀"].g, known["🚀"].gen) == ("rocket", "Travel & Places", False)
    assert known["🐍"].gen
    assert catalogue.emoji[0].g == "Smileys & Emotion"
    made = await client.shorten("https://example.com", alias="🚀" + secrets.choice(catalogue.emoji).c * 4)
    assert made.alias.startswith("🚀")
    answer = await anyone.get("/api/v1/emoji-set")
    assert "max-age=86400" in answer.headers["cache-control"]
    again = await anyone.get("/api/v1/emoji-set", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
