"""Documents of operators, for which Kubernetes has no schema: what they name exists."""

import importlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from tests.k8s.rendering import OVERLAYS, ROOT, Installation, Json, render

LEDGER = re.compile(r"\blinkmeter_clicks_[a-z_]+")
METRIC = re.compile(r"\blinkmeter_[a-z0-9_]+")
# What a metric of a kind is called when it is asked for.
SUFFIXES = ("", "_total", "_bucket", "_sum", "_count")
MODULES = ("services.runtime", "services.links", "services.redirect", "services.analytics")


@pytest.fixture(scope="module")
def monitored(rendered: Callable[..., Installation]) -> Installation:
    """Render prod with monitoring."""
    return rendered("prod", "monitoring", "backups")


def rules(installation: Installation, kind: str) -> Iterator[Json]:
    """Return the rules of a kind: alert or record."""
    for group in installation.find("PrometheusRule", "linkmeter")["spec"]["groups"]:
        yield from (rule for rule in group["rules"] if kind in rule)


def known_metrics() -> set[str]:
    """Return every name under which our programs publish something."""
    for module in MODULES:
        importlib.import_module(f"{module}.metrics")
    return {f"{family.name}{suffix}" for family in REGISTRY.collect() for suffix in SUFFIXES}


def test_alerts_ask_for_metrics_that_exist(monitored: Installation) -> None:
    """A renamed metric would make an alert silent."""
    for rule in (*rules(monitored, "alert"), *rules(monitored, "record")):
        assert set(METRIC.findall(rule["expr"])) <= known_metrics(), rule


def test_the_dashboard_asks_for_metrics_that_exist(monitored: Installation) -> None:
    """A renamed metric would leave a panel empty."""
    dashboard = json.loads(monitored.find("ConfigMap", "dashboard")["data"]["linkmeter.json"])
    recorded = {rule["record"] for rule in rules(monitored, "record")}
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            assert set(METRIC.findall(target["expr"])) <= known_metrics(), panel["title"]
            assert set(re.findall(r"linkmeter:[a-z0-9_:]+", target["expr"])) <= recorded, panel["title"]


def test_the_dashboards_panels_do_not_overlap(monitored: Installation) -> None:
    """Each panel has its place, and a number of its own."""
    panels = json.loads(monitored.find("ConfigMap", "dashboard")["data"]["linkmeter.json"])["panels"]
    places = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(places) == len(set(places))
    assert len({panel["id"] for panel in panels}) == len(panels)


def incidents() -> set[str]:
    """Return the anchors of all incident pages."""
    _, _, pages = (ROOT / "docs" / "operations.md").read_text().partition("\n# Incidents\n")
    return {heading.lower() for heading in re.findall(r"^## (\w+)$", pages, re.MULTILINE)}


def test_every_alert_has_a_severity_a_summary_and_a_page(monitored: Installation) -> None:
    """Who is woken finds what to do: each alert links the incident page of its own name, and each page has an alert."""
    for rule in rules(monitored, "alert"):
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["runbook_url"] == f"docs/operations.md#{rule['alert'].lower()}"
    assert {rule["alert"].lower() for rule in rules(monitored, "alert")} == incidents()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_alerts_link_to_where_the_operator_keeps_the_pages(tmp_path: Path, overlay: str) -> None:
    """One value of the installation is the beginning of every link."""
    address = "https://wiki.example/linkmeter/operations.md"
    installation = render(tmp_path, overlay, ("monitoring",), runbooks=address)
    for rule in rules(installation, "alert"):
        assert rule["annotations"]["runbook_url"] == f"{address}#{rule['alert'].lower()}"


def test_the_ledger_is_watched_and_never_added_up(monitored: Installation) -> None:
    """Every figure of the ledger is in an alert or a panel, as the maximum of what the pods of analytics say."""
    dashboard = json.loads(monitored.find("ConfigMap", "dashboard")["data"]["linkmeter.json"])
    expressions = [rule["expr"] for rule in rules(monitored, "alert")]
    expressions += [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    asked = {name for expression in expressions for name in LEDGER.findall(expression)}
    # Known ones first: asking for them is what publishes them.
    known, published = known_metrics(), {family.name for family in REGISTRY.collect()}
    assert asked == {name for name in known & published if LEDGER.fullmatch(name)}
    for expression in expressions:
        taken = re.findall(r"max(?: by \(reason\))? ?\((?:max_over_time\()?linkmeter_clicks_", expression)
        assert len(taken) == len(LEDGER.findall(expression)), expression


def test_what_promises_are_about_has_an_alert(monitored: Installation) -> None:
    """Lag, depth, drops and error budgets wake somebody."""
    pages = {rule["alert"] for rule in rules(monitored, "alert") if rule["labels"]["severity"] == "page"}
    assert {"ClicksLate", "OutboxFilling", "ClicksDropped", "ClicksMissing", "RedirectErrorsFast"} <= pages


def test_settling_that_nobody_does_is_noticed(monitored: Installation) -> None:
    """Analytics publishes the same names at 0, so silence of the one program is asked for by itself."""
    (rule,) = [rule for rule in rules(monitored, "alert") if rule["alert"] == "SettlingStopped"]
    name = monitored.workload("settle").labels["app.kubernetes.io/name"]
    assert f'absent(up{{job=~".*/linkmeter",service="{name}"}} == 1)' in rule["expr"]


def test_alerts_compare_with_what_is_set(monitored: Installation) -> None:
    """The outbox's alert knows the outbox's size."""
    size = monitored.find("ConfigMap", "redirect")["data"]["LINKMETER_OUTBOX_MAX_BYTES"]
    (rule,) = [rule for rule in rules(monitored, "alert") if rule["alert"] == "OutboxFilling"]
    assert size in rule["expr"]


def test_every_service_is_scraped_at_its_metrics(monitored: Installation) -> None:
    """The monitor selects all six by a port that each has."""
    monitor = monitored.find("PodMonitor", "linkmeter")["spec"]
    (selected,) = [expression["values"] for expression in monitor["selector"]["matchExpressions"]]
    assert sorted(selected) == ["analytics", "compat", "gateway", "links", "redirect", "settle"]
    (endpoint,) = monitor["podMetricsEndpoints"]
    for name in selected:
        ports = {port["name"] for port in monitored.workload(name).main["ports"]}
        assert endpoint["port"] in ports, name


def test_scripts_are_where_jobs_look(rendered: Callable[..., Installation]) -> None:
    """Each job's script is in the ConfigMap that it mounts."""
    installation = rendered("prod", "backups")
    for workload in installation.workloads:
        if workload.kind == "CronJob" and "command" in workload.main:
            script = workload.main["command"][-1]
            folder, _, name = script.rpartition("/")
            (mount,) = [mount for mount in workload.main["volumeMounts"] if mount["mountPath"] == folder]
            (volume,) = [volume for volume in workload.pod["volumes"] if volume["name"] == mount["name"]]
            assert name in installation.find("ConfigMap", volume["configMap"]["name"])["data"], workload.name


def test_routes_lead_to_the_gateway(rendered: Callable[..., Installation]) -> None:
    """Ingress and HTTPRoute name the gateway's Service and one of its ports."""
    installation = rendered("prod", "ingress", "gateway-api")
    (port,) = installation.find("Service", "gateway")["spec"]["ports"]
    (path,) = installation.find("Ingress", "linkmeter")["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"] == {"name": "gateway", "port": {"name": port["name"]}}
    (rule,) = installation.find("HTTPRoute", "linkmeter")["spec"]["rules"]
    assert rule["backendRefs"] == [{"name": "gateway", "port": port["port"]}]
