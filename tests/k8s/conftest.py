"""Rendered manifests, once for all tests of this folder."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from tests.k8s.rendering import COMPONENTS, KUBECTL, OVERLAYS, Installation, combinations, render

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out this folder where nothing can render it."""
    if KUBECTL is None:
        missing = pytest.mark.skip(reason="kubectl is not installed: manifests are rendered by kubectl kustomize")
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Installation]:
    """Return what renders an overlay with components, each only once."""
    # Made before threads render: pytest does not make its folders for several at once.
    folder = tmp_path_factory.mktemp("k8s")
    return cache(lambda overlay, *components: render(folder, overlay, components))


@pytest.fixture(scope="session")
def every(rendered: Callable[..., Installation]) -> dict[tuple[str, ...], Installation]:
    """Render every overlay with every combination of components."""
    wanted = [(overlay, *chosen) for overlay in OVERLAYS for chosen in combinations()]
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(wanted, pool.map(lambda names: rendered(*names), wanted), strict=True))


@pytest.fixture(scope="session", params=OVERLAYS)
def plain(request: pytest.FixtureRequest, rendered: Callable[..., Installation]) -> Installation:
    """Render an overlay without further components."""
    return rendered(request.param)


@pytest.fixture(scope="session", params=OVERLAYS)
def full(request: pytest.FixtureRequest, rendered: Callable[..., Installation]) -> Installation:
    """Render an overlay with all components."""
    return rendered(request.param, *COMPONENTS)
