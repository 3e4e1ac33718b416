"""Refuse what Short.io's documented calls take and this installation does not have.

A value that says nothing (null, false, zero, empty) or only what the link or domain shows anyway is no request for
anything: clients send whole objects.
"""

from collections.abc import Collection, Mapping
from typing import Final

from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Value

from gateway.compat.shortio import errors, moments, values
from linkmeter.compat.shortio.v2 import domain_service_pb2, link_service_pb2, links_pb2
from linkmeter.links.v1 import links_pb2 as native
from services.common.errors import InvalidArgument

# Fields of the contract, and what they ask for.
_FOLDERS: Final = {"folder_id": "folders"}
_LINKS: Final = {
    "cloaking": "cloaked pages",
    "android_url": "destinations by device",
    "iphone_url": "destinations by device",
    "split_url": "split tests",
    "split_percent": "split tests",
    "skip_qs": "rules for query strings",
    "password_contact": "contacts of owners",
    "integration_adroll": "tracking integrations",
    "integration_fb": "tracking integrations",
    "integration_ga": "tracking integrations",
    "integration_gtm": "tracking integrations",
    "integration_tt": "tracking integrations",
    "icon": "icons",
    "created_at": "creation times of one's own",
    "source": "sources of one's own",
    **_FOLDERS,
}
_LISTS: Final = {"created_at": "lists by creation time", **_FOLDERS}
_DOMAINS: Final = {
    "hide_referer": "domain settings",
    "link_type": "domain settings",
    "https_links": "domain settings",
    "case_sensitive": "domain settings",
    "redirect404": "domain settings",
}
# What a copy may be told.
_OF_COPIES: Final = frozenset({"path"})
_SAYS_NOTHING: Final = frozenset({"", "0", "false", "no"})


def refuse_options(options: links_pb2.LinkOptions, current: native.Link | None = None) -> None:
    """Raise Refusal for options of a link that would be dropped; current is the link that is changed.

    Raises InvalidArgument for another domain than the link's.
    """
    shown = {"source": {"api"}}
    if current is not None:
        shown["created_at"] = {moments.write(moments.of_timestamp(current.create_time))}
        # The domain is a part of which link this is; a port, as local installations have, is not.
        host = values.text(options.domain, "domain").partition(":")[0].lower()
        if host and host != current.domain:
            raise InvalidArgument("domain", "cannot be changed; create a link in the other domain instead")
    _refuse(options, _LINKS, shown)


def refuse_options_of_copy(options: links_pb2.LinkOptions) -> None:
    """Raise InvalidArgument for all that a copy would not take from its own call."""
    for field, value in options.ListFields():
        if field.name not in _OF_COPIES and _says_something(value):
            raise InvalidArgument(field.json_name, "cannot be given to a copy; change the copy instead")


def refuse_folder(body: link_service_pb2.BulkBody) -> None:
    """Raise Refusal for links to be created in a folder."""
    _refuse(body, _FOLDERS)


def refuse_filters(request: link_service_pb2.ListLinksRequest) -> None:
    """Raise Refusal for filters that would be dropped: the list would be another one than asked for."""
    _refuse(request, _LISTS)


def refuse_domain_options(options: domain_service_pb2.DomainOptions) -> None:
    """Raise Refusal for settings of a domain that would be dropped."""
    shown = {"link_type": {"random"}, "case_sensitive": {"true"}}
    if not values.is_absent(options.case_sensitive) and not _says_something(options.case_sensitive):
        raise errors.not_included(_DOMAINS["case_sensitive"], field="caseSensitive")
    _refuse(options, _DOMAINS, shown)


def _refuse(message: Message, names: Mapping[str, str], shown: Mapping[str, Collection[str]] | None = None) -> None:
    for name, what in names.items():
        value = getattr(message, name)
        if _says_something(value) and _written(value) not in (shown or {}).get(name, ()):
            raise errors.not_included(what, field=message.DESCRIPTOR.fields_by_name[name].json_name)


def _says_something(value: Value | str) -> bool:
    if not isinstance(value, Value):
        return bool(value)
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        return bool(value.list_value.values)
    if kind == "struct_value":
        return bool(value.struct_value.fields)
    return _written(value).strip().lower() not in _SAYS_NOTHING


def _written(value: Value | str) -> str:
    """Return a value as text; empty for lists and objects."""
    if not isinstance(value, Value):
        return value
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "bool_value":
            return str(value.bool_value).lower()
        case "number_value":
            return f"{value.number_value:.17g}"
        case _:
            return ""
