"""From spoo.me's requests about links to ours."""

import re
from datetime import datetime
from typing import Final

from google.protobuf.struct_pb2 import Value

from gateway.compat.spoo import values
from gateway.compat.spoo.errors import invalid, unprocessable
from linkmeter.compat.spoo.v1 import url_service_pb2
from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import emoji_codes

_ALIAS: Final = re.compile(r"[A-Za-z0-9_-]{3,16}")
_ALIAS_CHARACTERS: Final = re.compile(r"[A-Za-z0-9_-]*")
_ALIAS_LENGTHS: Final = range(3, 17)
_SHORTEST_PASSWORD: Final = 8
_LONGEST_PASSWORD: Final = 128
_LONGEST_URL: Final = 8192
_MOST_CLICKS: Final = 10**9
STATES: Final = {"ACTIVE": links_pb2.LINK_STATE_ACTIVE, "INACTIVE": links_pb2.LINK_STATE_DISABLED}


def new_link(request: url_service_pb2.ShortenRequest, now: datetime, *, has_account: bool) -> links_pb2.Link:
    """Return the link that a body describes; raise Refusal, 422 or 400, for what will not do."""
    link = links_pb2.Link(
        destination=_required_url(request),
        code=alias(values.text(request.alias, "alias")),
        password=password(values.text(request.password, "password")),
        block_bots=bool(values.flag(request.block_bots, "block_bots")),
        domain=values.text(request.domain, "domain"),
    )
    max_clicks = values.whole_number(request.max_clicks, "max_clicks")
    if max_clicks is not None:
        link.max_clicks = _click_limit(max_clicks, least=1)
    if end := values.future(request.expire_after, "expire_after", now):
        link.expire_time.FromDatetime(end)
    private = values.flag(request.private_stats, "private_stats")
    if private and not has_account:
        raise invalid("private_stats", "private_stats requires authentication")
    link.private_stats = has_account if private is None else private
    return link


def change(
    request: url_service_pb2.UpdateUrlRequest, link: links_pb2.Link, now: datetime
) -> link_service_pb2.UpdateLinkRequest:
    """Return what a body changes, but for status and tags; raise Refusal, 422 or 400, for what will not do."""
    changes = request.changes
    asked = link_service_pb2.UpdateLinkRequest(link=links_pb2.Link(link_id=link.link_id))
    paths, new = asked.update_mask.paths, asked.link
    _check_same_alias(changes, link)
    for name in ("long_url", "url"):
        if url := values.text(getattr(changes, name), "long_url"):
            new.destination = url
            paths.append("destination")
            break
    if values.is_given(changes, "password"):
        new.password = password(values.text(changes.password, "password"))
        paths.append("password")
    if values.is_given(changes, "max_clicks"):
        new.max_clicks = _click_limit(values.whole_number(changes.max_clicks, "max_clicks") or 0, least=0)
        paths.append("max_clicks")
    if values.is_given(changes, "expire_after"):
        if end := values.future(changes.expire_after, "expire_after", now):
            new.expire_time.FromDatetime(end)
        paths.append("expire_time")
    for name in ("block_bots", "private_stats"):
        flag = values.flag(getattr(changes, name), name)
        if flag is not None:
            setattr(new, name, flag)
            paths.append(name)
    return asked


def status(value: Value, *, is_required: bool = False) -> str:
    """Return the new status; empty when it stays; raise Refusal, 422, for any other than ACTIVE and INACTIVE."""
    text = values.text(value, "status")
    if (text and text not in STATES) or (is_required and not text):
        raise unprocessable("status", f"status must be one of: {', '.join(STATES)}")
    return text


def alias(text: str) -> str:
    """Return the code of a new link; empty for a random one; raise Refusal, 422, for what is none."""
    if not text or _ALIAS.fullmatch(text):
        return text
    code = emoji_codes.code_of(text)
    if code is None:
        raise unprocessable("alias", "alias must be 3-16 characters of letters, digits, hyphens and underscores")
    return code


def alias_problem(text: str) -> str:
    """Return why an alias cannot be had, as far as its looks say; empty when they do not."""
    if emoji_codes.code_of(text):
        return ""
    if not _ALIAS_CHARACTERS.fullmatch(text):
        return "format"
    return "" if len(text) in _ALIAS_LENGTHS else "length"


def password(text: str) -> str:
    """Return the password of a new link; empty for none; raise Refusal, 422 or 400, for a bad one."""
    if not text:
        return ""
    if len(text) < _SHORTEST_PASSWORD or len(text) > _LONGEST_PASSWORD:
        raise unprocessable("password", f"password must have {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters")
    if not is_good_password(text):
        text = "password must contain a letter, a number and '@' or '.', the latter not in a row"
        raise invalid("password", text)
    return text


def is_good_password(text: str) -> bool:
    """Return whether a password is what this API takes for one."""
    return (
        len(text) >= _SHORTEST_PASSWORD
        and re.search("[A-Za-z]", text) is not None
        and re.search("[0-9]", text) is not None
        and re.search("[@.]", text) is not None
        and re.search("[@.]{2}", text) is None
    )


def _required_url(request: url_service_pb2.ShortenRequest) -> str:
    url = values.text(request.long_url, "long_url") or values.text(request.url, "long_url")
    if not url:
        raise unprocessable("long_url", "long_url is required")
    if len(url) > _LONGEST_URL:
        raise unprocessable("long_url", f"long_url must have at most {_LONGEST_URL} characters")
    return url


def _click_limit(number: int, *, least: int) -> int:
    if not least <= number <= _MOST_CLICKS:
        raise unprocessable("max_clicks", f"max_clicks must be {least} to {_MOST_CLICKS}")
    return number


def _check_same_alias(changes: url_service_pb2.UrlChanges, link: links_pb2.Link) -> None:
    wanted = values.text(changes.alias, "alias")
    if wanted and alias(wanted) != link.code:
        raise invalid("alias", "the alias of a link cannot be changed here")
