"""Bodies as XML, JSONP and text."""

from xml.etree import ElementTree as ET

import httpx

from tests.rest.bitly.conftest import Account, unique


async def test_answers_as_xml_and_jsonp(account: Account) -> None:
    """The same data in other clothes."""
    link = await account.new_link(unique())
    xml = await account.get("expand", hash=[link.code, "never-made"], format="xml")
    root = ET.fromstring(xml.text)  # noqa: S314 - Our own.
    assert [entry.findtext("long_url") for entry in root.findall("data/entry")] == [link.destination, None]
    assert root.findall("data/entry")[1].findtext("error") == "NOT_FOUND"
    jsonp = await account.get("expand", hash=link.code, callback="jQuery17._cb")
    assert jsonp.headers["content-type"] == "application/javascript; charset=utf-8"
    assert jsonp.text.startswith("jQuery17._cb({")
    assert jsonp.text.endswith("})")


async def test_answers_as_text(account: Account, bitly: httpx.AsyncClient) -> None:
    """Shorten is the short URL, expand the destination."""
    url = unique()
    short = (await account.get("shorten", uri=url, format="txt")).text
    assert short.startswith(account.system.base_url)
    assert (await account.get("expand", shortUrl=short.strip(), format="txt")).text == f"{url}\n"
    followed = await bitly.get(short.strip())
    assert followed.headers["location"] == url
