"""The calls of an import."""

from collections.abc import Iterator, Sequence

from linkmeter.errors import Aborted, NotFound
from linkmeter.links.v1 import domain_service_pb2, import_service_pb2, link_service_pb2, links_pb2
from linkmeter.methods import (
    CREATE_IMPORT,
    DELETE_LINK,
    FINISH_IMPORT,
    GET_IMPORT,
    IMPORT_CLICKS,
    IMPORT_LINKS,
    LIST_DOMAINS,
    LIST_IMPORTS,
    UNDO_IMPORT,
)
from linkmeter.moving.importing.options import ImportFailed
from linkmeter.moving.patience import PatientSender
from linkmeter.paging import Pager
from linkmeter.rpc import Listing


class ImportServer:
    """Sends an import's calls for one account. All of them may be repeated."""

    def __init__(self, sender: PatientSender) -> None:
        self._send = sender.send

    def create(self, origin: str, identity: str) -> import_service_pb2.Import:
        """Return the account's import of an origin, which begins now or is there."""
        return self._send(
            CREATE_IMPORT(import_service_pb2.CreateImportRequest(origin=origin, origin_identity=identity))
        )

    def get(self, import_id: int) -> import_service_pb2.Import:
        """Return an import. Raise NotFound when the account has none of this id."""
        return self._send(GET_IMPORT(import_service_pb2.GetImportRequest(import_id=import_id)))

    def list(self) -> Iterator[import_service_pb2.Import]:
        """Yield the account's imports, newest first."""
        listing: Listing[import_service_pb2.Import] = Listing(
            LIST_IMPORTS(import_service_pb2.ListImportsRequest(page_size=1000)), "imports"
        )
        return iter(Pager(self._send, listing))

    def import_links(
        self, import_id: int, links: Sequence[import_service_pb2.ImportedLink], *, validate_only: bool
    ) -> Sequence[import_service_pb2.ImportLinkResult]:
        """Create or find links, or only say what would become of them."""
        request = import_service_pb2.ImportLinksRequest(import_id=import_id, links=links, validate_only=validate_only)
        return self._send(IMPORT_LINKS(request)).results

    def import_clicks(
        self, import_id: int, clicks: Sequence[import_service_pb2.ImportedClick], *, validate_only: bool = False
    ) -> import_service_pb2.ImportClicksResponse:
        """Store a batch, or only say which of it would be set aside.

        Raise ImportFailed when somebody else brings this import's clicks at the same time.
        """
        try:
            request = import_service_pb2.ImportClicksRequest(
                import_id=import_id, clicks=clicks, validate_only=validate_only
            )
            return self._send(IMPORT_CLICKS(request))
        except Aborted as problem:
            raise ImportFailed(
                f"another run of this import goes on elsewhere ({problem.message}); wait for it, then begin again"
            ) from problem

    def finish(self, import_id: int) -> import_service_pb2.Import:
        """Note that all was brought."""
        return self._send(FINISH_IMPORT(import_service_pb2.FinishImportRequest(import_id=import_id)))

    def undo(self, import_id: int) -> import_service_pb2.UndoImportResponse:
        """Take an import back as a whole."""
        return self._send(UNDO_IMPORT(import_service_pb2.UndoImportRequest(import_id=import_id)))

    def delete_link(self, link_id: int) -> None:
        """Delete a link; one that is gone already is no problem."""
        try:
            self._send(DELETE_LINK(link_service_pb2.DeleteLinkRequest(link_id=link_id)))
        except NotFound:
            return

    def usable_domains(self) -> frozenset[str]:
        """Return the host names under which the account can create links."""
        domains = self._send(LIST_DOMAINS(domain_service_pb2.ListDomainsRequest())).domains
        return frozenset(domain.host for domain in domains if domain.state != links_pb2.DOMAIN_STATE_UNVERIFIED)
