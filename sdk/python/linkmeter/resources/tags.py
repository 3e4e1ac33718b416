"""How the tags of links look to people."""

from collections.abc import Sequence
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask

from linkmeter import methods
from linkmeter.links.v1 import tag_service_pb2 as messages
from linkmeter.resource import Resource, TransportT, operation
from linkmeter.rpc import Call


class Tags(Resource[TransportT]):
    """The account's tags: each gives an id, a colour and an icon to a name that links may carry."""

    @operation
    def create(self, name: str, *, color: str = "", icon: str = "") -> Call[messages.Tag]:
        """Create a tag and return it.

        Args:
            name: 1 to 64 characters, as links carry it; case counts.
            color: A colour's name or code for those who draw the tag, at most 32 characters.
            icon: An icon's name for those who draw the tag, at most 64 characters.

        Raises:
            AlreadyExists: The account has a tag of this name.
            RateLimited: The account has 500 tags, as many as it may.

        """
        return methods.CREATE_TAG(messages.CreateTagRequest(tag=messages.Tag(name=name, color=color, icon=icon)))

    @operation
    def list(self, *, with_link_counts: bool = False, with_bare_names: bool = False) -> Call[list[messages.Tag]]:
        """Return the account's tags, oldest first.

        Args:
            with_link_counts: True to count the links of each tag, which takes longer the more links there are.
            with_bare_names: True to list behind them the names that links carry without a tag, at most 1000, with
                `tag_id` 0, those that most links carry first. Counts the links, too.

        """
        request = messages.ListTagsRequest(with_link_counts=with_link_counts, with_bare_names=with_bare_names)
        return methods.LIST_TAGS(request).then(lambda answer: [*answer.tags])

    @operation
    def update(
        self, tag_id: int, *, name: str | None = None, color: str | None = None, icon: str | None = None
    ) -> Call[messages.Tag]:
        """Change what is given of a tag and return it; a new name takes the old one's place on all links.

        Raises:
            AlreadyExists: The account has another tag of the new name.

        """
        given = {"name": name, "color": color, "icon": icon}
        changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
        request = messages.UpdateTagRequest(
            tag=messages.Tag(tag_id=tag_id, **changes), update_mask=FieldMask(paths=changes)
        )
        return methods.UPDATE_TAG(request)

    @operation
    def merge(self, names: Sequence[str], into: str) -> Call[int]:
        """Put one name in the place of others on all links, delete their tags, and return how many links that were.

        Args:
            names: The names that end, 1 to 100, of tags or without one.
            into: The name that takes their place; none of the others.

        """
        request = messages.MergeTagsRequest(names=names, into=into)
        return methods.MERGE_TAGS(request).then(lambda answer: answer.links_updated)

    @operation
    def delete(self, tag_id: int) -> Call[int]:
        """Delete a tag, take its name from all of the account's links, and return how many they were."""
        return methods.DELETE_TAG(messages.DeleteTagRequest(tag_id=tag_id)).then(lambda answer: answer.links_updated)
