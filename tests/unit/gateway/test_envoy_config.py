"""How Envoy's configuration is made."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf.descriptor import Descriptor
from hypothesis import given
from hypothesis import strategies as st

from gateway.envoy import routes
from gateway.envoy.bodies import lua_pattern, lua_tables
from gateway.envoy.clusters import clusters, envoy_address
from gateway.envoy.render import render
from gateway.envoy.routed import routed_surfaces
from gateway.envoy.settings import EnvoySettings, read_settings
from gateway.openapi.contract import DESCRIPTOR_SET, Contract
from services.analytics.watching.limits import WatchLimits
from services.common import reserved_codes
from services.redirect.http.http2.session import STREAMS
from services.runtime.interceptors import LONGEST_DEADLINE_SECONDS
from services.runtime.settings import SettingsError
from services.runtime.tls import TlsFiles

REQUIRED = {
    "LINKMETER_LINKS_ADDRESS": "links:9000",
    "LINKMETER_ANALYTICS_ADDRESS": "analytics-0:9000, analytics-1:9000",
    "LINKMETER_COMPAT_ADDRESS": "compat:9000",
    "LINKMETER_REDIRECT_HTTP_ADDRESS": "redirect:8000",
    "LINKMETER_DOCS_DIR": "/docs",
}
CLICKS = "linkmeter.analytics.v1.ClickService"
_TLS = TlsFiles(certificate=Path("/tls/tls.crt"), key=Path("/tls/tls.key"), authority=Path("/tls/ca.crt"))
SEGMENT = st.text(st.sampled_from("abcXYZ019_-+~!$&'()*,;=:@"), min_size=1)


@pytest.fixture(scope="module")
def settings() -> EnvoySettings:
    return read_settings(REQUIRED)


def test_settings_have_defaults(settings: EnvoySettings) -> None:
    """Only addresses and the folder of documents are required."""
    assert settings.listen == "0.0.0.0:8080"
    assert settings.analytics == ("analytics-0:9000", "analytics-1:9000")
    assert settings.trusted_hops == 0
    assert settings.access_log
    assert settings.default_host == "localhost"


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://sho.rt", "sho.rt"), ("http://sho.rt:8080/", "sho.rt:8080"), ("http://[::1]:80", "[::1]:80")],
)
def test_the_default_host_is_that_of_the_public_url(url: str, host: str) -> None:
    """What clients of HTTP/1.0 mean that name no host."""
    assert read_settings(REQUIRED | {"LINKMETER_PUBLIC_URL": url}).default_host == host


def test_every_wrong_setting_is_named() -> None:
    """One line a mistake."""
    with pytest.raises(SettingsError) as raised:
        read_settings(REQUIRED | {"LINKMETER_LINKS_ADDRESS": "links", "LINKMETER_TRUSTED_HOPS": "-1"})
    lines = str(raised.value).splitlines()
    assert [line.split()[0].rstrip(":") for line in lines] == ["LINKMETER_LINKS_ADDRESS", "LINKMETER_TRUSTED_HOPS"]


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required_is_missed(name: str) -> None:
    """A missing address stops the start."""
    with pytest.raises(SettingsError, match=f"{name} is required"):
        read_settings({key: value for key, value in REQUIRED.items() if key != name})


def test_the_same_settings_make_the_same_configuration(settings: EnvoySettings) -> None:
    """A configuration can be compared with the one before."""
    assert render(settings) == render(settings)


def test_the_template_is_filled(settings: EnvoySettings) -> None:
    """Nothing is left open."""
    assert not re.search(r"\$\{\w+\}", render(settings))


def test_streams_last_until_their_service_ends_them() -> None:
    """In order, and within the minute that calls may take at most; other calls are cut off sooner."""
    contract = Contract.load()
    table = routes.routes(contract, routed_surfaces(contract, DESCRIPTOR_SET), [])
    longest = {
        method: next(
            int(item["route"]["timeout"].removesuffix("s"))
            for item in table
            if re.fullmatch(item["match"].get("safe_regex", {}).get("regex", "-"), f"/{CLICKS}/{method}")
            and "timeout" in item["route"]
        )
        for method in ("ListClicks", "WatchClicks", "WatchClicksOverHttp")
    }
    assert longest["ListClicks"] < WatchLimits().longest_seconds < LONGEST_DEADLINE_SECONDS < longest["WatchClicks"]
    assert longest["WatchClicks"] == longest["WatchClicksOverHttp"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:80", {"socket_address": {"address": "127.0.0.1", "port_value": 80}}),
        ("links.svc:9000", {"socket_address": {"address": "links.svc", "port_value": 9000}}),
        ("[::1]:80", {"socket_address": {"address": "::1", "port_value": 80}}),
        ("[::]:80", {"socket_address": {"address": "::", "port_value": 80, "ipv4_compat": True}}),
        ("unix:/run/links", {"pipe": {"path": "/run/links"}}),
    ],
)
def test_addresses_are_written_in_words_of_envoy(text: str, address: dict[str, object]) -> None:
    """IPv6 addresses stand in brackets; the unspecified one takes IPv4, too; a Unix socket is a pipe."""
    assert envoy_address(text) == address


def test_who_balances_hears_at_once_of_replicas(settings: EnvoySettings) -> None:
    """R6: Envoy's own list of replicas would be a second ahead of those who use it."""
    for cluster in clusters(settings):
        if "health_checks" in cluster:
            assert cluster["common_lb_config"]["update_merge_window"] == "0s", cluster["name"]


def test_replicas_are_endpoints(settings: EnvoySettings) -> None:
    """Each address of a service gets its own connections."""
    analytics = next(cluster for cluster in clusters(settings) if cluster["name"] == "analytics")
    assert len(analytics["load_assignment"]["endpoints"][0]["lb_endpoints"]) == 2


@pytest.mark.parametrize(
    ("changes", "spoken"),
    [
        ({}, {"http_protocol_options"}),
        ({"redirect_http2": True}, {"http2_protocol_options"}),
        (
            {"tls": _TLS, "http_tls": "mutual", "redirect_http2": True},
            {"http_protocol_options", "http2_protocol_options"},
        ),
        ({"tls": _TLS, "http_tls": "on", "redirect_http2": True}, {"http_protocol_options"}),
    ],
    ids=["nobody can ask", "known", "handshake", "visitors' port"],
)
def test_redirect_is_spoken_to_as_it_understands(
    settings: EnvoySettings, changes: dict[str, Any], spoken: set[str]
) -> None:
    """R16: HTTP/2 only where the handshake says that it is understood, or both are known to be of one version."""
    cluster = next(
        cluster for cluster in clusters(dataclasses.replace(settings, **changes)) if cluster["name"] == "redirect"
    )
    (options,) = cluster["typed_extension_protocol_options"].values()
    assert options["common_http_protocol_options"] == {"idle_timeout": "15s"}
    (kind,) = options.keys() & {"auto_config", "explicit_http_config"}
    assert kind == ("auto_config" if len(spoken) > 1 else "explicit_http_config")
    assert options[kind].keys() == spoken
    http2 = options[kind].get("http2_protocol_options", {"max_concurrent_streams": 1})
    # Else Envoy would be refused what it takes to be allowed.
    assert http2["max_concurrent_streams"] <= STREAMS


def test_only_questions_follow_the_account(settings: EnvoySettings) -> None:
    """Replicas of analytics keep what they have read of an account; the others keep nothing, and share all work."""
    policies = {cluster["name"]: cluster.get("lb_policy") for cluster in clusters(settings)}
    assert policies["analytics"] == "RING_HASH"
    assert {policies[name] for name in ("links", "compat", "redirect")} == {"LEAST_REQUEST"}
    contract = Contract.load()
    table = [
        item["route"]
        for item in routes.routes(contract, routed_surfaces(contract, DESCRIPTOR_SET), [])
        if "route" in item
    ]
    assert {route["cluster"] for route in table if "hash_policy" in route} == {"analytics"}
    for route in table:
        if route["cluster"] == "analytics":
            (policy,) = route["hash_policy"]
            # Dropped from what clients send, as every name that begins like this.
            assert policy["header"]["header_name"].startswith("x-linkmeter-")


def test_every_pattern_is_a_regular_expression() -> None:
    """Paths are escaped."""
    contract = Contract.load()
    table = routes.routes(contract, routed_surfaces(contract, DESCRIPTOR_SET), [])
    regexes = re.findall(r'"regex": ("(?:[^"\\]|\\.)*")', json.dumps(table))
    assert len(regexes) > 20
    for regex in regexes:
        re.compile(json.loads(regex))


@pytest.mark.parametrize(
    ("path", "matches", "others"),
    [
        ("/v1/links", ["/v1/links", "/v1/links/"], ["/v1/link", "/v1/links/5", "/v1/links:lookup"]),
        ("/v1/links/{link_id}", ["/v1/links/5", "/v1/links/x/"], ["/v1/links", "/v1/links/5/clicks"]),
        ("/v1/links/{link_id}:disable", ["/v1/links/5:disable"], ["/v1/links/5", "/v1/links/:disabled"]),
        ("/v1/stats:query", ["/v1/stats:query"], ["/v1/statsxquery", "/v1/stats"]),
    ],
)
def test_paths_become_regular_expressions(path: str, matches: list[str], others: list[str]) -> None:
    """A variable is one segment."""
    regex = re.compile(routes.path_regex(path))
    assert all(regex.fullmatch(text) for text in matches)
    assert not any(regex.fullmatch(text) for text in others)


@pytest.mark.parametrize("name", sorted(reserved_codes.SERVED))
def test_the_gateways_own_names_are_no_plain_codes(name: str) -> None:
    """What comes before the table passes by every path that the table serves, with and without a query."""
    assert all(re.fullmatch(routes.OWN_NAME, f"/{name}{query}") for query in ("", "?", "?a=/b"))


def test_the_gateways_own_names_are_reserved() -> None:
    """No path of the contracts, and no page, could be taken for a code."""
    contract = Contract.load()
    surfaces = routed_surfaces(contract, DESCRIPTOR_SET)
    operations = [
        operation for dialect in surfaces for service in dialect.services for operation in contract.operations(service)
    ]
    own = {
        path.split("/")[1] for path in (*(operation.path for operation in operations), "/docs", "/healthz", "/readyz")
    }
    # Below /tags there are paths, but it is none itself.
    assert own - {"", "tags"} <= reserved_codes.SERVED
    assert not any(operation.path.rstrip("/") == "/tags" for operation in operations)


@pytest.mark.parametrize("path", ["/linksx", "/xlinks", "/Links", "/abc?x=/links", "/v2", "/login"])
def test_other_names_are_codes(path: str) -> None:
    """Only the very name is kept."""
    assert not re.fullmatch(routes.OWN_NAME, path)


def test_redirects_meet_no_filter(settings: EnvoySettings) -> None:
    """Each filter that is made for a request costs, and a redirect needs none of them."""
    template = yaml.safe_load(render(settings))
    manager = template["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    *filters, router = [entry["name"] for entry in manager["http_filters"]]
    assert tuple(filters) == routes.FILTERS
    assert router == "envoy.filters.http.router"
    table = manager["route_config"]["virtual_hosts"][0]["routes"]
    to_redirect = [route for route in table if route.get("route", {}).get("cluster") == "redirect"]
    assert to_redirect[0] is table[0]
    for route in to_redirect:
        assert all(route["typed_per_filter_config"][name]["disabled"] for name in filters)


def test_paths_become_lua_patterns() -> None:
    """Everything that means something to Lua is escaped."""
    assert lua_pattern("/v1/links/{link_id}:disable") == "^/v1/links/[^/]+%:disable/?$"
    assert lua_pattern("/api/verify-password") == "^/api/verify%-password/?$"


def test_the_tables_for_lua_know_bodies_and_lists() -> None:
    """Both spellings of a field, its message and whether it is a list."""
    contract = Contract.load()
    tables = lua_tables(contract, routed_surfaces(contract, DESCRIPTOR_SET))
    assert '["tags"] = {["list"] = true}' in tables
    assert '["validFromTime"] = {}' in tables
    assert '["valid_from_time"] = {}' in tables
    assert '["reports"] = {["shape"] = "linkmeter.analytics.v1.Report", ["list"] = true}' in tables


def test_lists_of_messages_have_another_way_than_the_query() -> None:
    """What a query cannot say, another binding of the method takes in its body; none is hidden in a nested message."""
    contract = Contract.load()
    for service in contract.services("linkmeter"):
        for method in contract.methods(service):
            bindings = [item for item in contract.operations(service) if item.method.full_name == method.full_name]
            by_query = [item for item in bindings if not item.body and _has_lists(method.input_type)]
            assert not by_query or any(item.body == "*" for item in bindings), method.full_name
            if any(not item.body for item in bindings):
                singles = [field.message_type for field in method.input_type.fields if not field.is_repeated]
                assert not any(message and _has_lists(message) for message in singles), method.full_name


def _has_lists(message: Descriptor) -> bool:
    # What arrives raw has no fields.
    return message.full_name != "google.api.HttpBody" and any(
        field.is_repeated and field.message_type for field in message.fields
    )


AMBIGUOUS = re.compile(routes.AMBIGUOUS_PATH)


@given(st.lists(SEGMENT, max_size=5))
def test_plain_paths_are_never_ambiguous(segments: list[str]) -> None:
    """Letters, digits and what else a segment may hold unescaped."""
    assert not AMBIGUOUS.fullmatch("/" + "/".join(segments))


@given(
    st.lists(SEGMENT, max_size=3),
    st.sampled_from(
        ["%2F", "%2f", "%5C", "//", "/../", "/./", "/%2e%2E/", "%00", "%1f", "%7F", "%C0%AF", "%ff", "\\", " "]
    ),
    st.lists(SEGMENT, max_size=3),
)
def test_one_trick_anywhere_makes_a_path_ambiguous(before: list[str], trick: str, after: list[str]) -> None:
    """Wherever it stands."""
    assert AMBIGUOUS.fullmatch("/" + "/".join(before) + trick + "/".join(after))


def test_the_descriptor_set_is_where_it_is_generated() -> None:
    """Envoy and the generator read the same file."""
    assert Path("gen/linkmeter.binpb").resolve() == DESCRIPTOR_SET
