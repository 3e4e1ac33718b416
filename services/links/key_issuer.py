"""Makes API keys: for their owners, for applications and for operators."""

from services.common.clock import Clock
from services.common.errors import Internal
from services.links.domain import credentials
from services.links.domain.credentials import ApiKey, ApiKeyDraft, Secret
from services.links.store.credentials import CredentialStore


class KeyIssuer:
    """Checks, draws and keeps API keys."""

    def __init__(self, *, store: CredentialStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def issue(self, owner_id: int, draft: ApiKeyDraft) -> tuple[ApiKey, Secret]:
        """Make a key and return its secret, this once; NotFound when there is no such account."""
        now = self._clock.now()
        credentials.check_api_key(draft, now)
        secret = credentials.new_api_key()
        key = await self._store.add_api_key(owner_id, draft, secret, now)
        if key is None:
            raise Internal("a random key was drawn twice")
        return key, secret
