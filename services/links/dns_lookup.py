"""Asks the DNS for the proofs of domains.

The only address that this reaches is the operator's resolver, whatever name an account claims: nothing is asked of the
host itself.
"""

from typing import Final

import dns.asyncresolver
import dns.exception
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT

from services.common.errors import Unavailable

_LOOKUP_SECONDS: Final = 4.0
_MOST_RECORDS: Final = 100


class DnsLookup:
    """Reads TXT records through one resolver."""

    def __init__(self, resolver: str) -> None:
        """Use a resolver, as address:port, or with an empty text those of the machine."""
        self._resolver = resolver

    async def texts(self, name: str) -> frozenset[str]:
        """Return the TXT records of a name; Unavailable when the DNS does not say whether there are any."""
        try:
            # Made anew for each question: the machine's resolvers may change.
            resolver = self._make_resolver()
            # The final dot keeps the machine's search list out.
            answer = await resolver.resolve(f"{name}.", "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return frozenset()
        except (dns.exception.DNSException, OSError) as problem:
            raise Unavailable("the DNS does not answer: repeat the call", retry_after_seconds=5) from problem
        records = [record for record in answer if isinstance(record, TXT)]
        return frozenset(b"".join(record.strings).decode("latin-1") for record in records[:_MOST_RECORDS])

    def _make_resolver(self) -> dns.asyncresolver.Resolver:
        if not self._resolver:
            resolver = dns.asyncresolver.Resolver()
        else:
            address, _, port = self._resolver.rpartition(":")
            resolver = dns.asyncresolver.Resolver(configure=False)
            resolver.nameservers = [address.strip("[]")]
            resolver.port = int(port)
        resolver.lifetime = _LOOKUP_SECONDS
        return resolver
