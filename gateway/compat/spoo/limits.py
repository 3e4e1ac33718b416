"""How often somebody may call."""

from gateway.compat.shared.limits import Quotas
from gateway.compat.spoo.access import Visitor
from gateway.compat.spoo.figures import Figures


class CallLimits:
    """Counts calls by group, and by key or address."""

    def __init__(self, *, quotas: Quotas, figures: Figures) -> None:
        self._quotas = quotas
        self._figures = figures

    async def spend(self, group: str, visitor: Visitor) -> None:
        """Count a call; refuse one too many."""
        figures = self._figures.known if visitor.caller else self._figures.anonymous
        await self._quotas.spend(figures[group], visitor.name)

    async def state(self) -> str:
        """Say how what counts the calls is: ok, error or not_configured."""
        return await self._quotas.state()
