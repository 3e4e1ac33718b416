"""What is refused before anything is sent, and that the client's words are the contracts'."""

import inspect
from datetime import datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from google.api import field_behavior_pb2

import linkmeter
from linkmeter.analytics.v1 import stats_service_pb2
from linkmeter.channel import endpoint
from linkmeter.links.v1 import link_service_pb2, links_pb2
from linkmeter.resources import api_keys, conditions, link_fields, links, reports
from services.common.caller import SCOPES
from tests.sdk.conftest import Connect

_NOWHERE = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8080",
        "ftp://sho.rt",
        "https://",
        "https://sho.rt/api",
        "http://a@sho.rt",
        "http://a:b",
        "http://[",
    ],
)
def test_an_address_is_a_scheme_and_a_host(connect: Connect, url: str) -> None:
    """What else there is in it would be ignored."""
    with pytest.raises(linkmeter.InvalidArgument) as refused:
        connect(url, "lm_key")
    assert refused.value.field == "url"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://sho.rt", "sho.rt:80"),
        ("https://sho.rt/", "sho.rt:443"),
        ("http://localhost:8080", "localhost:8080"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_an_address_has_the_port_of_its_scheme(url: str, target: str) -> None:
    """Unless it says another."""
    assert endpoint(url, "lm_key", None, 1, ()).target == target


def test_address_and_key_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> None:
    """Where they are not given."""
    monkeypatch.setenv("LINKMETER_URL", "nonsense")
    with pytest.raises(linkmeter.InvalidArgument, match="nonsense"):
        connect()
    monkeypatch.setenv("LINKMETER_URL", _NOWHERE)
    monkeypatch.setenv("LINKMETER_API_KEY", "two\nlines")
    with pytest.raises(linkmeter.InvalidArgument) as refused:
        connect()
    assert refused.value.field == "api_key"
    connect(api_key="lm_key")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"ca": "/nowhere"}, "ca"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"timeout": float("inf")}, "timeout"),
    ],
)
def test_options_make_sense(connect: Connect, options: dict[str, Any], field: str) -> None:
    """Or are refused by their name."""
    with pytest.raises(linkmeter.InvalidArgument) as refused:
        connect("https://sho.rt", "lm_key", **options)
    assert refused.value.field == field


def test_no_secret_is_shown(connect: Connect) -> None:
    """Neither in what is raised nor in what a trace prints."""
    with pytest.raises(linkmeter.InvalidArgument) as refused:
        connect("https://somebody:pass@sho.rt", "lm_key")
    assert "pass" not in str(refused.value)
    assert "lm_key" not in repr(endpoint("https://sho.rt", "lm_key", None, 1, ()))


def test_an_authority_needs_tls(connect: Connect, tmp_path: Path) -> None:
    """Who gives one believes to speak TLS."""
    with pytest.raises(linkmeter.InvalidArgument, match="https://"):
        connect(_NOWHERE, "lm_key", ca=tmp_path)


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda client: client.links.create("x", expire_time=datetime(2100, 1, 1)), "expire_time"),  # noqa: DTZ001
        (lambda client: client.links.create("x", forward_query="some"), "forward_query"),
        (lambda client: client.links.list(state="sleeping"), "state"),
        (lambda client: client.links.list(created=(datetime(2100, 1, 1), None)), "created.start"),  # noqa: DTZ001
        (lambda client: client.links.get(2**63), ""),
        (lambda client: client.links.create("\ud800"), ""),
        (lambda client: client.links.update(7), ""),
        (lambda client: client.stats.query(dimensions=["colour"]), "dimension"),
        (lambda client: client.stats.query(metrics=["money"]), "metric"),
        (lambda client: client.stats.query(bucket="year"), "bucket"),
        (lambda client: client.stats.query(order="random"), "order"),
        (lambda client: client.stats.query(filters={"colour": "red"}), "dimension"),
        (lambda client: client.stats.query(bucket="unspecified"), "bucket"),
    ],
)
def test_what_no_request_can_hold_is_refused_here(connect: Connect, ask: Any, field: str) -> None:
    """As what the server refuses, and naming the field."""
    with pytest.raises(linkmeter.InvalidArgument) as refused:
        ask(connect(_NOWHERE, "lm_key"))
    assert refused.value.field == field
    assert refused.value.reason == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("words", "enum", "prefix"),
    [
        (conditions.Dimension, stats_service_pb2.Dimension, "DIMENSION"),
        (reports.Metric, stats_service_pb2.Metric, "METRIC"),
        (reports.Bucket, stats_service_pb2.Bucket, "BUCKET"),
        (reports.Order, stats_service_pb2.Order, "ORDER"),
        (links.LinkState, links_pb2.LinkState, "LINK_STATE"),
        (link_fields.ForwardQuery, links_pb2.ForwardQuery, "FORWARD_QUERY"),
    ],
)
def test_words_are_the_contracts(words: Any, enum: Any, prefix: str) -> None:
    """A value that the contract gets is one that the client knows."""
    values = [name for name, number in enum.items() if number]
    assert [f"{prefix}_{word.upper()}" for word in get_args(words)] == values


def test_scopes_are_the_servers() -> None:
    """All of them."""
    assert set(get_args(api_keys.Scope)) == set(SCOPES)


def test_fields_of_a_link_are_the_contracts() -> None:
    """All that an owner sets can be set, and what can be changed can be changed."""
    behaviour = field_behavior_pb2.field_behavior
    fields = {field.name: field.GetOptions().Extensions[behaviour] for field in links_pb2.Link.DESCRIPTOR.fields}
    ours = {name for name, kinds in fields.items() if field_behavior_pb2.OUTPUT_ONLY not in kinds} - {"etag"}
    fixed = {name for name, kinds in fields.items() if field_behavior_pb2.IMMUTABLE in kinds}
    assert set(get_type_hints(link_fields.NewLink)) == ours - {"destination"}
    assert set(get_type_hints(link_fields.LinkChanges)) == ours - fixed


def test_filters_of_links_are_the_contracts() -> None:
    """All but those for surfaces that count pages, and for who wants nothing but ids."""
    fields = {field.name for field in link_service_pb2.ListLinksRequest.DESCRIPTOR.fields}
    parameters = inspect.signature(links.Links.list).parameters
    assert set(parameters) - {"self"} == fields - {"skip", "with_total_size", "view"}
