"""The wheel alone: in an environment with nothing else, the examples of its README work as they stand."""

import asyncio
import json
import re
import zipfile
from pathlib import Path

import pytest

from tests.support.sdk_wheel import ROOT, Installed, examples
from tests.support.system import System
from tests.support.traffic import BROWSER
from tests.support.wait import eventually

README = ROOT / "sdk/python/README.md"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel, without extras."""
    return Installed(tmp_path_factory.mktemp("wheel"))


def test_the_examples_work_as_they_stand(installed: Installed, system: System) -> None:
    """Whoever copies them needs no more than the wheel, and where it is and the key in the environment."""
    found = [example for example in examples(README) if "watch" not in example]
    assert len(found) == 3
    links, stats, with_asyncio = (
        installed.run("python", "-I", "-", text=example, **_settings(system)) for example in found
    )
    assert re.search(rf"^{re.escape(system.settings.public_url)}/\w+$", links, re.MULTILINE)
    assert "code is taken" in links
    assert len(stats.splitlines()) >= 31
    assert "[" in with_asyncio
    assert installed.run("python", "-I", "-c", "import linkmeter; print(linkmeter.__file__)").startswith(
        str(installed.program("python").parents[1])
    )


async def test_the_example_of_live_clicks_shows_them(installed: Installed, system: System) -> None:
    """As they come, for as long as it runs."""
    (example,) = (example for example in examples(README) if "watch" in example)
    async with system.client() as client:
        code = (await client.post("/v1/links", json={"destination": "https://example.com/"})).json()["code"]
        with installed.running("python", "-I", "-u", "-", text=example, **_settings(system)) as printed:
            line = asyncio.create_task(asyncio.to_thread(printed.readline))

            async def seen() -> bool:
                await client.get(f"/{code}", headers={"user-agent": BROWSER})
                return line.done()

            await eventually(seen, every=0.2)
    assert (await line).split() == [code, "Chrome"]


def _settings(system: System) -> dict[str, str]:
    return {"LINKMETER_URL": system.base_url, "LINKMETER_API_KEY": system.api_key}


def test_the_wheel_holds_what_it_needs_and_no_more(installed: Installed) -> None:
    """The client, its licence and types, and the messages of the native contracts; nothing of servers or dialects."""
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = wheel.namelist()
        metadata = wheel.read(next(name for name in names if name.endswith("METADATA"))).decode()
        made = wheel.read("linkmeter/links/v1/link_service_pb2_grpc.py").decode()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"linkmeter"}
    for name in ("py.typed", "__init__.pyi", "links/v1/links_pb2.pyi", "analytics/v1/click_service_pb2_grpc.py"):
        assert f"linkmeter/{name}" in names
    assert [name for name in names if "/compat/" in name] == []
    assert any(Path(name).name == "LICENSE" for name in names)
    # The stubs refuse an older runtime than that of what they were made with.
    generated = re.search(r"GRPC_GENERATED_VERSION = '([\d.]+)'", made)
    assert generated
    assert f"Requires-Dist: grpcio>={generated[1]}" in metadata


def test_the_command_line_is_an_extra(installed: Installed, system: System) -> None:
    """Without it the program says what it needs; with it the program works, and knows Windows' lack of time zones."""
    with pytest.raises(AssertionError, match=r"pip install 'linkmeter\[cli\]'"):
        installed.run("linkmeter", "--version")
    installed.add("cli")
    settings = {"LINKMETER_URL": system.base_url, "LINKMETER_API_KEY": system.api_key, "PYTHONTZPATH": ""}
    made = installed.run("linkmeter", "shorten", "https://example.com/from-a-wheel", **settings)
    assert json.loads(made)["short_url"].startswith(system.settings.public_url)
    assert '"report": "total"' in installed.run("linkmeter", "stats", "--last", "7d", **settings)
