"""Every REST surface. A new dialect is added here and in `gateway/compat/dialects.py`."""

from typing import Final

from gateway.compat.bitly.surface import BITLY
from gateway.compat.shortio.surface import SHORTIO
from gateway.compat.shtr.surface import SHTR
from gateway.compat.spoo.surface import SPOO
from gateway.native_surface import NATIVE
from gateway.surface import Surface

# In the order of their routes: shtr takes all the rest of /api.
SURFACES: Final[tuple[Surface, ...]] = (NATIVE, SHORTIO, SPOO, SHTR, BITLY)
