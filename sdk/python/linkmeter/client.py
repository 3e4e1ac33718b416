"""The two clients: the same API, one for programs that wait and one for those of asyncio."""

import os
from types import TracebackType
from typing import Final, Generic, Self

from linkmeter.channel import Endpoint, endpoint
from linkmeter.methods import all_methods
from linkmeter.resource import TransportT
from linkmeter.resources.account import Account
from linkmeter.resources.api_keys import ApiKeys
from linkmeter.resources.clicks import Clicks
from linkmeter.resources.domains import Domains
from linkmeter.resources.imports import Imports
from linkmeter.resources.ledger import Ledger
from linkmeter.resources.links import Links
from linkmeter.resources.stats import Stats
from linkmeter.resources.tags import Tags
from linkmeter.transport import AsyncTransport, SyncTransport

# As long as the gateway gives a call at most.
DEFAULT_TIMEOUT_SECONDS: Final = 20.0


class _Api(Generic[TransportT]):
    """All resources on one transport."""

    def __init__(self, transport: TransportT) -> None:
        self.transport = transport
        self.links = Links(transport)
        self.stats = Stats(transport)
        self.clicks = Clicks(transport)
        self.api_keys = ApiKeys(transport)
        self.domains = Domains(transport)
        self.tags = Tags(transport)
        self.imports = Imports(transport)
        self.ledger = Ledger(transport)
        self.account = Account(transport)


class Client(_Api[SyncTransport]):
    """A connection to an installation, for one account. Threads may share it.

    It connects with the first call. Use it as a context manager, or close it.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        ca: str | os.PathLike[str] | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> None:
        """Say how the installation is reached.

        Args:
            url: Its public address, https://sho.rt or http://localhost:8080. Default: LINKMETER_URL.
            api_key: The account's key, lm_…, or the edit token of one link. Default: LINKMETER_API_KEY.
            ca: File with the certificates (PEM) to trust instead of the system's.
            timeout: Seconds that a call may take with all its repeats.

        Raises:
            InvalidArgument: One of them makes no sense, or there is no url.

        """
        super().__init__(SyncTransport(_endpoint(url, api_key, ca, timeout)))

    def close(self) -> None:
        """Close the connection; calls in hand are cancelled."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(_Api[AsyncTransport]):
    """A connection to an installation, for one account, in the event loop that sends the first call.

    It connects with the first call. Use it as an asynchronous context manager, or close it.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        ca: str | os.PathLike[str] | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> None:
        """Say how the installation is reached; as Client."""
        super().__init__(AsyncTransport(_endpoint(url, api_key, ca, timeout)))

    async def close(self) -> None:
        """Close the connection; calls in hand are cancelled."""
        await self.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        await self.close()


def _endpoint(url: str | None, api_key: str | None, ca: str | os.PathLike[str] | None, timeout: float) -> Endpoint:
    return endpoint(
        os.environ.get("LINKMETER_URL", "") if url is None else url,
        os.environ.get("LINKMETER_API_KEY", "") if api_key is None else api_key,
        ca,
        timeout,
        all_methods(),
    )
