"""Linkmeter's client: short links, measured.

Importing this package imports nothing else, so that it costs nothing to who only needs a message of the contracts
(`linkmeter.links.v1.links_pb2`).
"""

from pkgutil import extend_path

from linkmeter.version import __version__

# The messages of the contracts. A wheel has them in this folder; in the repository they are in gen/, on the path, too.
__path__ = extend_path(__path__, __name__)

__all__ = ["__version__"]
