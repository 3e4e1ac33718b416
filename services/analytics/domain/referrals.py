"""Take a referrer apart, and name the social network that it belongs to."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from services.analytics.domain.click import Referral
from services.analytics.domain.text import cut

# android-app names the application that a link was opened from.
_SCHEMES: Final = ("http", "https", "android-app")
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/_=-]{1,256}", re.ASCII)
_LONGEST_REFERRER: Final = 2048
# Values are part of index keys, which PostgreSQL limits to 2,704 bytes.
_LONGEST_VALUE: Final = 1800

_NETWORKS: Final = {
    "Twitter": ("twitter.com", "t.co", "x.com", "com.twitter.android"),
    "Facebook": ("facebook.com", "fb.com", "fb.me", "fb.watch", "messenger.com", "m.me", "com.facebook.katana"),
    "Instagram": ("instagram.com", "ig.me", "com.instagram.android"),
    "Threads": ("threads.net", "threads.com"),
    "LinkedIn": ("linkedin.com", "lnkd.in", "com.linkedin.android"),
    "YouTube": ("youtube.com", "youtu.be", "com.google.android.youtube"),
    "Reddit": ("reddit.com", "redd.it", "com.reddit.frontpage"),
    "Pinterest": ("pinterest.com", "pin.it", "pinterest.co.uk", "pinterest.de", "pinterest.fr", "com.pinterest"),
    "TikTok": ("tiktok.com", "com.zhiliaoapp.musically"),
    "WhatsApp": ("whatsapp.com", "wa.me", "com.whatsapp"),
    "Telegram": ("telegram.org", "telegram.me", "t.me", "org.telegram.messenger"),
    "VK": ("vk.com", "vk.ru", "vkontakte.ru", "com.vkontakte.android"),
    "Odnoklassniki": ("ok.ru", "odnoklassniki.ru"),
    "Bluesky": ("bsky.app", "bsky.social", "xyz.blueskyweb.app"),
    "Mastodon": ("mastodon.social", "mastodon.online", "mstdn.social", "mas.to", "fosstodon.org", "joinmastodon.org"),
    "Hacker News": ("news.ycombinator.com",),
    "Lobsters": ("lobste.rs",),
    "Snapchat": ("snapchat.com", "com.snapchat.android"),
    "Discord": ("discord.com", "discord.gg", "discordapp.com", "com.discord"),
    "Slack": ("slack.com", "com.slack"),
    "Quora": ("quora.com",),
    "Tumblr": ("tumblr.com", "com.tumblr"),
    "Medium": ("medium.com",),
    "Twitch": ("twitch.tv",),
    "Vimeo": ("vimeo.com",),
    "Flickr": ("flickr.com",),
    "XING": ("xing.com",),
    "Weibo": ("weibo.com", "weibo.cn", "t.cn", "com.sina.weibo"),
    "WeChat": ("wechat.com", "weixin.qq.com", "mp.weixin.qq.com"),
    "LINE": ("line.me",),
    "Viber": ("viber.com",),
    "KakaoTalk": ("kakao.com",),
    "GitHub": ("github.com",),
    "Stack Overflow": ("stackoverflow.com",),
    "Product Hunt": ("producthunt.com",),
    "DeviantArt": ("deviantart.com",),
    "SoundCloud": ("soundcloud.com",),
}
_NETWORK_OF_HOST: Final = {host: network for network, hosts in _NETWORKS.items() for host in hosts}


@lru_cache(maxsize=16_384)
def referral_of(referrer: str) -> Referral:
    """Take a referrer apart; one that is no address of a page is kept as it is and counts as direct.

    Some sites and proxies send a token in place of the address; it has no host, but is a page of its own.
    """
    kept = cut(referrer.strip(), _LONGEST_REFERRER)
    try:
        parts = urlsplit(kept)
        host = (parts.hostname or "").rstrip(".")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return Referral(referrer=kept)
    if parts.scheme not in _SCHEMES or not host:
        return Referral(referrer=kept, page=kept if _TOKEN.fullmatch(kept) else "")
    name = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{name}{port}"
    return Referral(
        referrer=kept,
        host=cut(host, _LONGEST_VALUE),
        origin=cut(origin, _LONGEST_VALUE),
        page=cut(origin + (parts.path or "/"), _LONGEST_VALUE),
    )


@lru_cache(maxsize=16_384)
def social_network_of(host: str) -> str:
    """Name the network of a host or of a domain above it; empty when there is none."""
    while host:
        if host in _NETWORK_OF_HOST:
            return _NETWORK_OF_HOST[host]
        host = host.partition(".")[2]
    return ""
