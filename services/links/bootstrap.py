"""What a start writes: the installation's own domain and the first owner's key."""

import asyncio
from typing import Final

import asyncpg

from services.common.caller import SCOPES
from services.common.clock import Clock
from services.common.errors import Unavailable
from services.links.domain.credentials import ApiKeyDraft, Secret
from services.links.domain.owners import FIRST_OWNER_ID
from services.links.settings import Settings
from services.links.store.credentials import CredentialStore
from services.links.store.domains import DomainStore
from services.runtime import log, postgres

_PAUSE_SECONDS: Final = 0.5
_KEY_TITLE: Final = "first key"

_logger = log.get(__name__)


class Bootstrap:
    """Writes what must be there, as soon as PostgreSQL and the tables are."""

    def __init__(self, *, settings: Settings, domains: DomainStore, credentials: CredentialStore, clock: Clock) -> None:
        self._settings = settings
        self._domains = domains
        self._credentials = credentials
        self._clock = clock
        self.is_done = False

    async def run(self) -> None:
        """Write, and try again while PostgreSQL is down or not migrated yet."""
        while not await self.attempt():  # noqa: ASYNC110 - nothing announces that PostgreSQL is back
            await asyncio.sleep(_PAUSE_SECONDS)

    async def check(self) -> None:
        """Raise Unavailable until everything is written: for the health check."""
        if not self.is_done:
            raise Unavailable("the start is not finished")

    async def attempt(self) -> bool:
        """Write; return whether that was possible."""
        try:
            await self._put_domain()
            await self._put_key()
        except asyncpg.UndefinedTableError:
            _logger.warning("tables_missing", hint="python -m services.links migrate")
            return False
        except Exception as problem:
            if postgres.outage_of(problem) is None:
                raise
            _logger.warning("database_down", error=type(problem).__name__)
            return False
        self.is_done = True
        return True

    async def _put_domain(self) -> None:
        own = self._settings.public_url
        displaced = await self._domains.put_own(own, self._clock.now())
        if displaced:
            _logger.warning("domain_displaced", domain_id=displaced, host=own.host)

    async def _put_key(self) -> None:
        if not self._settings.api_key:
            return
        # Written once: a first key that its owner revoked stays revoked, however often this runs.
        draft = ApiKeyDraft(title=_KEY_TITLE, scopes=frozenset(SCOPES))
        await self._credentials.add_api_key(FIRST_OWNER_ID, draft, Secret(self._settings.api_key), self._clock.now())
