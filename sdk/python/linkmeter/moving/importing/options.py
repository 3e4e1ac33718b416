"""What an import may be told."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class ImportFailed(Exception):
    """An import cannot go on; the sentence says why and what to do. What was brought so far stays."""


class OnClash(StrEnum):
    """What becomes of a link whose code belongs to another link already. Nothing is ever overwritten."""

    FAIL = "fail"  # nothing at all is written
    SKIP = "skip"  # it is left out, and so are its clicks
    DOMAIN = "domain"  # it gets its code in another domain
    SUFFIX = "suffix"  # its code gets -2, or the next number that is free


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How an import is to be done. Domains are host names."""

    # Where links go whose domain is not mapped. Empty: they stay in their domain where the account may use it here, and
    # else go to the installation's own.
    domain: str = ""
    # Domains of the origin, and those that stand in for them here.
    domains: Mapping[str, str] = field(default_factory=dict)
    on_clash: OnClash = OnClash.FAIL
    # Where links go that clash, with OnClash.DOMAIN.
    clash_domain: str = ""
    with_clicks: bool = True

    def __post_init__(self) -> None:
        if (self.on_clash is OnClash.DOMAIN) != bool(self.clash_domain):
            raise ValueError("the domain for links that clash goes with on_clash=domain, and only with it")

    def fingerprint(self) -> str:
        """Return what decides where links and clicks go, to be compared with that of an earlier run."""
        return repr(sorted((asdict(self) | {"domains": sorted(self.domains.items()), "with_clicks": True}).items()))

    def domain_for(self, origin_domain: str, usable: Collection[str]) -> str:
        """Return where a link of the origin's domain goes; usable are the domains that the account may use here."""
        if origin_domain in self.domains:
            return self.domains[origin_domain]
        if self.domain:
            return self.domain
        return origin_domain if origin_domain in usable else ""
