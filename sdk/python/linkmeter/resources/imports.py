"""Links and clicks that another product had. `linkmeter.moving` has what reads them there."""

import builtins
from collections.abc import Iterable

from linkmeter import methods
from linkmeter.links.v1 import import_service_pb2 as messages
from linkmeter.resource import Resource, TransportT, listing, operation
from linkmeter.rpc import Call, Listing


class Imports(Resource[TransportT]):
    """The account's imports. Every call may be repeated: each link is created once, and each click counts once."""

    @operation
    def create(self, origin: str, identity: str) -> Call[messages.Import]:
        """Begin an import, or return the one that the account has of this origin.

        Args:
            origin: The product, for instance yourls: 1 to 32 characters of a-z 0-9 _ -.
            identity: What tells this origin from others of the product and stays the same, for instance its URL.

        """
        return methods.CREATE_IMPORT(messages.CreateImportRequest(origin=origin, origin_identity=identity))

    @operation
    def get(self, import_id: int) -> Call[messages.Import]:
        """Return an import. NotFound: it is absent, or somebody else's."""
        return methods.GET_IMPORT(messages.GetImportRequest(import_id=import_id))

    @listing
    def list(self, *, page_size: int = 200, page_token: str = "") -> Listing[messages.Import]:
        """Return the account's imports, newest first, those that were undone included."""
        request = messages.ListImportsRequest(page_size=page_size, page_token=page_token)
        return Listing(methods.LIST_IMPORTS(request), "imports")

    @operation
    def links(
        self, import_id: int, links: Iterable[messages.ImportedLink], *, validate_only: bool = False
    ) -> Call[builtins.list[messages.ImportLinkResult]]:
        """Create links, or find those that are there, and return what became of each, in their order.

        Args:
            import_id: The import.
            links: 1 to 1,000 of them.
            validate_only: True to change nothing, and to hear what would become of them.

        Raises:
            FailedPrecondition: The import was undone.

        """
        request = messages.ImportLinksRequest(import_id=import_id, links=links, validate_only=validate_only)
        return methods.IMPORT_LINKS(request).then(lambda answer: [*answer.results])

    @operation
    def clicks(
        self, import_id: int, clicks: Iterable[messages.ImportedClick], *, validate_only: bool = False
    ) -> Call[messages.ImportClicksResponse]:
        """Store clicks, a batch whole or not at all; those that came before are passed over.

        Args:
            import_id: The import.
            clicks: At most 1,000, in the order of their sequence, without gaps.
            validate_only: True to store nothing, and to hear which would be set aside.

        Raises:
            Aborted: They do not go on behind the mark; `metadata["next_sequence"]` says what does.
            FailedPrecondition: The import was undone.

        """
        request = messages.ImportClicksRequest(import_id=import_id, clicks=clicks, validate_only=validate_only)
        return methods.IMPORT_CLICKS(request)

    @operation
    def finish(self, import_id: int) -> Call[messages.Import]:
        """Note that all was brought, and return the import. A later batch opens it again."""
        return methods.FINISH_IMPORT(messages.FinishImportRequest(import_id=import_id))

    @operation
    def undo(self, import_id: int) -> Call[messages.UndoImportResponse]:
        """Take an import back: its clicks, and those links that it created and nobody changed or followed since.

        Raises:
            FailedPrecondition: Clicks of it are sums by now, in which nothing tells them from others.

        """
        return methods.UNDO_IMPORT(messages.UndoImportRequest(import_id=import_id))
