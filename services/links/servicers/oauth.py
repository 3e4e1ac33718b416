"""OAuthService: applications that act for accounts."""

from linkmeter.links.v1 import links_pb2, oauth_service_pb2, oauth_service_pb2_grpc
from services.common.errors import NotFound
from services.links.applications import Applications
from services.links.authentication import Context
from services.links.convert.accounts import api_key_message, oauth_app_draft, oauth_app_message, owner_message
from services.links.domain import oauth
from services.links.key_issuer import KeyIssuer
from services.links.store.owners import OwnerStore


class OAuthServicer(oauth_service_pb2_grpc.OAuthServiceServicer):
    """Implements OAuthService."""

    def __init__(self, *, applications: Applications, owners: OwnerStore, issuer: KeyIssuer) -> None:
        self._applications = applications
        self._owners = owners
        self._issuer = issuer

    async def CreateOAuthApp(
        self, request: oauth_service_pb2.CreateOAuthAppRequest, context: Context
    ) -> oauth_service_pb2.OAuthApp:
        """Register an application and return its secret, this once."""
        del context
        app, secret = await self._applications.register(oauth_app_draft(request.app))
        return oauth_app_message(app, secret.text)

    async def GetOAuthApp(
        self, request: oauth_service_pb2.GetOAuthAppRequest, context: Context
    ) -> oauth_service_pb2.OAuthApp:
        """Return an application; NotFound when there is none."""
        del context
        return oauth_app_message(await self._applications.find(request.client_id))

    async def VerifyOAuthApp(
        self, request: oauth_service_pb2.VerifyOAuthAppRequest, context: Context
    ) -> oauth_service_pb2.OAuthApp:
        """Check an application's secret."""
        del context
        app = await self._applications.verify(request.client_id, request.client_secret)
        return oauth_app_message(app)

    async def IssueAuthorizationCode(
        self, request: oauth_service_pb2.IssueAuthorizationCodeRequest, context: Context
    ) -> oauth_service_pb2.IssueAuthorizationCodeResponse:
        """Note that an account agrees, and return a code; NotFound for an unknown application."""
        del context
        code = await self._applications.issue_code(request.client_id, request.redirect_uri, request.owner_id)
        return oauth_service_pb2.IssueAuthorizationCodeResponse(code=code.text)

    async def ExchangeAuthorizationCode(
        self, request: oauth_service_pb2.ExchangeAuthorizationCodeRequest, context: Context
    ) -> oauth_service_pb2.ExchangeAuthorizationCodeResponse:
        """Exchange a code for an API key, once; NotFound when its account is not there."""
        del context
        app = await self._applications.verify(request.client_id, request.client_secret)
        key, secret = await self._applications.exchange(app, request.code, request.redirect_uri)
        owner = await self._owners.find(key.owner_id)
        if owner is None:
            raise NotFound("owner", key.owner_id)
        return oauth_service_pb2.ExchangeAuthorizationCodeResponse(
            api_key=api_key_message(key, secret.text), owner=owner_message(owner)
        )

    async def GrantApiKey(self, request: oauth_service_pb2.GrantApiKeyRequest, context: Context) -> links_pb2.ApiKey:
        """Give an application an API key of an account."""
        del context
        key, secret = await self._issuer.issue(request.owner_id, oauth.key_draft(request.title, request.client_id))
        return api_key_message(key, secret.text)
