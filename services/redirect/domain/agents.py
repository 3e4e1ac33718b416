"""Distinguish who follows a link from who only fetches it, where following uses something up."""

import re
from typing import Final

# Every browser since the nineties, and those of telephones before they had one of these.
_BROWSER: Final = re.compile(r"(?:Mozilla|Opera)/|.*(?:UCBrowser|UCWEB|Opera Mini|NetFront|Profile/MIDP)", re.ASCII)


def is_browser(user_agent: str) -> bool:
    """Return whether an agent presents itself as a browser."""
    return _BROWSER.match(user_agent) is not None


def is_navigation(fetch_dest: str | None) -> bool:
    """Return whether somebody goes to the address, by Sec-Fetch-Dest, which not every browser sends.

    The rest is fetched for a page that is elsewhere: images, scripts, frames.
    """
    return not fetch_dest or fetch_dest.strip().lower() == "document"
