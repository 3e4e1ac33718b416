"""Read links from rows."""

import asyncpg

from services.links.domain.link import Link, LinkFields
from services.links.domain.passwords import StoredPassword


def link(row: asyncpg.Record) -> Link:
    """Build a link from a row that holds all columns of links, and host and public_url of its domain."""
    return Link(
        link_id=row["link_id"],
        owner_id=row["owner_id"],
        domain_id=row["domain_id"],
        host=row["host"],
        public_url=row["public_url"],
        code=row["code"],
        fields=LinkFields(
            destination=row["destination"],
            title=row["title"],
            tags=tuple(row["tags"]),
            redirect_status=row["redirect_status"],
            valid_from_time=row["valid_from_time"],
            expire_time=row["expire_time"],
            max_clicks=row["max_clicks"],
        ),
        disabled=row["disabled"],
        consumed_clicks=row["consumed_clicks"],
        password=StoredPassword(row["password_hash"], row["password_version"]) if row["password_hash"] else None,
        create_time=row["create_time"],
        update_time=row["update_time"],
        revision=row["revision"],
        deleted=row["delete_time"] is not None,
    )
