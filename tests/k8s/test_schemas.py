"""Every overlay with every combination of components is valid for the newest Kubernetes versions."""

from functools import cache

import kubernetes_validate
import pytest
from kubernetes_validate import utils

from tests.k8s.rendering import Installation, identity

NEWEST = utils.all_versions()[-3:]
# Of operators: Kubernetes has no schema for them. test_operators.py looks at them.
FOREIGN = {
    "Certificate",
    "ExternalSecret",
    "HTTPRoute",
    "Issuer",
    "PodMonitor",
    "PrometheusRule",
}


@pytest.mark.timeout(600)
def test_everything_is_valid(every: dict[tuple[str, ...], Installation], monkeypatch: pytest.MonkeyPatch) -> None:
    """No unknown field, no wrong type, in the three newest versions; equal documents are looked at once."""
    # It would read all definitions of a version anew for each document.
    monkeypatch.setattr(utils, "schema_contents", cache(utils.schema_contents))
    distinct = {identity(document): document for installation in every.values() for document in installation.documents}
    for document in distinct.values():
        if document["kind"] not in FOREIGN:
            for version in NEWEST:
                kubernetes_validate.validate(document, version, strict=True)


def test_names_are_unique(every: dict[tuple[str, ...], Installation]) -> None:
    """No component gives a name that another one gives."""
    for names, installation in every.items():
        listed = [(document["kind"], document["metadata"]["name"]) for document in installation.documents]
        assert len(listed) == len(set(listed)), names


def test_everything_is_in_its_namespace(every: dict[tuple[str, ...], Installation]) -> None:
    """All but the namespace itself lies in it."""
    for installation in every.values():
        for document in installation.documents:
            if document["kind"] != "Namespace":
                assert document["metadata"]["namespace"] == "linkmeter", document["metadata"]["name"]
