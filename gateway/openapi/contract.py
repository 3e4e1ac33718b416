"""The contracts, read from the descriptor set: their HTTP operations and their comments."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from google.api import annotations_pb2, field_behavior_pb2
from google.api.field_behavior_pb2 import FieldBehavior
from google.api.http_pb2 import HttpRule
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

# Where `protos/generate.py` writes it.
DESCRIPTOR_SET: Final = Path(__file__).resolve().parents[2] / "gen" / "linkmeter.binpb"

# Field numbers of descriptor.proto that make up the paths of comments.
_FILE_MESSAGE, _FILE_ENUM, _FILE_SERVICE = 4, 5, 6
_MESSAGE_FIELD, _MESSAGE_NESTED, _MESSAGE_ENUM = 2, 3, 4
_ENUM_VALUE, _SERVICE_METHOD = 2, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One HTTP binding of an RPC."""

    method: MethodDescriptor
    # Upper case.
    verb: str
    # As google.api.http writes it, for instance /v1/links/{link_id}:disable.
    path: str
    # Name of the field that the body fills; * for all that is not in the path; empty for no body.
    body: str
    # True for the first binding of its method, false for additional ones.
    is_primary: bool

    @property
    def service(self) -> str:
        """Full name of the service."""
        return str(self.method.containing_service.full_name)

    @property
    def body_message(self) -> Descriptor | None:
        """The message that the body holds, if there is one."""
        request: Descriptor = self.method.input_type
        if not self.body:
            return None
        return request if self.body == "*" else request.fields_by_name[self.body].message_type

    @property
    def path_fields(self) -> tuple[str, ...]:
        """Names of the request's fields that the path fills, dotted where nested."""
        pieces = self.path.split("{")[1:]
        return tuple(piece.partition("}")[0].partition("=")[0] for piece in pieces)


class Contract:
    """The contracts of all packages."""

    def __init__(self, serialized: bytes) -> None:
        files = descriptor_pb2.FileDescriptorSet.FromString(serialized)
        self._pool = descriptor_pool.DescriptorPool()
        self._comments: dict[str, str] = {}
        self._services: list[str] = []
        for file in files.file:
            self._pool.Add(file)
            self._services.extend(f"{file.package}.{service.name}" for service in file.service)
            self._comments.update(_comments_of(file))

    @classmethod
    def load(cls, path: Path = DESCRIPTOR_SET) -> "Contract":
        """Read the generated descriptor set; raise OSError when it cannot be read."""
        return cls(path.read_bytes())

    def services(self, package: str, *, public_only: bool = True) -> tuple[str, ...]:
        """Return the full names of the services of a package and of all below it; the public have an HTTP binding."""
        inside = [name for name in self._services if name.startswith(f"{package}.")]
        return tuple(name for name in sorted(inside) if not public_only or any(self.operations(name)))

    def methods(self, service: str) -> list[MethodDescriptor]:
        """Return the methods of a service in the order of the contract; raise KeyError for an unknown service."""
        return list(self._pool.FindServiceByName(service).methods)

    def operations(self, service: str) -> Iterator[Operation]:
        """Yield the HTTP bindings of a service in the order of the contract; raise KeyError for an unknown service."""
        for method in self.methods(service):
            rule: HttpRule = method.GetOptions().Extensions[annotations_pb2.http]
            for index, binding in enumerate([rule, *rule.additional_bindings]):
                if binding.WhichOneof("pattern"):
                    yield _operation(method, binding, is_primary=index == 0)

    def comment(self, full_name: str) -> str:
        """Return the comment on a service, method, message, field, enum or value; empty when there is none."""
        return self._comments.get(full_name, "")


def behaviours(field: FieldDescriptor) -> frozenset["FieldBehavior.ValueType"]:
    """Return the google.api.field_behavior annotations of a field."""
    return frozenset(field.GetOptions().Extensions[field_behavior_pb2.field_behavior])


def _operation(method: MethodDescriptor, rule: HttpRule, *, is_primary: bool) -> Operation:
    pattern = rule.WhichOneof("pattern")
    verb, path = (
        (rule.custom.kind, rule.custom.path) if pattern == "custom" else (str(pattern), getattr(rule, str(pattern)))
    )
    return Operation(method=method, verb=verb.upper(), path=path, body=rule.body, is_primary=is_primary)


def _comments_of(file: descriptor_pb2.FileDescriptorProto) -> Iterator[tuple[str, str]]:
    names = dict(_named_paths(file))
    for location in file.source_code_info.location:
        name = names.get(tuple(location.path))
        if name and location.leading_comments:
            yield name, _clean(location.leading_comments)


def _named_paths(file: descriptor_pb2.FileDescriptorProto) -> Iterator[tuple[tuple[int, ...], str]]:
    for i, message in enumerate(file.message_type):
        yield from _in_message(message, (_FILE_MESSAGE, i), f"{file.package}.{message.name}")
    for i, enum in enumerate(file.enum_type):
        yield from _in_enum(enum, (_FILE_ENUM, i), f"{file.package}.{enum.name}")
    for i, service in enumerate(file.service):
        name = f"{file.package}.{service.name}"
        yield (_FILE_SERVICE, i), name
        for j, method in enumerate(service.method):
            yield (_FILE_SERVICE, i, _SERVICE_METHOD, j), f"{name}.{method.name}"


def _in_message(
    message: descriptor_pb2.DescriptorProto, path: tuple[int, ...], name: str
) -> Iterator[tuple[tuple[int, ...], str]]:
    yield path, name
    for i, field in enumerate(message.field):
        yield (*path, _MESSAGE_FIELD, i), f"{name}.{field.name}"
    for i, nested in enumerate(message.nested_type):
        yield from _in_message(nested, (*path, _MESSAGE_NESTED, i), f"{name}.{nested.name}")
    for i, enum in enumerate(message.enum_type):
        yield from _in_enum(enum, (*path, _MESSAGE_ENUM, i), f"{name}.{enum.name}")


def _in_enum(
    enum: descriptor_pb2.EnumDescriptorProto, path: tuple[int, ...], name: str
) -> Iterator[tuple[tuple[int, ...], str]]:
    yield path, name
    for i, value in enumerate(enum.value):
        # In protobuf's own scoping values are siblings of their enum; below it they are easier to find.
        yield (*path, _ENUM_VALUE, i), f"{name}.{value.name}"


def _clean(comment: str) -> str:
    """Undo the line breaks of the source, but not those between paragraphs."""
    paragraphs = comment.strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
