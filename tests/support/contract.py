"""Check that bodies have the keys and types that a documentation shows."""

from typing import Any

TEXT, NUMBER, FLAG, NOTHING = str, int, bool, type(None)
OPTIONAL_TEXT = (str, NOTHING)


def check(body: Any, schema: Any, where: str = "body") -> None:
    """Fail unless a body is what a schema says: keys of an object, one item's schema of a list, or a type or several.

    Keys that the schema does not name are allowed, and so is an empty list.
    """
    if isinstance(schema, dict):
        assert isinstance(body, dict), f"{where} is {body!r}"
        for name, inner in schema.items():
            assert name in body, f"{where}.{name} is missing"
            check(body[name], inner, f"{where}.{name}")
    elif isinstance(schema, list):
        assert isinstance(body, list), f"{where} is {body!r}"
        for place, item in enumerate(body):
            check(item, schema[0], f"{where}[{place}]")
    else:
        kinds = schema if isinstance(schema, tuple) else (schema,)
        assert isinstance(body, kinds), f"{where} is {body!r}"
        # True is an int to Python, but to nobody else.
        assert not isinstance(body, bool) or bool in kinds, f"{where} is {body!r}"
