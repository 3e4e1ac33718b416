"""What the descriptor set says."""

import pytest
from google.api.field_behavior_pb2 import FieldBehavior

from gateway.openapi.contract import Contract, Operation, behaviours


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.load()


def operations(contract: Contract, method: str) -> list[Operation]:
    service = f"linkmeter.{method.rpartition('.')[0]}"
    name = method.rpartition(".")[2]
    return [operation for operation in contract.operations(service) if operation.method.name == name]


def test_services_without_http_binding_are_not_public(contract: Contract) -> None:
    """Internal services have no binding; that is what makes them internal."""
    public = contract.services("linkmeter.links.v1")
    everything = contract.services("linkmeter.links.v1", public_only=False)
    assert "linkmeter.links.v1.LinkService" in public
    assert "linkmeter.links.v1.ResolutionService" not in public
    assert "linkmeter.links.v1.ResolutionService" in everything


def test_bindings_are_read_with_verb_path_and_body(contract: Contract) -> None:
    """The parts of a binding."""
    (create,) = operations(contract, "links.v1.LinkService.CreateLink")
    assert (create.verb, create.path, create.body) == ("POST", "/v1/links", "link")
    assert create.body_message
    assert create.body_message.full_name == "linkmeter.links.v1.Link"
    assert create.path_fields == ()


def test_additional_bindings_are_operations_too(contract: Contract) -> None:
    """The first binding is the primary one."""
    first, second, third = operations(contract, "analytics.v1.ClickService.ListClicks")
    assert (first.path, first.is_primary) == ("/v1/clicks", True)
    assert (second.path, second.is_primary) == ("/v1/links/{link_id}/clicks", False)
    assert second.path_fields == ("link_id",)
    assert (third.verb, third.path, third.body) == ("POST", "/v1/clicks:query", "*")


def test_nested_path_fields_keep_their_dots(contract: Contract) -> None:
    """A part of the path may fill a field of a message."""
    (update,) = operations(contract, "links.v1.LinkService.UpdateLink")
    assert update.path_fields == ("link.link_id",)


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("linkmeter.links.v1.LinkService", "Manages links."),
        ("linkmeter.links.v1.LinkService.CreateLink", "Creates a link."),
        ("linkmeter.links.v1.Link", "A short link"),
        ("linkmeter.links.v1.Link.code", "Path part that names"),
        ("linkmeter.links.v1.LinkState", "What a visitor"),
        ("linkmeter.links.v1.LinkState.LINK_STATE_EXPIRED", "Its expire_time"),
        ("envoy.service.auth.v3.AttributeContext.HttpRequest.path", "Its path"),
        ("no.such.Thing", ""),
    ],
)
def test_comments_are_found(contract: Contract, name: str, beginning: str) -> None:
    """Everything in the contracts has a comment, nested or not, as one paragraph without the source's line breaks."""
    comment = contract.comment(name)
    assert comment.startswith(beginning)
    assert "\n" not in comment


def test_field_behaviours_are_read(contract: Contract) -> None:
    """Annotations of fields survive the descriptor set."""
    (create,) = operations(contract, "links.v1.LinkService.CreateLink")
    assert create.body_message
    fields = create.body_message.fields_by_name
    assert behaviours(fields["destination"]) == {FieldBehavior.REQUIRED}
    assert behaviours(fields["link_id"]) == {FieldBehavior.OUTPUT_ONLY}
    assert behaviours(fields["title"]) == frozenset()
