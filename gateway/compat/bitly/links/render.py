"""From links and encoders to Bitly's data."""

from urllib.parse import urlsplit

from gateway.compat.bitly.account.render import person
from gateway.compat.bitly.envelope import Row
from linkmeter.links.v1 import link_graph_service_pb2, links_pb2


def shortened(link: links_pb2.Link, global_hash: str, *, is_new: bool) -> Row:
    """Return the link that Shorten made or found."""
    return {
        "url": link.short_url,
        "hash": link.code,
        "global_hash": global_hash,
        "long_url": link.destination,
        "new_hash": int(is_new),
    }


def saved(link: links_pb2.Link, aggregate_link: str, *, is_new: bool) -> Row:
    """Return the link that UserLinkSave made or found."""
    return {
        "link_save": {
            "link": link.short_url,
            "aggregate_link": aggregate_link,
            "long_url": link.destination,
            "user_hash": link.code,
            "new_link": int(is_new),
        }
    }


def history_entry(link: links_pb2.Link, aggregate_link: str, owner: links_pb2.Owner) -> Row:
    """Return one of the caller's links, whose owner the caller is."""
    created = link.create_time.seconds
    return {
        "link": link.short_url,
        "aggregate_link": aggregate_link,
        "long_url": link.destination,
        "title": link.title or None,
        "note": link.note,
        "created_at": created,
        "modified_at": link.update_time.seconds or created,
        "user_ts": created,
        "archived": link.archived,
        "private": link.private_stats,
        "client_id": None,
        "campaign_ids": [],
        "tags": list(link.tags),
        "encoding_user": person(owner),
    }


def encoders(listed: link_graph_service_pb2.ListEncodersResponse, *, expand_user: bool) -> Row:
    """Return the owners with a link to the same destination; expand_user adds their names."""
    return {
        "aggregate_link": listed.aggregate_short_url,
        "entries": [_encoder(encoder, expand_user=expand_user) for encoder in listed.encoders],
    }


def encoders_count(listed: link_graph_service_pb2.ListEncodersResponse) -> Row:
    """Return how many owners have a link to the same destination."""
    return {"aggregate_link": listed.aggregate_short_url, "count": listed.total_owners}


def hashes(code: str, aggregate_link: str) -> Row:
    """Return the code of a link and that of its aggregate link."""
    return {"user_hash": code, "global_hash": code_of(aggregate_link)}


def code_of(short_url: str) -> str:
    """Return the code in one of our short URLs."""
    return urlsplit(short_url).path.strip("/")


def _encoder(encoder: link_graph_service_pb2.Encoder, *, expand_user: bool) -> Row:
    row: Row = {
        "link": encoder.short_url,
        "ts": encoder.create_time.seconds,
        "user": encoder.owner.login,
    }
    if expand_user:
        row |= {"display_name": encoder.owner.display_name, "full_name": encoder.owner.display_name}
    return row
