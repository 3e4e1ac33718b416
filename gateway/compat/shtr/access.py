"""Who may see which link: shtr's rules of codes, edit tokens and passwords."""

from gateway.compat.backends import Backends
from gateway.compat.shared.accounts import ANONYMOUS, Accounts
from gateway.compat.shared.limits import ClientLimits
from gateway.compat.shtr import errors as shtr_errors
from gateway.compat.shtr import parse
from linkmeter.links.v1 import link_service_pb2, links_pb2, resolution_service_pb2
from services.common import errors
from services.common.caller import Caller
from services.runtime import caller_metadata


class Access:
    """Finds links for those who may see them.

    A client that asks in vain too often gets ResourceExhausted; errors of links pass through as they are.
    """

    def __init__(self, *, backends: Backends, accounts: Accounts, limits: ClientLimits) -> None:
        self._backends = backends
        self._accounts = accounts
        self._limits = limits

    async def public_link(self, code: str, client_ip: str) -> links_pb2.Link:
        """Return a link that everybody may see: created without an account, and not kept private since.

        Raises NotFound for any other.
        """
        await self._limits.check_misses(client_ip)
        try:
            return await self._public_link(parse.code(code))
        except errors.NotFound:
            await self._limits.count_miss(client_ip)
            raise

    async def link_with_token(self, code: str, token: str, client_ip: str) -> tuple[links_pb2.Link, Caller]:
        """Return a link and the caller whom its edit token makes.

        Raises Unauthenticated without a token; PermissionDenied for one that is not this link's, and alike where there
        is no such link.
        """
        token = parse.token(token)
        await self._limits.check_misses(client_ip)
        caller, link = await self._of_token(token)
        if caller is None or link is None or link.code != code:
            await self._limits.count_miss(client_ip)
            raise errors.PermissionDenied("wrong token")
        return link, caller

    async def link_of_token(self, token: str, client_ip: str) -> links_pb2.Link:
        """Return the link that an edit token belongs to.

        Raises Unauthenticated without a token, NotFound for a wrong one.
        """
        token = parse.token(token)
        await self._limits.check_misses(client_ip)
        _, link = await self._of_token(token)
        if link is None:
            await self._limits.count_miss(client_ip)
            raise errors.NotFound("link", "by its edit token")
        return link

    async def password_ticket(
        self, guess: parse.PasswordGuess, client_ip: str
    ) -> resolution_service_pb2.VerifyPasswordResponse:
        """Exchange a link's password for a ticket; links limits the guesses.

        Raises Refusal for a wrong password, ResourceExhausted for too many guesses.
        """
        try:
            return await self._backends.resolution.VerifyPassword(
                resolution_service_pb2.VerifyPasswordRequest(
                    code=guess.code, password=guess.password, client_ip=client_ip
                )
            )
        except errors.PermissionDenied as cause:
            raise shtr_errors.wrong_password(cause) from None

    async def _of_token(self, token: str) -> tuple[Caller | None, links_pb2.Link | None]:
        """Return the caller whom an edit token makes, and the link; None where there is none."""
        caller = await self._accounts.of_edit_token(token)
        if caller is None:
            return None, None
        request = link_service_pb2.GetLinkRequest(link_id=caller.link_id)
        try:
            return caller, await self._backends.links.GetLink(request, metadata=caller_metadata.metadata_for(caller))
        except errors.NotFound:
            return caller, None

    async def _public_link(self, code: str) -> links_pb2.Link:
        link: links_pb2.Link = await self._backends.links.LookupLink(
            link_service_pb2.LookupLinkRequest(code=code), metadata=caller_metadata.metadata_for(ANONYMOUS)
        )
        if link.private_stats:
            raise errors.NotFound("link", code)
        return link
