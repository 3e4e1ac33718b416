"""SessionService: signing in with a browser, and who one is then."""

from google.protobuf.empty_pb2 import Empty

from linkmeter.links.v1 import session_service_pb2, session_service_pb2_grpc
from services.common.caller import KEYS_MANAGE, Caller
from services.common.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Unauthenticated
from services.common.ip_addresses import CLIENT_IP_KEY
from services.links.accounts import Accounts
from services.links.authentication import Authenticator, Context, account_of, browser_call, owner_of
from services.links.convert.accounts import owner_message
from services.links.convert.sessions import session_message
from services.links.domain import owners, sessions
from services.links.domain.browser import OIDC_COOKIE, SESSION_COOKIE, BrowserCall
from services.links.domain.credentials import Secret
from services.links.domain.oidc import ATTEMPT_LIFETIME
from services.links.domain.owners import Owner
from services.links.domain.sessions import Lifetimes, Session, SignInMethod
from services.links.signing_in.owner_passwords import OwnerPasswords
from services.links.signing_in.sessions import Sessions
from services.links.signing_in.sign_in import SignIn, Visitor
from services.links.store.owners import OwnerStore


class SessionServicer(session_service_pb2_grpc.SessionServiceServicer):
    """Implements SessionService."""

    def __init__(
        self,
        *,
        authenticator: Authenticator,
        sessions: Sessions,
        sign_in: SignIn,
        passwords: OwnerPasswords,
        accounts: Accounts,
        owners: OwnerStore,
        lifetimes: Lifetimes,
        public_url: str,
    ) -> None:
        self._authenticator = authenticator
        self._sessions = sessions
        self._sign_in = sign_in
        self._passwords = passwords
        self._accounts = accounts
        self._owners = owners
        self._lifetimes = lifetimes
        self._public_url = public_url

    async def GetSignInOptions(
        self, request: session_service_pb2.GetSignInOptionsRequest, context: Context
    ) -> session_service_pb2.GetSignInOptionsResponse:
        """Return how one can sign in."""
        del request, context
        return session_service_pb2.GetSignInOptionsResponse(
            password=self._sign_in.takes_passwords,
            oidc_title=self._sign_in.oidc_title,
            public_url=self._public_url,
        )

    async def CreateSession(
        self, request: session_service_pb2.CreateSessionRequest, context: Context
    ) -> session_service_pb2.Session:
        """Exchange a credential for a session, and set its cookie."""
        call = browser_call(context)
        if call.is_of_other_page:
            raise PermissionDenied("a page of another origin cannot sign in here")
        session, secret = await self._begin(request, call)
        cookies = [call.set_cookie(SESSION_COOKIE, secret.text, seconds=int(self._lifetimes.absolute.total_seconds()))]
        if session.method is SignInMethod.OIDC:
            cookies.append(call.forget_cookie(OIDC_COOKIE))
        await _set_cookies(context, *cookies)
        return self._message(session, session.session_id)

    async def BeginOidc(
        self, request: session_service_pb2.BeginOidcRequest, context: Context
    ) -> session_service_pb2.BeginOidcResponse:
        """Begin single sign-on, bound to the browser by a cookie."""
        del request
        call = browser_call(context)
        if call.is_of_other_page:
            raise PermissionDenied("a page of another origin cannot sign in here")
        url, secret = await self._sign_in.begin_oidc()
        seconds = int(ATTEMPT_LIFETIME.total_seconds())
        await _set_cookies(context, call.set_cookie(OIDC_COOKIE, secret.text, seconds=seconds))
        return session_service_pb2.BeginOidcResponse(authorization_url=url)

    async def GetCaller(
        self, request: session_service_pb2.GetCallerRequest, context: Context
    ) -> session_service_pb2.GetCallerResponse:
        """Return who calls."""
        del request
        caller = await self._authenticator.caller(context)
        owner = await self._owners.find(caller.owner_id) if caller.owner_id else None
        current = sessions.session_id_of(caller.credential)
        own = await self._sessions.list_of(caller.owner_id) if current else []
        return session_service_pb2.GetCallerResponse(
            owner=owner_message(owner) if owner else None,
            link_id=caller.link_id,
            scopes=sorted(caller.scopes),
            credential=caller.credential,
            session=next((self._message(each, current) for each in own if each.session_id == current), None),
        )

    async def ListSessions(
        self, request: session_service_pb2.ListSessionsRequest, context: Context
    ) -> session_service_pb2.ListSessionsResponse:
        """Return the sessions of the caller's account."""
        del request
        caller = await self._authenticator.caller(context)
        found = await self._sessions.list_of(owner_of(caller, KEYS_MANAGE))
        current = sessions.session_id_of(caller.credential)
        return session_service_pb2.ListSessionsResponse(sessions=[self._message(each, current) for each in found])

    async def DeleteSession(self, request: session_service_pb2.DeleteSessionRequest, context: Context) -> Empty:
        """End a session; NotFound when the account has none of the kind."""
        caller = await self._authenticator.caller(context)
        current = sessions.session_id_of(caller.credential)
        session_id = request.session_id or current
        is_own = session_id == current
        owner_id = account_of(caller) if is_own else owner_of(caller, KEYS_MANAGE)
        if not session_id or not await self._sessions.end(session_id, owner_id):
            raise NotFound("session", session_id)
        if is_own:
            await _set_cookies(context, browser_call(context).forget_cookie(SESSION_COOKIE))
        return Empty()

    async def DeleteOtherSessions(
        self, request: session_service_pb2.DeleteOtherSessionsRequest, context: Context
    ) -> session_service_pb2.DeleteOtherSessionsResponse:
        """End all sessions of the account but the one that calls."""
        del request
        caller = await self._authenticator.caller(context)
        owner_id = owner_of(caller, KEYS_MANAGE)
        ended = await self._sessions.end_others(owner_id, sessions.session_id_of(caller.credential))
        return session_service_pb2.DeleteOtherSessionsResponse(deleted_sessions=ended)

    async def ChangePassword(self, request: session_service_pb2.ChangePasswordRequest, context: Context) -> Empty:
        """Change the password of the caller's account, and end its other sessions."""
        caller = await self._authenticator.caller(context)
        owner = await self._account(caller)
        if owner.password is None:
            raise FailedPrecondition("the account has no password; the operator gives it one")
        # Before the guess: what cannot be a password costs none.
        owners.check_password(request.new_password, "new_password")
        try:
            await self._passwords.verify(owner.login, request.old_password, _visitor(browser_call(context)).client_ip)
        except Unauthenticated:
            # Who calls is known: it is this field that is wrong.
            raise InvalidArgument("old_password", "is wrong") from None
        await self._accounts.set_password(owner.login, request.new_password)
        await self._sessions.end_others(owner.owner_id, sessions.session_id_of(caller.credential))
        return Empty()

    async def _begin(
        self, request: session_service_pb2.CreateSessionRequest, call: BrowserCall
    ) -> tuple[Session, Secret]:
        visitor = _visitor(call)
        match request.WhichOneof("credential"):
            case "password":
                return await self._sign_in.by_password(request.password.login, request.password.password, visitor)
            case "api_key":
                return await self._sign_in.by_api_key(request.api_key, visitor)
            case "one_time_token":
                return await self._sign_in.by_one_time_token(request.one_time_token, visitor)
            case "oidc":
                cookie = call.cookie(OIDC_COOKIE)
                return await self._sign_in.by_oidc(cookie, request.oidc.code, request.oidc.state, visitor)
        raise InvalidArgument("credential", "must be given")

    async def _account(self, caller: Caller) -> Owner:
        owner_id = account_of(caller)
        owner = await self._owners.find(owner_id)
        if owner is None:
            raise NotFound("owner", owner_id)
        return owner

    def _message(self, session: Session, current: int) -> session_service_pb2.Session:
        return session_message(session, self._lifetimes.end_of(session), is_current=session.session_id == current)


def _visitor(call: BrowserCall) -> Visitor:
    client_ip = call.headers.get(CLIENT_IP_KEY, "")
    return Visitor(
        user_agent=sessions.shown_agent(call.headers.get("user-agent", "")),
        network=sessions.network_of(client_ip),
        client_ip=client_ip,
    )


async def _set_cookies(context: Context, *cookies: str) -> None:
    await context.send_initial_metadata(tuple(("set-cookie", cookie) for cookie in cookies))
