"""Finding domains by their hosts, for many callers with one statement."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from services.links.domain.domains import Domain
from services.links.store.domains import DomainStore
from services.runtime.batches import Batches


@dataclass(frozen=True, slots=True)
class _Question:
    hosts: frozenset[str]
    answer: "asyncio.Future[Mapping[str, Domain]]"


class DomainLookup:
    """Finds domains as they are: nothing is kept from one question for another that comes later.

    Questions of the same moment share a statement. Creating a link asks one, and a statement of its own for each
    would cost as much as storing the link.
    """

    def __init__(self, store: DomainStore) -> None:
        self._store = store
        self._batches = Batches[_Question](self._answer)

    async def find_all(self, hosts: Collection[str]) -> Mapping[str, Domain]:
        """Find those of these hosts that are domains of anybody; raise what PostgreSQL raises."""
        question = _Question(frozenset(hosts), asyncio.get_running_loop().create_future())
        self._batches.add(question)
        return await question.answer

    async def _answer(self, questions: list[_Question]) -> None:
        try:
            found = await self._store.find_all(frozenset[str]().union(*(question.hosts for question in questions)))
        except Exception as problem:  # noqa: BLE001 - whoever asks is told
            for question in questions:
                if not question.answer.done():
                    question.answer.set_exception(problem)
            return
        for question in questions:
            # Whoever asked may have gone.
            if not question.answer.done():
                question.answer.set_result({host: found[host] for host in question.hosts if host in found})
