"""Who may connect to whom, worked out from NetworkPolicies as Kubernetes defines them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.k8s.rendering import Installation, Json

NAMESPACE: Final = "linkmeter"


@dataclass(frozen=True, slots=True)
class Party:
    """A pod, or with neither namespace nor labels an address outside the cluster."""

    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()


Arrow = tuple[str, str, int]


def arrows(installation: Installation, parties: Sequence[Party]) -> set[Arrow]:
    """Return every connection that the policies let through."""
    policies = installation.of("NetworkPolicy")
    return {
        (source.name, target.name, port)
        for source in parties
        for target in parties
        for port in target.ports
        if source != target
        and _passes(policies, source, target, port, "Egress")
        and _passes(policies, target, source, port, "Ingress")
    }


def matches(selector: Json, labels: Mapping[str, str]) -> bool:
    """Return whether a label selector selects; an empty one selects everything."""
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        _holds(expression, labels) for expression in selector.get("matchExpressions", [])
    )


def _holds(expression: Json, labels: Mapping[str, str]) -> bool:
    assert expression["operator"] == "In", "the only operator that is used here"
    return labels.get(expression["key"]) in expression["values"]


def _passes(policies: Sequence[Json], at: Party, peer: Party, port: int, direction: str) -> bool:
    """Return whether the policies at a party let a connection with its peer through in a direction."""
    if at.namespace != NAMESPACE:
        # Elsewhere nothing is refused.
        return True
    selecting = [
        policy["spec"]
        for policy in policies
        if direction in policy["spec"]["policyTypes"] and matches(policy["spec"]["podSelector"], at.labels)
    ]
    rules = [rule for spec in selecting for rule in spec.get(direction.lower(), [])]
    return not selecting or any(_allows(rule, peer, port, direction) for rule in rules)


def _allows(rule: Json, peer: Party, port: int, direction: str) -> bool:
    peers = rule.get("to" if direction == "Egress" else "from")
    ports = rule.get("ports")
    return (ports is None or any(entry["port"] == port for entry in ports)) and (
        peers is None or any(_is_meant(entry, peer) for entry in peers)
    )


def _is_meant(entry: Json, peer: Party) -> bool:
    if "ipBlock" in entry:
        return not peer.namespace
    if "namespaceSelector" in entry:
        in_namespace = matches(entry["namespaceSelector"], {"kubernetes.io/metadata.name": peer.namespace})
    else:
        in_namespace = peer.namespace == NAMESPACE
    return bool(peer.namespace) and in_namespace and matches(entry.get("podSelector", {}), peer.labels)


def pods(installation: Installation) -> Iterator[Party]:
    """Return a party for each workload of ours."""
    for workload in installation.workloads:
        ports = [port["containerPort"] for container in workload.containers for port in container.get("ports", [])]
        yield Party(workload.name, NAMESPACE, workload.labels, tuple(ports))
