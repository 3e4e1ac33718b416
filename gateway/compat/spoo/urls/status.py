"""The status of a link, as spoo.me has it."""

from linkmeter.links.v1 import links_pb2


def status_of(link: links_pb2.Link) -> str:
    """Render what a client of a link meets."""
    if link.disabled or link.state == links_pb2.LINK_STATE_SCHEDULED:
        return "INACTIVE"
    if link.state in {links_pb2.LINK_STATE_EXPIRED, links_pb2.LINK_STATE_EXHAUSTED}:
        return "EXPIRED"
    return "ACTIVE"
