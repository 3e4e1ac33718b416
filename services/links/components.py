"""What the servicers are made of, connected once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import grpc

from services.common.clock import Clock
from services.links import link_rankings
from services.links.accounts import Accounts
from services.links.applications import Applications
from services.links.authentication import Authenticator
from services.links.batch_writer import BatchWriter
from services.links.code_check import CodeCheck
from services.links.dns_lookup import DnsLookup
from services.links.domain.domains import Proofs
from services.links.domain_lookup import DomainLookup
from services.links.domain_registry import DomainRegistry
from services.links.guess_limits import GuessLimits
from services.links.importing import clicks as import_clicks
from services.links.importing.clicks import ImportClicks
from services.links.importing.importer import Importer
from services.links.key_issuer import KeyIssuer
from services.links.link_lists import LinkLists
from services.links.link_rankings import LinkRankings
from services.links.link_writer import LinkWriter
from services.links.password_worker import PasswordWorker
from services.links.publisher import Publisher
from services.links.settings import SCHEMA, Settings
from services.links.shares import Shares
from services.links.signing_in.oidc_provider import OidcProvider
from services.links.signing_in.owner_passwords import OwnerPasswords
from services.links.signing_in.sessions import Sessions
from services.links.signing_in.sign_in import SignIn
from services.links.signing_in.single_sign_on import SingleSignOn
from services.links.store.claims import ClaimStore
from services.links.store.creation import CreationStore
from services.links.store.credentials import CredentialStore
from services.links.store.domain_claims import DomainClaimStore
from services.links.store.domains import DomainStore
from services.links.store.identities import IdentityStore
from services.links.store.import_undo import ImportUndoStore
from services.links.store.imported_links import ImportedLinkStore
from services.links.store.imports import ImportStore
from services.links.store.link_batches import LinkBatchStore
from services.links.store.link_graph import LinkGraphStore
from services.links.store.link_lists import LinkListStore
from services.links.store.links import LinkStore
from services.links.store.oauth import OAuthStore
from services.links.store.owners import OwnerStore
from services.links.store.sessions import OneTimeTokenStore, SessionStore
from services.links.store.shares import ShareStore
from services.links.store.tags import TagStore
from services.runtime import postgres, redis_client, rpc_client
from services.runtime.background import Background

# With the one for health, sixteen connections a process.
_POOL_SIZE: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Connections, stores and helpers of one process."""

    settings: Settings
    clock: Clock
    pool: postgres.Pool
    redis: redis_client.Client
    background: Background
    publisher: Publisher
    password_worker: PasswordWorker
    guess_limits: GuessLimits
    links: LinkStore
    link_batches: LinkBatchStore
    link_lists: LinkLists
    creations: CreationStore
    credentials: CredentialStore
    domains: DomainStore
    domain_claims: DomainClaimStore
    owners: OwnerStore
    oauth: OAuthStore
    link_graph: LinkGraphStore
    tags: TagStore
    imports: ImportStore
    imported_links: ImportedLinkStore
    analytics: grpc.aio.Channel
    import_clicks: ImportClicks
    importer: Importer
    authenticator: Authenticator
    session_store: SessionStore
    sessions: Sessions
    share_store: ShareStore
    shares: Shares
    identities: IdentityStore
    single_sign_on: SingleSignOn | None
    sign_in: SignIn
    passwords: OwnerPasswords
    accounts: Accounts
    issuer: KeyIssuer
    applications: Applications
    writer: LinkWriter
    batch_writer: BatchWriter
    code_check: CodeCheck
    proofs: Proofs
    registry: DomainRegistry

    async def close(self) -> None:
        """Finish what is under way, then disconnect."""
        await self.background.stop()
        await self.publisher.stop()
        self.password_worker.stop()
        if self.single_sign_on is not None:
            await self.single_sign_on.close()
        await self.analytics.close()
        await self.redis.aclose()
        # close() would wait for ever on a PostgreSQL that hangs.
        self.pool.terminate()


async def connect(settings: Settings, *, clock: Clock, next_code: Callable[[int], str]) -> Parts:
    """Put the parts together; PostgreSQL and Redis need not be up yet."""
    pool = await postgres.open_pool(settings.postgres_url, SCHEMA, max_size=_POOL_SIZE, has_session_state=False)
    client = redis_client.open_redis(settings.redis_url)
    breaker = redis_client.Breaker()
    background = Background(postgres.outage_of)
    publisher = Publisher(client, breaker)
    password_worker = PasswordWorker()
    analytics = rpc_client.open_channel(
        settings.analytics_address,
        idempotent=(*import_clicks.IDEMPOTENT, *link_rankings.IDEMPOTENT),
        tls=settings.server.tls,
        peer_name=settings.analytics_tls_name,
    )
    imports, imported_links, clicks = ImportStore(pool), ImportedLinkStore(pool), ImportClicks(analytics)
    links, creations, domains = LinkStore(pool), CreationStore(pool), DomainStore(pool)
    link_batches, domain_lookup = LinkBatchStore(pool), DomainLookup(domains)
    claims, proofs = DomainClaimStore(pool), Proofs(settings.secret)
    credentials, owners, oauth = CredentialStore(pool), OwnerStore(pool), OAuthStore(pool)
    guess_limits = GuessLimits(client, settings.redis_url, breaker, settings.secret)
    session_store = SessionStore(pool, settings.session_lifetimes)
    sessions = Sessions(store=session_store, lifetimes=settings.session_lifetimes, clock=clock, background=background)
    share_store = ShareStore(pool)
    shares = Shares(
        store=share_store,
        guess_limits=guess_limits,
        password_worker=password_worker,
        background=background,
        clock=clock,
        secret=settings.secret,
        public_url=settings.public_url.url,
    )
    identities = IdentityStore(pool)
    single_sign_on = _single_sign_on(settings, identities, clock)
    passwords = OwnerPasswords(
        store=owners, guess_limits=guess_limits, password_worker=password_worker, background=background
    )
    return Parts(
        settings=settings,
        clock=clock,
        pool=pool,
        redis=client,
        background=background,
        publisher=publisher,
        password_worker=password_worker,
        guess_limits=guess_limits,
        links=links,
        link_batches=link_batches,
        link_lists=LinkLists(
            links=links,
            batches=link_batches,
            lists=LinkListStore(pool),
            rankings=LinkRankings(analytics),
            clock=clock,
        ),
        creations=creations,
        credentials=credentials,
        domains=domains,
        domain_claims=claims,
        owners=owners,
        oauth=oauth,
        link_graph=LinkGraphStore(pool),
        tags=TagStore(pool),
        imports=imports,
        imported_links=imported_links,
        analytics=analytics,
        import_clicks=clicks,
        importer=Importer(
            imports=imports,
            links=imported_links,
            undos=ImportUndoStore(pool),
            clicks=clicks,
            publisher=publisher,
            background=background,
            clock=clock,
        ),
        authenticator=Authenticator(
            store=credentials, sessions=sessions, shares=shares, clock=clock, background=background
        ),
        session_store=session_store,
        sessions=sessions,
        share_store=share_store,
        shares=shares,
        identities=identities,
        single_sign_on=single_sign_on,
        sign_in=SignIn(
            sessions=sessions,
            passwords=passwords,
            keys=credentials,
            one_time_tokens=OneTimeTokenStore(pool),
            single_sign_on=single_sign_on,
            clock=clock,
            takes_passwords=settings.password_sign_in,
        ),
        passwords=passwords,
        accounts=Accounts(store=owners, password_worker=password_worker, clock=clock),
        issuer=KeyIssuer(store=credentials, clock=clock),
        applications=Applications(store=oauth, clock=clock),
        writer=LinkWriter(
            links=links,
            creations=creations,
            claims=ClaimStore(pool),
            domains=domain_lookup,
            hosts=settings.hosts,
            publisher=publisher,
            password_worker=password_worker,
            background=background,
            clock=clock,
            secret=settings.secret,
            next_code=next_code,
        ),
        batch_writer=BatchWriter(links=link_batches, publisher=publisher, background=background, clock=clock),
        code_check=CodeCheck(links=links, domains=domain_lookup),
        proofs=proofs,
        registry=DomainRegistry(
            store=domains,
            claims=claims,
            hosts=settings.hosts,
            dns=DnsLookup(settings.dns_resolver),
            proofs=proofs,
            clock=clock,
            most_per_owner=settings.domains_per_owner,
        ),
    )


def _single_sign_on(settings: Settings, store: IdentityStore, clock: Clock) -> SingleSignOn | None:
    if settings.oidc is None:
        return None
    return SingleSignOn(
        settings=settings.oidc,
        provider=OidcProvider(settings.oidc, clock),
        store=store,
        clock=clock,
        public_url=settings.public_url.url,
    )
