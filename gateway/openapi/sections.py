"""The sections of the documentation: one a service, named for people."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.openapi.contract import Contract
from gateway.surface import Surface

# Of the native surface, in the order of the page; others follow by their own names.
_NATIVE: Final = {
    "linkmeter.links.v1.LinkService": "Links",
    "linkmeter.links.v1.TagService": "Tags",
    "linkmeter.links.v1.ApiKeyService": "API keys",
    "linkmeter.links.v1.DomainService": "Domains",
    "linkmeter.links.v1.ImportService": "Moving in",
    "linkmeter.analytics.v1.ClickService": "Clicks",
    "linkmeter.analytics.v1.StatsService": "Statistics",
    "linkmeter.links.v1.ShareService": "Sharing",
    "linkmeter.links.v1.SessionService": "Signing in",
}
# OAuth is one word.
_WORD: Final = re.compile(r"[A-Z]?[A-Z][a-z]+")


@dataclass(frozen=True, slots=True)
class Section:
    """A service and what its section is called."""

    service: str
    name: str


def sections_of(surface: Surface, contract: Contract) -> Sequence[Section]:
    """Return the sections of a surface in the order of the page."""
    services = [service for package in surface.packages for service in contract.services(package)]
    known = list(_NATIVE)
    services.sort(key=lambda service: (known.index(service) if service in known else len(known), service))
    return [Section(service, _name(surface, service, is_only=len(services) == 1)) for service in services]


def _name(surface: Surface, service: str, *, is_only: bool) -> str:
    if service in _NATIVE:
        return _NATIVE[service]
    if is_only:
        return surface.title
    name = service.rpartition(".")[2].removesuffix("Service").removeprefix(surface.name.capitalize())
    words = [word if word[1].isupper() else word.lower() for word in _WORD.findall(name)]
    return f"{surface.title}: {' '.join(words) or 'links and statistics'}"
