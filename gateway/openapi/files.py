"""Write the documentation to files."""

import json
from pathlib import Path
from typing import Final

from gateway.openapi.contract import Contract
from gateway.openapi.document import openapi_document
from gateway.openapi.page import documentation_page

DOCUMENT_NAME: Final = "openapi.json"
PAGE_NAME: Final = "docs.html"


def write_files(folder: Path, contract: Contract | None = None) -> None:
    """Write the OpenAPI document and the documentation page; the same contracts make the same files."""
    document = openapi_document(contract or Contract.load())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DOCUMENT_NAME).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / PAGE_NAME).write_text(documentation_page(document), encoding="utf-8")
