"""Read links and domains from rows."""

from collections.abc import Callable
from operator import attrgetter
from typing import Final

import asyncpg

from services.links.domain.domains import Domain
from services.links.domain.link import LINK_FIELDS, Link, LinkFields, fields_from
from services.links.domain.passwords import StoredPassword

# Whether a link is its edit token's holder's alone: the account 1 is nobody's.
HELD: Final = "(links.owner_id = 1 AND EXISTS (SELECT FROM edit_tokens WHERE edit_tokens.link_id = links.link_id))"
# What link() reads. Statements are joined from constants, so that the columns are named once.
SELECT_LINK: Final = f"""
    SELECT link_id, links.owner_id, domain_id, host, public_url, code, disabled, consumed_clicks, password_hash,
        password_version, revision, links.create_time, update_time, delete_time, clicks_before_import,
        {", ".join(LINK_FIELDS)},
        {HELD} AS token_held
    FROM links JOIN domains USING (domain_id)
"""  # noqa: S608
# The values of a link's fields as columns take them, in the order of LINK_FIELDS.
values_of: Final[Callable[[LinkFields], tuple[object, ...]]] = attrgetter(*LINK_FIELDS)
COUNT_LINKS: Final = "SELECT count(*) FROM links JOIN domains USING (domain_id)"


def link(row: asyncpg.Record) -> Link:
    """Build a link from a row of SELECT_LINK."""
    return Link(
        link_id=row["link_id"],
        owner_id=row["owner_id"],
        domain_id=row["domain_id"],
        host=row["host"],
        public_url=row["public_url"],
        code=row["code"],
        fields=fields_from({name: row[name] for name in LINK_FIELDS}),
        disabled=row["disabled"],
        consumed_clicks=row["consumed_clicks"],
        password=StoredPassword(row["password_hash"], row["password_version"]) if row["password_hash"] else None,
        create_time=row["create_time"],
        update_time=row["update_time"],
        revision=row["revision"],
        deleted=row["delete_time"] is not None,
        token_held=row["token_held"],
        clicks_before_import=row["clicks_before_import"],
    )


def domain(row: asyncpg.Record, *, verified: bool = True) -> Domain:
    """Build a domain or a claim from a row with its columns."""
    return Domain(
        domain_id=row["domain_id"],
        host=row["host"],
        public_url=row["public_url"],
        owner_id=row["owner_id"] or 0,
        create_time=row["create_time"],
        verified=verified,
    )
