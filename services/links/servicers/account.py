"""AccountService: accounts and the groups that they work in."""

from linkmeter.links.v1 import account_service_pb2, account_service_pb2_grpc, links_pb2
from services.common.errors import InvalidArgument, NotFound
from services.links.accounts import Accounts
from services.links.authentication import Context
from services.links.convert.accounts import owner_draft, owner_message
from services.links.signing_in.owner_passwords import OwnerPasswords
from services.links.store.owners import OwnerStore


class AccountServicer(account_service_pb2_grpc.AccountServiceServicer):
    """Implements AccountService."""

    def __init__(self, *, accounts: Accounts, store: OwnerStore, passwords: OwnerPasswords) -> None:
        self._accounts = accounts
        self._store = store
        self._passwords = passwords

    async def CreateWorkspace(
        self, request: account_service_pb2.CreateWorkspaceRequest, context: Context
    ) -> links_pb2.Workspace:
        """Create a group."""
        del context
        workspace = await self._accounts.create_workspace(request.workspace.title)
        return links_pb2.Workspace(workspace_id=workspace.workspace_id, title=workspace.title)

    async def CreateOwner(self, request: account_service_pb2.CreateOwnerRequest, context: Context) -> links_pb2.Owner:
        """Create an account."""
        del context
        owner = await self._accounts.create_owner(owner_draft(request.owner), request.password)
        return owner_message(owner)

    async def GetOwner(self, request: account_service_pb2.GetOwnerRequest, context: Context) -> links_pb2.Owner:
        """Return an account; NotFound when there is none."""
        del context
        if bool(request.owner_id) == bool(request.login):
            raise InvalidArgument("owner_id", "must be given, or login, and not both")
        if request.login:
            return owner_message(await self._accounts.of_login(request.login))
        owner = await self._store.find(request.owner_id)
        if owner is None:
            raise NotFound("owner", request.owner_id)
        return owner_message(owner)

    async def ListOwners(
        self, request: account_service_pb2.ListOwnersRequest, context: Context
    ) -> account_service_pb2.ListOwnersResponse:
        """Return the accounts of a group, or all."""
        del context
        found = await self._store.list_page(request.workspace_id)
        return account_service_pb2.ListOwnersResponse(owners=[owner_message(owner) for owner in found])

    async def VerifyOwnerPassword(
        self, request: account_service_pb2.VerifyOwnerPasswordRequest, context: Context
    ) -> links_pb2.Owner:
        """Return the account of a login and password.

        Raises Unauthenticated when they do not belong together, ResourceExhausted after too many guesses.
        """
        del context
        owner = await self._passwords.verify(request.login, request.password, request.client_ip)
        return owner_message(owner)
