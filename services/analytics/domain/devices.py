"""Find the kind of device that an agent runs on."""

import re
from typing import Final

from user_agents.parsers import UserAgent

from services.analytics.domain import handsets

# What only devices of one kind say, whatever else they pretend; the first that matches is the answer.
_CONSOLE: Final = (
    r"(?i)nintendo|playstation|sony_tv;ps|\(ps[2-6]\b|xbox|steamdeck|steam gameoverlay|\bouya\b"
    r"|_browser/\d\S* \(japanese\)"
)
_WEARABLE: Final = (
    r"OculusBrowser|PicoBrowser|\bQuest(?: \w+)?[;)]|Mobile VR | VR Safari|(?i:watch ?os|apple watch)|^Watch\d"
    r"|; SAMSUNG SM-R\d"
)
_TV: Final = (
    r"(?i)hbbtv|smart-?tv|android ?tv|google ?tv|apple ?tv|fire ?tv|tvos|web0s|webos\.tv|netcast|viera|bravia"
    r"|\baquos(?:browser|-)|\broku|crkey|vidaa|vizio|\bnettv|ce-html|\(dtv\)|philipstv|opera tv| omi/|whaletv|firebolt"
    r"|freebox|kreatv|\bfvc/|espial|\bsraf/|youview|netrange|\bstb\b|\bmitv|wv-atv|andr0id|tv store|dlnadoc|hybridcast"
    r"|infinet|\(lite\) tv|[ _]tv(?: safari|$)|[ _]tv[_/]|amazon;aft|\baft[a-z]{1,2}\d*\b(?=[ ;)])|tizen.+ tv "
    r"|presto/.+(?:wired|wireless)\)|qtwebkit/.+wired\)|gw-device|libvlc/|\(tv;|loewe|_dtv|xgem|redlineclient"
)
# The last: what browsers on iPads say that ask for pages of desktops.
_TABLET: Final = r"Tablet; |; Tablet|Opera Tablet|/apad\b|(?i:\bipad)|Macintosh.* (?:CriOS|FxiOS|EdgiOS|OPiOS|GSA)/"
_MOBILE: Final = r"\(Phone; |KAIOS|KaiOS|Windows Phone|WPDesktop|; Lumia |\bi(?:Phone|Pod)\b"
_MARKS: Final = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("console", _CONSOLE),
        ("wearable", _WEARABLE),
        ("tv", _TV),
        ("tablet", _TABLET),
        ("mobile", _MOBILE),
        ("desktop", r"\((?:PC|2in1); OpenHarmony"),
    )
)
# What telephones say where the model is not known; tried after the data.
_TELEPHONE: Final = re.compile(
    r"(?:Android|Adr |Linux; U;).*Mobile|Opera Mini|Dalvik|^SIE-|^Mozilla/5.0 \(Mobile;|(?i:midp|cldc|maui|up\.browser"
    r"|up/\d|mmp/|symb|docomo|kddi|portalmmm|blackberry|palm os|nokia|sonyericsson|\(iph\d|ucweb|brew)"
)
_DESKTOP: Final = re.compile(r"(?i)x11|windows|macintosh|mac os|macos|bsd|\bcros\b|darwin.*x86_64|linux x86_64|i686")


def device_type_of(user_agent: str, parsed: UserAgent, *, known: bool) -> str:
    """Return desktop, mobile, tablet, tv, console, wearable or other; empty when nothing of the agent is known.

    Marks that only one kind makes come first, then the name of the model, and then what user-agents thinks.
    """
    marked = next((kind for kind, mark in _MARKS if mark.search(user_agent)), "")
    return (
        marked
        or handsets.type_of(handsets.name_in(user_agent))
        or ("mobile" if _TELEPHONE.search(user_agent) else "")
        or _guess(user_agent, parsed)
        or ("other" if known else "")
    )


def _guess(user_agent: str, parsed: UserAgent) -> str:
    # The order matters: a tablet is touch-capable and may pass for mobile.
    if parsed.is_tablet:
        return "tablet"
    if parsed.is_mobile:
        return "mobile"
    return "desktop" if parsed.is_pc or _DESKTOP.search(user_agent) else ""
