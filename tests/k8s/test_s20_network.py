"""S20: NetworkPolicies allow just the arrows of the design: each policy is one, and each has one."""

from collections.abc import Callable

import pytest

from tests.k8s.network import Arrow, Party, arrows, matches, pods
from tests.k8s.rendering import COMPONENTS, INSTALLATION, Installation

# The picture at the head of the README, as lines: who calls whom, at which port.
DESIGN: set[Arrow] = {
    ("world", "gateway", 8080),
    ("gateway", "redirect", 8080),
    ("gateway", "links", 9000),
    ("gateway", "analytics", 9000),
    ("gateway", "compat", 9000),
    ("compat", "links", 9000),
    ("compat", "analytics", 9000),
    ("redirect", "links", 9000),
    ("redirect", "analytics", 9000),
    ("links", "analytics", 9000),
    ("links", "postgres", 5432),
    ("analytics", "postgres", 5432),
    ("migrate-links", "postgres", 5432),
    ("settle", "postgres", 5432),
    ("migrate-analytics", "postgres", 5432),
    ("convert-analytics", "postgres", 5432),
    ("links", "redis", 6379),
    ("redirect", "redis", 6379),
    ("compat", "redis", 6379),
    ("analytics", "redis", 6379),
}
# Where segments are not on a volume.
TO_OBJECT_STORE: set[Arrow] = {(name, "object-store", 443) for name in ("analytics", "settle", "convert-analytics")}
SERVICES = ("links", "redirect", "analytics", "settle", "compat", "gateway")
ADDED: dict[str, set[Arrow]] = {
    "backups": {("backup", "postgres", 5432)},
    "direct-redirect": {("world", "redirect", 8080)},
    "monitoring": {("prometheus", name, 9100) for name in SERVICES},
    "tracing": {(name, "collector", 4317) for name in SERVICES if name != "gateway"},
}
OUTSIDE = (
    Party("dns", "kube-system", {"k8s-app": "kube-dns"}, (53,)),
    Party("apiserver", "kube-system", {"component": "kube-apiserver"}, (6443,)),
    Party("prometheus", "monitoring", {"app.kubernetes.io/name": "prometheus"}, (9090,)),
    Party("collector", "observability", {"app.kubernetes.io/name": "otel-collector"}, (4317, 4318)),
    Party("stranger", "elsewhere", {"app.kubernetes.io/name": "links"}, (8080, 9000)),
)
# Seen from inside; a load balancer's address may be any.
WORLD = Party("world")
OBJECT_STORE = Party("object-store", ports=(443, 22))
STORES = (Party("postgres", ports=(5432, 22)), Party("redis", ports=(6379, 22)))


def allowed(installation: Installation) -> set[Arrow]:
    """Return the arrows among all parties, names apart; that the world may come in counts once, for all strangers."""
    ours = [
        Party("redis", party.namespace, party.labels, party.ports) if party.name == "valkey" else party
        for party in pods(installation)
    ]
    has_stores = any(party.name == "postgres" for party in ours)
    everybody = [*ours, *OUTSIDE, WORLD, OBJECT_STORE, *(() if has_stores else STORES)]
    named = {party.name for party in ours}
    found = {arrow for arrow in arrows(installation, everybody) if (arrow[0] in named or arrow[1] in named)}
    open_to_all = {(target, port) for source, target, port in found if source == "world"}
    return {
        (source, target, port)
        for source, target, port in found
        if port != 53 and (source in {*named, "world"} or (target, port) not in open_to_all)
    }


def wanted(installation: Installation, *components: str) -> set[Arrow]:
    """Return the arrows of the design with those that components bring."""
    has_volume = any(claim["metadata"]["name"] == "segments" for claim in installation.of("PersistentVolumeClaim"))
    added = [ADDED.get(name, set()) for name in components]
    beyond = set() if has_volume else TO_OBJECT_STORE
    if "backups" in components and not has_volume:
        beyond = beyond | {("backup", "object-store", 443)}
    return set.union(DESIGN, beyond, *added)


def test_policies_allow_the_design_and_nothing_else(plain: Installation) -> None:
    """Of all pairs of parties and all ports, just the arrows get through."""
    assert allowed(plain) == wanted(plain)


@pytest.mark.parametrize("component", COMPONENTS)
@pytest.mark.parametrize("overlay", ["dev", "prod"])
def test_components_add_only_their_own_arrows(
    rendered: Callable[..., Installation], overlay: str, component: str
) -> None:
    """What a component opens is known here."""
    installation = rendered(overlay, component)
    assert allowed(installation) == wanted(installation, component)


def test_all_components_together_add_no_more(full: Installation) -> None:
    """Nothing opens because two things meet."""
    assert allowed(full) == wanted(full, *COMPONENTS)


def test_everybody_may_ask_for_names_and_nobody_else_is_asked(plain: Installation) -> None:
    """Names are asked for at kube-dns only."""
    ours = list(pods(plain))
    everybody = [*ours, *OUTSIDE]
    asking = {arrow for arrow in arrows(plain, everybody) if arrow[2] == 53 and arrow[0] in {p.name for p in ours}}
    assert asking == {(party.name, "dns", 53) for party in ours}


def test_every_policy_selects_somebody(full: Installation) -> None:
    """A policy that no pod heeds is a mistake."""
    for policy in full.of("NetworkPolicy"):
        selector = policy["spec"]["podSelector"]
        assert any(matches(selector, party.labels) for party in pods(full)), policy["metadata"]["name"]


def test_the_table_of_components_is_known() -> None:
    """A component that opens something has its arrows above."""
    assert set(ADDED) <= set(COMPONENTS)
    assert INSTALLATION not in COMPONENTS
