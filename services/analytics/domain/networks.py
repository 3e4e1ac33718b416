"""The social networks, by the hosts and the Android applications that people come from."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

# Checked by `make labels` against the lists of Matomo and Snowplow. A domain stands for all hosts below it.
_DOMAINS: Final[Mapping[str, str]] = {
    "Twitter": "twitter.com t.co x.com twimg.com",
    "Facebook": "facebook.com facebook.net fb.com fb.me fb.watch fb.gg fb.audio messenger.com m.me workplace.com",
    "Instagram": "instagram.com instagr.am ig.me cdninstagram.com",
    "Threads": "threads.net threads.com",
    "LinkedIn": "linkedin.com lnkd.in linkedin.cn",
    "YouTube": "youtube.com youtu.be youtube-nocookie.com youtubekids.com",
    "Reddit": "reddit.com redd.it redditmedia.com",
    "Pinterest": "pin.it pinterest.info pinterest.engineering",
    "TikTok": "tiktok.com tiktokv.com tiktokcdn.com",
    "Douyin": "douyin.com iesdouyin.com",
    "WhatsApp": "whatsapp.com whatsapp.net wa.me wl.co",
    "Telegram": "telegram.org telegram.me telegram.dog t.me telesco.pe tx.me graph.org telegra.ph",
    "VK": "vk.com vk.ru vk.me vk.cc vkontakte.ru vkvideo.ru",
    "Odnoklassniki": "ok.ru ok.me odnoklassniki.ru",
    "Bluesky": "bsky.app bsky.social",
    "Hacker News": "news.ycombinator.com",
    "Lobsters": "lobste.rs",
    "Tildes": "tildes.net",
    "Snapchat": "snapchat.com snap.com",
    "Discord": "discord.com discord.gg discordapp.com discordapp.net dis.gd",
    "Slack": "slack.com slack-redir.net slack-edge.com",
    "Quora": "quora.com qr.ae",
    "Tumblr": "tumblr.com umblr.com tmblr.co",
    "Medium": "medium.com",
    "Substack": "substack.com",
    "Twitch": "twitch.tv",
    "Vimeo": "vimeo.com vimeopro.com",
    "Dailymotion": "dailymotion.com dai.ly",
    "Flickr": "flickr.com flic.kr",
    "XING": "xing.com xing.to",
    "Weibo": "weibo.com weibo.cn t.cn",
    "WeChat": "wechat.com weixin.qq.com wx.qq.com",
    "Qzone": "qzone.qq.com qzone.com",
    "LINE": "line.me lin.ee line-scdn.net",
    "Viber": "viber.com vb.me",
    "Skype": "skype.com",
    "Signal": "signal.org signal.me signal.group",
    "KakaoTalk": "kakao.com kakao.co.kr",
    "Zalo": "zalo.me",
    "Naver Cafe": "cafe.naver.com band.us",
    "Xiaohongshu": "xiaohongshu.com xhslink.com",
    "Zhihu": "zhihu.com",
    "Bilibili": "bilibili.com b23.tv",
    "GitHub": "github.com",
    "GitLab": "gitlab.com",
    "SourceForge": "sourceforge.net",
    "Stack Overflow": "stackoverflow.com stackexchange.com",
    "Product Hunt": "producthunt.com",
    "DeviantArt": "deviantart.com fav.me",
    "Dribbble": "dribbble.com",
    "Behance": "behance.net",
    "SoundCloud": "soundcloud.com snd.sc",
    "Last.fm": "last.fm",
    "Disqus": "disqus.com disq.us",
    "Pocket": "getpocket.com",
    "Flipboard": "flipboard.com flip.it",
    "Truth Social": "truthsocial.com",
    "Gab": "gab.com",
    "Parler": "parler.com",
    "MeWe": "mewe.com",
    "Minds": "minds.com",
    "Nextdoor": "nextdoor.com nextdoor.co.uk",
    "Meetup": "meetup.com",
    "V2EX": "v2ex.com",
    "Douban": "douban.com",
    "Renren": "renren.com",
    "Mixi": "mixi.jp",
    "GREE": "gree.jp gree.net",
    "Cyworld": "cyworld.com",
    "LiveJournal": "livejournal.com livejournal.ru",
    "My World": "my.mail.ru",
    "Habr Career": "moikrug.ru career.habr.com",
    "vKruguDruzei": "vkrugudruzei.ru",
    "MyLife": "mylife.ru mylife.com",
    "Foursquare": "foursquare.com swarmapp.com",
    "Badoo": "badoo.com",
    "Tagged": "tagged.com",
    "hi5": "hi5.com",
    "MeetMe": "meetme.com myyearbook.com",
    "FetLife": "fetlife.com",
    "Bebo": "bebo.com",
    "BlackPlanet": "blackplanet.com",
    "Buzznet": "buzznet.com",
    "Classmates": "classmates.com",
    "Flixster": "flixster.com",
    "Fotolog": "fotolog.com",
    "Gaia Online": "gaiaonline.com",
    "Geni": "geni.com",
    "Habbo": "habbo.com",
    "identi.ca": "identi.ca",
    "Lang-8": "lang-8.com",
    "MyHeritage": "myheritage.com",
    "Myspace": "myspace.com",
    "Nasza Klasa": "nk.pl",
    "Orkut": "orkut.com",
    "Paper.li": "paper.li",
    "Plaxo": "plaxo.com",
    "Skyrock": "skyrock.com",
    "StumbleUpon": "stumbleupon.com mix.com",
    "Taringa!": "taringa.net",
    "Tuenti": "tuenti.com",
    "Viadeo": "viadeo.com viadeo.journaldunet.com",
    "WAYN": "wayn.com",
    "WeeWorld": "weeworld.com",
    "Xanga": "xanga.com",
    "Ekşi Sözlük": "eksisozluk.com sozluk.com sourtimes.org",
    "İnci Sözlük": "incisozluk.com incisozluk.cc inci.sozlukspot.com",
    "İTÜ Sözlük": "itusozluk.com",
    "Uludağ Sözlük": "uludagsozluk.com ulusozluk.com",
    "Instela": "instela.com",
    "DonanimHaber": "donanimhaber.com",
    "Whirlpool": "forums.whirlpool.net.au",
    # The larger servers whose names do not tell what they are; those that do are found by _NAMES.
    "Mastodon": (
        "joinmastodon.org mas.to c.im toot.io toot.community toot.wales fosstodon.org hachyderm.io infosec.exchange "
        "ioc.exchange techhub.social chaos.social mathstodon.xyz pawoo.net baraag.net social.tchncs.de troet.cafe "
        "universeodon.com sfba.social tech.lgbt aus.social mindly.social ohai.social piaille.fr norden.social "
        "nrw.social social.vivaldi.net social.coop det.social scholar.social fediscience.org journa.host "
        "newsie.social tkz.one botsin.space indieweb.social wandering.shop octodon.social todon.eu todon.nl "
        "kolektiva.social dice.camp tabletop.social phpc.social ruby.social front-end.social defcon.social "
        "home.social me.dm union.place photog.social climatejustice.social ecoevo.social genomic.social "
        "astrodon.social metalhead.club vis.social peoplemaking.games social.lol vmst.io hostux.social "
        "framapiaf.org mamot.fr social.linux.pizza snabelen.no social.sdf.org qoto.org sueden.social ruhr.social "
        "muenchen.social bonn.social social.cologne hessen.social freiburg.social respublicae.eu "
        "social.network.europa.eu social.bund.de social.overheid.nl bolha.us counter.social fedibird.com misskey.io "
        "bark.lgbt convo.casa layer8.space nerdculture.de livellosegreto.it sigmoid.social types.pl zirk.us "
        "theblower.au cosocial.ca social.anoxinon.de dresden.network"
    ),
}
# Names under which a network has a domain in many countries, or which many servers take.
_NAMES: Final = (
    (re.compile(r"(?:^|\.)pinterest\.(?:com|(?:com?\.)?[a-z]{2})$"), "Pinterest"),
    (re.compile(r"(?:^|\.)lastfm\.(?:com?\.)?[a-z]{2}$"), "Last.fm"),
    (re.compile(r"(?:^|\.)(?:mastodon(?:t|app)?|mstdn|masto)\.[a-z.-]+$"), "Mastodon"),
)
# Applications; a name stands for all names that go on from it.
_APPLICATIONS: Final[Mapping[str, str]] = {
    "Twitter": "com.twitter",
    "Facebook": "com.facebook com.meta",
    "Instagram": "com.instagram",
    "Threads": "com.instagram.barcelona",
    "LinkedIn": "com.linkedin",
    "YouTube": "com.google.android.youtube com.google.android.apps.youtube app.revanced.android.youtube",
    "Reddit": "com.reddit com.laurencedawson.reddit_sync com.andrewshu.android.reddit com.rubenmayayo.reddit",
    "Pinterest": "com.pinterest",
    "TikTok": "com.zhiliaoapp com.ss.android.ugc com.tiktok",
    "Douyin": "com.ss.android.ugc.aweme",
    "WhatsApp": "com.whatsapp",
    "Telegram": "org.telegram org.thunderdog.challegram org.aka.messenger nekox.messenger",
    "VK": "com.vkontakte com.vk",
    "Odnoklassniki": "ru.ok",
    "Bluesky": "xyz.blueskyweb",
    "Mastodon": "org.joinmastodon com.keylesspalace.tusky app.fedilab",
    "Hacker News": "io.github.hidroh.materialistic",
    "Tildes": "com.talklittle.android.tildes",
    "Snapchat": "com.snapchat",
    "Discord": "com.discord",
    "Slack": "com.slack",
    "Quora": "com.quora",
    "Tumblr": "com.tumblr",
    "Medium": "com.medium",
    "Substack": "com.substack",
    "Twitch": "tv.twitch",
    "Weibo": "com.sina.weibo com.weico",
    "WeChat": "com.tencent.mm",
    "Qzone": "com.qzone",
    "LINE": "jp.naver.line com.linecorp",
    "Viber": "com.viber",
    "Skype": "com.skype",
    "Signal": "org.thoughtcrime.securesms",
    "KakaoTalk": "com.kakao",
    "Zalo": "com.zing.zalo",
    "Naver Cafe": "com.nhn.android.navercafe com.nhn.android.band",
    "Xiaohongshu": "com.xingin.xhs",
    "Zhihu": "com.zhihu",
    "Bilibili": "tv.danmaku.bili com.bilibili",
    "GitHub": "com.github.android",
    "XING": "com.xing",
    "Flipboard": "flipboard.app",
    "Truth Social": "com.truthsocial",
    "Nextdoor": "com.nextdoor",
}
# TikTok's name outside China is a part of Douyin's.
_APPLICATIONS_APART: Final = {"com.ss.android.ugc.trill": "TikTok"}


def _by_name(table: Mapping[str, str]) -> dict[str, str]:
    return {name: network for network, names in table.items() for name in names.split()}


_OF_DOMAIN: Final = _by_name(_DOMAINS)
_OF_APPLICATION: Final = _by_name(_APPLICATIONS) | _APPLICATIONS_APART


@lru_cache(maxsize=16_384)
def network_of_host(host: str) -> str:
    """Return the network of a host or of a domain above it; empty when there is none."""
    domain = host
    while domain:
        if domain in _OF_DOMAIN:
            return _OF_DOMAIN[domain]
        domain = domain.partition(".")[2]
    return next((network for pattern, network in _NAMES if pattern.search(host)), "")


@lru_cache(maxsize=16_384)
def network_of_application(name: str) -> str:
    """Return the network of an Android application, by its name or the beginning of it; empty when there is none."""
    while name:
        if name in _OF_APPLICATION:
            return _OF_APPLICATION[name]
        name = name.rpartition(".")[0]
    return ""
