"""Checks passwords of accounts, with the limits of promise S6."""

from services.common.errors import InvalidArgument, ResourceExhausted, Unauthenticated
from services.links import metrics
from services.links.domain import passwords
from services.links.domain.owners import MAX_LOGIN, Owner
from services.links.guess_limits import GuessLimits
from services.links.password_worker import PasswordWorker
from services.links.store.owners import OwnerStore
from services.runtime.background import Background


class OwnerPasswords:
    """The one place where somebody guesses an account's password."""

    def __init__(
        self, *, store: OwnerStore, guess_limits: GuessLimits, password_worker: PasswordWorker, background: Background
    ) -> None:
        self._store = store
        self._guess_limits = guess_limits
        self._password_worker = password_worker
        self._background = background

    async def verify(self, login: str, password: str, client_ip: str) -> Owner:
        """Return the account of a login and password.

        Raises Unauthenticated when they do not belong together, ResourceExhausted after too many guesses,
        InvalidArgument for a password that is too long for any.
        """
        if len(password) > passwords.MAX_LENGTH:
            raise InvalidArgument("password", f"must have at most {passwords.MAX_LENGTH} characters")
        # Accounts that are not there are counted and take time like others.
        login = login[: MAX_LOGIN + 1]
        await self._take_guess(login, client_ip)
        owner = await self._store.find_by_login(login)
        is_right = await self._password_worker.is_right(password, owner.password if owner else None)
        if owner is None or not is_right:
            metrics.OWNER_PASSWORD_GUESSES.labels("wrong").inc()
            raise Unauthenticated("login and password do not belong together")
        metrics.OWNER_PASSWORD_GUESSES.labels("right").inc()
        self._background.start(self._guess_limits.give_back_owner(login, client_ip))
        return owner

    async def _take_guess(self, login: str, client_ip: str) -> None:
        try:
            await self._guess_limits.take_owner(login, client_ip)
        except ResourceExhausted:
            metrics.OWNER_PASSWORD_GUESSES.labels("refused").inc()
            raise
