"""AccountService: accounts and the groups that they work in."""

from linkmeter.links.v1 import account_service_pb2, account_service_pb2_grpc, links_pb2
from services.common.errors import InvalidArgument, NotFound, ResourceExhausted, Unauthenticated
from services.links import convert, metrics
from services.links.accounts import Accounts
from services.links.authentication import Context
from services.links.domain import passwords
from services.links.domain.owners import MAX_LOGIN
from services.links.guess_limits import GuessLimits
from services.links.password_worker import PasswordWorker
from services.links.store.owners import OwnerStore
from services.runtime.background import Background


class AccountServicer(account_service_pb2_grpc.AccountServiceServicer):
    """Implements AccountService."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        store: OwnerStore,
        guess_limits: GuessLimits,
        password_worker: PasswordWorker,
        background: Background,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._guess_limits = guess_limits
        self._password_worker = password_worker
        self._background = background

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
        owner = await self._accounts.create_owner(convert.owner_draft(request.owner), request.password)
        return convert.owner_message(owner)

    async def GetOwner(self, request: account_service_pb2.GetOwnerRequest, context: Context) -> links_pb2.Owner:
        """Return an account; NotFound when there is none."""
        del context
        if bool(request.owner_id) == bool(request.login):
            raise InvalidArgument("owner_id", "must be given, or login, and not both")
        if request.login:
            return convert.owner_message(await self._accounts.of_login(request.login))
        owner = await self._store.find(request.owner_id)
        if owner is None:
            raise NotFound("owner", request.owner_id)
        return convert.owner_message(owner)

    async def ListOwners(
        self, request: account_service_pb2.ListOwnersRequest, context: Context
    ) -> account_service_pb2.ListOwnersResponse:
        """Return the accounts of a group, or all."""
        del context
        found = await self._store.list_page(request.workspace_id)
        return account_service_pb2.ListOwnersResponse(owners=[convert.owner_message(owner) for owner in found])

    async def VerifyOwnerPassword(
        self, request: account_service_pb2.VerifyOwnerPasswordRequest, context: Context
    ) -> links_pb2.Owner:
        """Return the account of a login and password.

        Raises Unauthenticated when they do not belong together, ResourceExhausted after too many guesses.
        """
        del context
        if len(request.password) > passwords.MAX_LENGTH:
            raise InvalidArgument("password", f"must have at most {passwords.MAX_LENGTH} characters")
        # Accounts that are not there are counted and take time like others.
        login = request.login[: MAX_LOGIN + 1]
        await self._take_guess(login, request.client_ip)
        owner = await self._store.find_by_login(login)
        is_right = await self._password_worker.is_right(request.password, owner.password if owner else None)
        if owner is None or not is_right:
            metrics.OWNER_PASSWORD_GUESSES.labels("wrong").inc()
            raise Unauthenticated("login and password do not belong together")
        metrics.OWNER_PASSWORD_GUESSES.labels("right").inc()
        self._background.start(self._guess_limits.give_back_owner(login, request.client_ip))
        return convert.owner_message(owner)

    async def _take_guess(self, login: str, client_ip: str) -> None:
        try:
            await self._guess_limits.take_owner(login, client_ip)
        except ResourceExhausted:
            metrics.OWNER_PASSWORD_GUESSES.labels("refused").inc()
            raise
