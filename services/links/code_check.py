"""Says whether a code could be given to a new link."""

from enum import StrEnum
from typing import Final

from services.common.errors import InvalidArgument
from services.links.domain import codes
from services.links.domain_lookup import DomainLookup
from services.links.store.links import LinkStore

_TAKEN: Final = "is or was another link's"


class CodeState(StrEnum):
    """What creating a link with the code would meet."""

    AVAILABLE = "available"
    TAKEN = "taken"
    RESERVED = "reserved"
    INVALID = "invalid"


class CodeCheck:
    """Checks codes as creating a link does."""

    def __init__(self, *, links: LinkStore, domains: DomainLookup) -> None:
        self._links = links
        self._domains = domains

    async def check(self, host: str, code: str, owner_id: int) -> tuple[CodeState, str]:
        """Return what a code is in a domain, and in words why it cannot be given.

        Raises InvalidArgument when the host is no domain that the owner can create links in.
        """
        domain = (await self._domains.find_all({host})).get(host)
        if domain is None or not domain.is_usable_by(owner_id):
            raise InvalidArgument("domain", "is no domain that you can create links in")
        try:
            codes.check_custom(code)
        except InvalidArgument as problem:
            is_reserved = problem.reason == codes.RESERVED_REASON
            return CodeState.RESERVED if is_reserved else CodeState.INVALID, problem.problem
        # A deleted link's tombstone keeps the code.
        if await self._links.find_by_code(host, code):
            return CodeState.TAKEN, _TAKEN
        return CodeState.AVAILABLE, ""
