"""Host names that serve codes."""

from google.protobuf.field_mask_pb2 import FieldMask

from linkmeter import methods
from linkmeter.links.v1 import domain_service_pb2 as messages
from linkmeter.links.v1 import links_pb2
from linkmeter.resource import Resource, TransportT, operation
from linkmeter.rpc import Call


class Domains(Resource[TransportT]):
    """The domains that the account may use. What is absent or somebody else's is NotFound alike."""

    @operation
    def create(self, host: str, *, public_url: str = "") -> Call[links_pb2.Domain]:
        """Claim a host and return the domain, with the record of the DNS that proves it in `proof`.

        It serves nothing until verify finds that record. The same claim again returns the same domain.

        Args:
            host: A name of at least two labels, for instance go.example.com.
            public_url: What short URLs of the domain begin with. Default: https:// and the host.

        Raises:
            AlreadyExists: The host is the installation's, or a verified domain of the account's.
            RateLimited: The account has as many domains as it may.

        """
        domain = links_pb2.Domain(host=host, public_url=public_url)
        return methods.CREATE_DOMAIN(messages.CreateDomainRequest(domain=domain))

    @operation
    def get(self, domain_id: int = 0, *, host: str = "") -> Call[links_pb2.Domain]:
        """Return a domain by its id or by its host."""
        return methods.GET_DOMAIN(messages.GetDomainRequest(domain_id=domain_id, host=host))

    @operation
    def list(self, *, with_unverified: bool = False) -> Call[list[links_pb2.Domain]]:
        """Return the domains in which links can be created, oldest first: the installation's own and the account's.

        Args:
            with_unverified: True to list claims, too, which serve nothing yet.

        """
        request = messages.ListDomainsRequest(with_unverified=with_unverified)
        return methods.LIST_DOMAINS(request).then(lambda answer: [*answer.domains])

    @operation
    def update(self, domain_id: int, *, public_url: str) -> Call[links_pb2.Domain]:
        """Change what short URLs of a domain begin with, and return the domain; empty: https:// and the host."""
        domain = links_pb2.Domain(domain_id=domain_id, public_url=public_url)
        mask = FieldMask(paths=["public_url"])
        return methods.UPDATE_DOMAIN(messages.UpdateDomainRequest(domain=domain, update_mask=mask))

    @operation
    def verify(self, domain_id: int) -> Call[links_pb2.Domain]:
        """Look for the proof of a claimed domain in the DNS, let it serve codes, and return it.

        Raises:
            FailedPrecondition: The proof is not there (yet).
            AlreadyExists: Another account proved it first.
            Unavailable: The DNS does not answer.
            RateLimited: Asked a few seconds ago.

        """
        return methods.VERIFY_DOMAIN(messages.VerifyDomainRequest(domain_id=domain_id))

    @operation
    def delete(self, domain_id: int) -> Call[None]:
        """Give up a domain. FailedPrecondition: there are links in it."""
        return methods.DELETE_DOMAIN(messages.DeleteDomainRequest(domain_id=domain_id)).then(lambda _: None)
