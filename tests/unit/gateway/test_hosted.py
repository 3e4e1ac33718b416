"""Redirect's data plane as a part of Envoy's configuration."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.envoy.render import render
from gateway.envoy.settings import EnvoySettings, read_settings

MODULE = Path("/modules/_pyvoy.so")
SETTINGS = read_settings(
    {
        "LINKMETER_LINKS_ADDRESS": "links:9000",
        "LINKMETER_ANALYTICS_ADDRESS": "analytics:9000",
        "LINKMETER_COMPAT_ADDRESS": "compat:9000",
        "LINKMETER_REDIRECT_HTTP_ADDRESS": "redirect:9000",
        "LINKMETER_DOCS_DIR": "/docs",
    }
)
HOSTING = dataclasses.replace(SETTINGS, module=MODULE)


def manager_of(settings: EnvoySettings) -> dict[str, Any]:
    """Return the configuration of the public listener."""
    listener = yaml.safe_load(render(settings))["static_resources"]["listeners"][0]
    manager: dict[str, Any] = listener["filter_chains"][0]["filters"][0]["typed_config"]
    return manager


def routes_of(settings: EnvoySettings) -> list[dict[str, Any]]:
    """Return its routes."""
    routes: list[dict[str, Any]] = manager_of(settings)["route_config"]["virtual_hosts"][0]["routes"]
    return routes


def test_nothing_is_hosted_unless_asked_for() -> None:
    """Envoy loads no foreign code by default."""
    assert "dynamic_modules" not in render(SETTINGS)


def test_the_module_stands_before_the_router_and_is_off() -> None:
    """A request that no route gives to the module never meets it."""
    *_, headers, module, router = manager_of(HOSTING)["http_filters"]
    assert router["name"] == "envoy.filters.http.router"
    assert headers["disabled"]
    assert module["disabled"]
    assert module["typed_config"]["dynamic_module_config"]["module"]["local"]["filename"] == str(MODULE)


def test_only_the_routes_to_redirect_are_given_to_the_module() -> None:
    """The same ones that are proxied otherwise, and all of them."""
    hosted = ["linkmeter.data_plane" in route.get("typed_per_filter_config", {}) for route in routes_of(HOSTING)]
    proxied = [route.get("route", {}).get("cluster") == "redirect" for route in routes_of(SETTINGS)]
    assert hosted == proxied
    assert any(hosted)


@pytest.mark.parametrize("name", ["x-linkmeter-client-ip", "x-linkmeter-scheme", "x-original-host"])
def test_what_the_gateway_says_of_a_visitor_replaces_what_the_visitor_says(name: str) -> None:
    """S10 without a hop: the module gets the same headers that the router would send."""
    headers = manager_of(HOSTING)["http_filters"][-3]["typed_config"]["mutations"]["request_mutations"]
    (said,) = [item["append"] for item in headers if item.get("append", {}).get("header", {}).get("key") == name]
    assert said["append_action"] == "OVERWRITE_IF_EXISTS_OR_ADD"
