"""Every dialect. A new one is added here, in `gateway/surfaces.py`, and with rates of its own in `rates.py`."""

from typing import Final

from gateway.compat.bitly.wiring import BITLY
from gateway.compat.shared.components import Dialect
from gateway.compat.shortio.wiring import SHORTIO
from gateway.compat.shtr.wiring import SHTR
from gateway.compat.spoo.wiring import SPOO

DIALECTS: Final[tuple[Dialect, ...]] = (SHTR, SHORTIO, SPOO, BITLY)
