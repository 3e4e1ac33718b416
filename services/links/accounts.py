"""Makes accounts and groups: for callers and for operators."""

from dataclasses import replace

from services.common.clock import Clock
from services.common.errors import NotFound
from services.links.domain import owners
from services.links.domain.owners import Owner, OwnerDraft, Workspace
from services.links.password_worker import PasswordWorker
from services.links.store.owners import OwnerStore


class Accounts:
    """Checks and keeps accounts and groups."""

    def __init__(self, *, store: OwnerStore, password_worker: PasswordWorker, clock: Clock) -> None:
        self._store = store
        self._password_worker = password_worker
        self._clock = clock

    async def create_workspace(self, title: str) -> Workspace:
        """Make a group."""
        owners.check_workspace(title)
        return await self._store.add_workspace(title, self._clock.now())

    async def create_owner(self, draft: OwnerDraft, password: str) -> Owner:
        """Make an account, without a password when it is empty."""
        draft = replace(draft, display_name=draft.display_name or draft.login)
        owners.check_owner(draft)
        if password:
            owners.check_password(password)
        stored = await self._password_worker.protect(password) if password else None
        return await self._store.add(draft, stored, self._clock.now())

    async def set_password(self, login: str, password: str) -> None:
        """Give an account a password in place of the one that it may have had; NotFound when it is not there."""
        owners.check_password(password)
        if not await self._store.set_password(login, await self._password_worker.protect(password)):
            raise NotFound("owner", login)

    async def of_login(self, login: str) -> Owner:
        """Find an account by the name that it signs in with; NotFound when there is none."""
        owner = await self._store.find_by_login(login)
        if owner is None:
            raise NotFound("owner", login)
        return owner
