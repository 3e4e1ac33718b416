"""S19: with the component mtls each service has a certificate, and nothing is left that would need plaintext."""

from collections.abc import Callable

import pytest

from tests.k8s.rendering import K8S, Installation, kustomize
from tests.k8s.test_settings import SECRETS, TLS

SERVICES = ("links", "redirect", "analytics", "compat", "gateway")


@pytest.fixture(scope="module")
def secured(rendered: Callable[..., Installation]) -> Installation:
    """Render prod with mTLS."""
    return rendered("prod", "mtls")


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_a_certificate_by_the_name_that_others_call(secured: Installation, service: str) -> None:
    """The names in certificates are the hosts in addresses, so that clients can check them."""
    certificate = secured.find("Certificate", service)["spec"]
    assert service in certificate["dnsNames"]
    assert {"server auth", "client auth"} <= set(certificate["usages"])
    assert certificate["issuerRef"] == {"name": "linkmeter-ca", "kind": "Issuer"}
    (volume,) = [v for v in secured.workload(service).pod["volumes"] if v["name"] == "tls"]
    assert volume["secret"]["secretName"] == certificate["secretName"]


@pytest.mark.parametrize("service", SERVICES)
def test_each_program_is_told_where_its_certificate_is(secured: Installation, service: str) -> None:
    """All three paths are given, and lie in the mounted folder; the gateway's own program is told when it is set up."""
    workload = secured.workload(service)
    (mount,) = [mount for mount in workload.main["volumeMounts"] if mount["name"] == "tls"]
    told = workload.containers[0] if service == "gateway" else workload.main
    variables = secured.environment(told, SECRETS)
    assert {name: variables[name].rpartition("/")[0] for name in TLS} == dict.fromkeys(TLS, mount["mountPath"])
    assert {variables[name].rpartition("/")[2] for name in TLS} == {"tls.crt", "tls.key", "ca.crt"}


def test_production_has_it_as_it_is_written() -> None:
    """Who changes nothing but addresses gets certificates."""
    written = kustomize(K8S / "overlays" / "prod")
    assert {document["metadata"]["name"] for document in written.of("Certificate")} >= set(SERVICES)


def test_gateway_and_redirect_agree_on_the_data_plane(rendered: Callable[..., Installation]) -> None:
    """It shows certificates as well, unless visitors' load balancers come to it; both sides are told the same."""
    for components, wanted in (((), None), (("direct-redirect",), "off")):
        installation = rendered("prod", *sorted(("mtls", *components)))
        for name in ("redirect", "gateway"):
            assert installation.find("ConfigMap", name)["data"].get("LINKMETER_HTTP_TLS") == wanted


def test_no_probe_speaks_plaintext_grpc(secured: Installation) -> None:
    """Kubernetes' gRPC probes do not speak TLS: they would find every pod dead."""
    for workload in secured.servers:
        assert "'grpc': {" not in str(workload.main), workload.name


def test_certificates_are_renewed_long_before_they_end(secured: Installation) -> None:
    """A week of cert-manager being away breaks nothing."""
    for certificate in secured.of("Certificate"):
        if not certificate["spec"].get("isCA"):
            hours = int(certificate["spec"]["renewBefore"].removesuffix("h"))
            assert 168 <= hours < int(certificate["spec"]["duration"].removesuffix("h"))
