"""Shared statistics, as the owner shares them and as a stranger's browser opens them."""

from dataclasses import dataclass

from linkmeter.links.v1 import share_service_pb2, share_service_pb2_grpc
from tests.support.links_service import OWNER, Links, Metadata
from tests.support.sessions import ADDRESS, Browser, answered, channel_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A share that a browser has opened."""

    link: share_service_pb2.SharedLink
    browser: Browser
    tag: str
    set_cookie: str

    def sends(self, **headers: str) -> Metadata:
        """Return the metadata of a call of the page that shows it."""
        return self.browser.sends(**{"x_share": self.tag, **headers})


async def create(links: Links, link_id: int, metadata: Metadata = OWNER, **fields: object) -> share_service_pb2.Share:
    """Share a link's statistics."""
    share = share_service_pb2.Share(link_id=link_id, **fields)  # type: ignore[arg-type]
    return await links.shares.CreateShare(share_service_pb2.CreateShareRequest(share=share), metadata=metadata)


def token_of(share: share_service_pb2.Share) -> str:
    """Return what stands behind the # of a share's address."""
    return share.url.partition("#")[2]


async def open_share(
    links: Links, token: str, password: str = "", *, client_ip: str = ADDRESS, browser: Browser | None = None
) -> Opened:
    """Open a share, in a browser with or without cookies."""
    request = share_service_pb2.OpenShareRequest(token=token, password=password)
    known = browser or Browser()
    async with channel_of(links) as channel:
        stub = share_service_pb2_grpc.ShareServiceStub(channel)
        link, [set_cookie] = await answered(stub.OpenShare(request, metadata=known.sends(client_ip=client_ip)))
    cookies = "; ".join(filter(None, (known.cookie, set_cookie.partition(";")[0])))
    return Opened(link, Browser(cookies), token.removeprefix("shr_")[:8], set_cookie)


async def delete(links: Links, share_id: int, metadata: Metadata = OWNER) -> None:
    """Take a share back."""
    await links.shares.DeleteShare(share_service_pb2.DeleteShareRequest(share_id=share_id), metadata=metadata)


async def listed(links: Links, link_id: int, metadata: Metadata = OWNER) -> list[share_service_pb2.Share]:
    """List a link's shares."""
    request = share_service_pb2.ListSharesRequest(link_id=link_id)
    return list((await links.shares.ListShares(request, metadata=metadata)).shares)


async def shown(links: Links, metadata: Metadata) -> share_service_pb2.SharedLink:
    """Ask what the caller may see statistics of."""
    return await links.shares.GetSharedLink(share_service_pb2.GetSharedLinkRequest(), metadata=metadata)
