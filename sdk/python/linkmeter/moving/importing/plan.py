"""Plan the links of an import: what would become of each is known before anything is written."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from linkmeter.links.v1 import import_service_pb2
from linkmeter.moving.archive.items import ArchivedLink
from linkmeter.moving.importing.conversion import imported_link, plain
from linkmeter.moving.importing.link_batches import in_batches
from linkmeter.moving.importing.options import ImportOptions, OnClash
from linkmeter.moving.importing.server import ImportServer
from linkmeter.moving.importing.state import Outcome, PlannedLink, State
from linkmeter.moving.importing.tally import Tally
from linkmeter.moving.origin import OriginLink, Problem

_MOST_SUFFIX: Final = 50
# Longer ones are refused, however long they are.
_LONGEST_CODE: Final = 512

_PLANNED: Final = {
    import_service_pb2.IMPORT_LINK_OUTCOME_CREATED: Outcome.CREATE,
    import_service_pb2.IMPORT_LINK_OUTCOME_EXISTS: Outcome.ATTACH,
    import_service_pb2.IMPORT_LINK_OUTCOME_CODE_TAKEN: Outcome.CLASH,
    import_service_pb2.IMPORT_LINK_OUTCOME_REFUSED: Outcome.REFUSE,
}


@dataclass
class LinkTallies:
    """What is to be said of links, by reason."""

    unreadable: Tally = field(default_factory=Tally)
    adjusted: Tally = field(default_factory=Tally)
    refused: Tally = field(default_factory=Tally)
    clashes: Tally = field(default_factory=Tally)


class LinkPlanner:
    """Asks the server, in batches, what would become of the origin's links, and notes it in the state."""

    def __init__(
        self, *, server: ImportServer, import_id: int, state: State, options: ImportOptions, now: datetime
    ) -> None:
        self._server = server
        self._import_id = import_id
        self._state = state
        self._options = options
        self._now = now
        self._usable: Collection[str] = server.usable_domains()
        # Where links of this batch go, by domain and code.
        self._targets: dict[tuple[str, str], PlannedLink] = {}
        # Of this batch, where nothing goes, and why: what the link became that wanted to go there.
        self._lost: dict[tuple[str, str], Outcome] = {}
        # Why links of this batch clash, by number.
        self._why: dict[int, str] = {}
        self.tallies = LinkTallies()

    def plan(self, links: Iterable[OriginLink | Problem], advance: Callable[[int], None]) -> None:
        """Plan all links anew; advance is told how many came along."""
        self._state.forget_links()
        for batch in in_batches(self._begun(links, advance)):
            self._targets, self._lost, self._why = {}, {}, {}
            self._decide(batch)
            self._state.save(batch)

    def _begun(self, links: Iterable[OriginLink | Problem], advance: Callable[[int], None]) -> Iterator[PlannedLink]:
        number = 0
        for link in links:
            if isinstance(link, Problem):
                self.tallies.unreadable.add(link.reason, link.place, link.message)
            else:
                number += 1
                advance(1)
                yield self._begin(link, number)

    def _begin(self, link: OriginLink, number: int) -> PlannedLink:
        message = imported_link(link, now=self._now, adjusted=self.tallies.adjusted)
        domain = self._options.domain_for(link.domain, self._usable)
        message.link.domain, message.link.code = plain(domain), plain(link.code[:_LONGEST_CODE])
        return PlannedLink(
            number=number,
            place=link.place,
            origin_domain=plain(link.domain),
            origin_code=plain(link.code),
            domain=message.link.domain,
            code=message.link.code,
            destination=message.link.destination,
            message=message.SerializeToString(),
            is_deleted=isinstance(link, ArchivedLink) and link.is_deleted,
            outcome=Outcome.CREATE,
        )

    def _decide(self, batch: Sequence[PlannedLink]) -> None:
        """Find out what becomes of links; those that clash get another place, as far as the options give them one."""
        self._ask(batch)
        for link in clashing(batch):
            if link.is_deleted:
                # Only its clicks would have come with it, to a code that is somebody's now.
                link.outcome = Outcome.SKIP
            self.tallies.clashes.add("CODE_TAKEN", f"{link.place}, code {link.code}", self._why[link.number])
        if self._options.on_clash is OnClash.DOMAIN:
            self._move(clashing(batch), lambda link: (self._options.clash_domain, link.code))
        if self._options.on_clash is OnClash.SUFFIX:
            for suffix in range(2, _MOST_SUFFIX + 1):
                self._move(clashing(batch), lambda link, suffix=suffix: (link.domain, f"{link.origin_code}-{suffix}"))  # type: ignore[misc]
        if self._options.on_clash is OnClash.SKIP:
            for link in clashing(batch):
                link.outcome = Outcome.SKIP

    def _move(self, links: Sequence[PlannedLink], target: Callable[[PlannedLink], tuple[str, str]]) -> None:
        """Try other places for links that clash."""
        for link in links:
            link.domain, link.code = target(link)
            message = import_service_pb2.ImportedLink.FromString(link.message)
            message.link.domain, message.link.code = link.domain, link.code
            link.message = message.SerializeToString()
        self._ask(links)

    def _ask(self, links: Sequence[PlannedLink]) -> None:
        """Ask what would become of links, but of those that meet another one of the origin."""
        asked = [link for link in links if not self._meets_another(link)]
        if not asked:
            return
        messages = [import_service_pb2.ImportedLink.FromString(link.message) for link in asked]
        results = self._server.import_links(self._import_id, messages, validate_only=True)
        for link, result in zip(asked, results, strict=True):
            self._note(link, result)
        for link in links:
            self._follow(link)

    def _meets_another(self, link: PlannedLink) -> bool:
        """Return whether another link of the origin goes to the same place; it decides, or shares it."""
        target = link.domain, link.code
        other = self._targets.setdefault(target, link)
        leads_to = self._state.destination_at(*target) if other is link else other.destination
        if leads_to is None:
            return False
        link.outcome = Outcome.SHARE if leads_to == link.destination else Outcome.CLASH
        self._why[link.number] = "another link of the origin has this code"
        return True

    def _note(self, link: PlannedLink, result: import_service_pb2.ImportLinkResult) -> None:
        link.outcome, link.link_id = _PLANNED[result.outcome], result.link_id
        if link.outcome is Outcome.ATTACH and result.created_by_import:
            link.outcome = Outcome.SAME
        if link.outcome is Outcome.REFUSE:
            place = f"{link.place}, code {link.code}"
            self.tallies.refused.add(result.reason or "REFUSED", place, f"{result.field} {result.message}")
        if link.outcome in {Outcome.REFUSE, Outcome.CLASH}:
            self._why[link.number] = result.message
            del self._targets[link.domain, link.code]
            self._lost[link.domain, link.code] = link.outcome

    def _follow(self, link: PlannedLink) -> None:
        """Let a link that was to share another one's place have the same outcome where that did not get it."""
        lost = self._lost.get((link.domain, link.code))
        if link.outcome is Outcome.SHARE and lost is not None:
            link.outcome = lost
            self._why[link.number] = "another link of the origin has this code, and could not have it either"
            if lost is Outcome.REFUSE:
                self.tallies.refused.add("REFUSED", f"{link.place}, code {link.code}", self._why[link.number])


def clashing(links: Iterable[PlannedLink]) -> list[PlannedLink]:
    """Return the links that clash."""
    return [link for link in links if link.outcome is Outcome.CLASH]
