"""From our tags to spoo.me's."""

from gateway.compat.shared import json_values
from gateway.compat.spoo import ids, moments, values
from gateway.compat.spoo.tags import palette
from linkmeter.compat.spoo.v1 import tag_service_pb2
from linkmeter.links.v1 import tag_service_pb2 as links_tags


def tag(tag: links_tags.Tag) -> tag_service_pb2.Tag:
    """Render a tag of the caller."""
    updated = moments.iso(moments.of(tag.update_time)) if tag.HasField("update_time") else ""
    return tag_service_pb2.Tag(
        id=ids.text(tag.tag_id),
        name=tag.name,
        color=tag.color or palette.GRAY,
        icon=tag.icon or palette.DEFAULT_ICON,
        link_count=values.count(tag.link_count),
        created_at=moments.iso(moments.of(tag.create_time)),
        updated_at=json_values.text_or_null(updated),
    )


def ref(tag: links_tags.Tag) -> tag_service_pb2.TagRef:
    """Render a tag as links show it."""
    return tag_service_pb2.TagRef(
        id=ids.text(tag.tag_id), name=tag.name, color=tag.color or palette.GRAY, icon=tag.icon or palette.DEFAULT_ICON
    )
