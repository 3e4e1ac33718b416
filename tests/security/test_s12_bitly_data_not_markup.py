"""S12 on Bitly's API: titles, referrers and codes come back as data in every format."""

from xml.etree import ElementTree as ET

import pytest

from tests.rest.bitly import examples
from tests.rest.bitly.conftest import accounts_on
from tests.support.clicks import recorded_click
from tests.support.system import System

MARKUP = "</title></data><script>alert('1')</script>&amp;]]>"


@pytest.mark.parametrize("style", [{"format": "xml"}, {"format": "json"}, {"callback": "back"}])
async def test_markup_is_data(system: System, style: dict[str, str]) -> None:
    """It neither ends an element nor makes the browser take data for a page."""
    async with accounts_on(system) as new_account:
        account = await new_account()
        link = await account.new_link(title=MARKUP, note=MARKUP)
        await examples.ingest(
            system, link, [recorded_click(examples.REFERENCE, referrer="http://h.example/<script>?x=</referrer>")]
        )
        answers = [
            await account.get("info", hash=[link.code, "<script>"], **style),
            await account.get("user/link_history", **style),
            await account.get("link/referrers", link=link.short_url, **style),
            await account.get("link/referrers_by_domain", link=link.short_url, **style),
        ]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not answer.headers["content-type"].startswith("text/html")
        if style.get("format") == "xml":
            assert "<script" not in answer.text
            assert not list(ET.fromstring(answer.text).iter("script"))  # noqa: S314 - Our own.
    if "format" in style:
        assert MARKUP in (
            [node.text for node in ET.fromstring(answers[0].text).iter("title")]  # noqa: S314 - Our own.
            if style["format"] == "xml"
            else answers[0].json()["data"]["info"][0]["title"]
        )
