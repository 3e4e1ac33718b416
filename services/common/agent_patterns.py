"""The words by which programs are known that the maintained lists lack, and what of those lists is left out."""

from collections.abc import Mapping
from typing import Final

# Patterns of the list crawler-user-agents that match people, and what stands in their place.
# `make labels` prints whom each pattern of a new version of the list would take away from the people.
REPLACED: Final[Mapping[str, str]] = {
    # The build number of Android 15 on OPPO, OnePlus and realme telephones.
    r"AP3A\.240617\.008": "",
    # The browser inside Meta's applications.
    "MetaIAB Facebook": "",
    # Sogou's browsers and input methods; its crawlers are called spiders.
    "Sogou": "",
    # A series of Cherry telephones, ViewSonic, the desktop program of Slack.
    "Sonic": r"RankSonic|; Sonic/",
    # A series of HTC telephones.
    "Butterfly": r"; Butterfly/",
    # The browser inside Viber; what fetches its previews says no more than the name.
    "Viber": r"^Viber(?:$|[/ ])",
    # Models that end in 008, before a version.
    r"008\/": r"^008/",
    # The reader of WIRED.
    r"RED\/": r"^RED/",
    # A Wiko telephone.
    "Fever": r"^Fever/",
    # The learning application, which shows pages.
    "Blackboard": "Blackboard Safeassign",
    # The reader's applications.
    "NewsBlur": r"NewsBlur (?:Feed|Page|Content|Favicon)",
    # A browser of the Mac made of one site.
    "Fluid": "",
    # Browsers inside editors, which people click in.
    r"Code\/1\.": "",
}

# HTTP libraries and command line tools, as the product at the start: a browser that only mentions one stays a person.
TOOLS: Final = (
    r"(?i)^(?:curl|wget|aria2|httpie|xh|lwp[-:a-z]*|libwww[-a-z]*|python[-a-z0-9._]*|aiohttp|httpx|urllib3?|scrapy"
    r"|go|go-[-a-z]+|okhttp|apache-httpclient|java|jakarta|ktor-client|reactor-netty|node(?:-fetch|\.js)?|undici"
    r"|axios|got|superagent|undefined|deno|bun|ruby|faraday|rest-client|typhoeus|guzzlehttp|php|symfony|zend"
    r"|dart|reqwest|hyper|ureq|isahc|perl|mojolicious|restsharp|powershell|winhttp|insomnia|postmanruntime|paw|k6"
    r"|wrk|hey|ab|apachebench|vegeta|locust|grpc|cloudfront|nmap|masscan|zgrab|mint"
    r"|http-[-a-z0-9]+|[-a-z0-9]*-http)(?:[/ ;(_-]|$)"
)
# Words that only programs use of themselves. "ubot" is left out: CUBOT makes telephones.
WORDS: Final = (
    r"(?i)(?:\bbot\b|[a-tv-z]bot[/;) _-]|[a-tv-z]bots?$|crawl(?:er|ing)|spider|scrape[rd]|scraping|headless|phantomjs"
    r"|powershell/|cypress/|playwright|puppeteer|selenium|webdriver|lighthouse|pagespeed|google-ads|adsbot"
    r"|cloudflare(?:[- ]?(?:observatory|healthcheck|alwaysonline|diagnostics|ssl|traffic))"
    r"|(?:link|url|site|page|seo|web|security|vulnerability|malware)[-_ ]?(?:check|scann?|audit|valid|analy[sz]|fetch)"
    r"|(?:feed|rss)[-_ ]?(?:fetch|pars|finder|valid|burner|bot)|\bfetcher\b|\bvalidator\b|\bscanner\b|\bchecker\b"
    r"|\bindexer\b|\bscreenshot)"
)
PREVIEWS: Final = (
    r"(?i)(?:link.?preview|url.?preview|unfurl|slackbot|slack-imgproxy|facebookexternalhit|facebookexternalua|facebot"
    r"|twitterbot|discordbot|telegrambot|linkedinbot|skypeuripreview|^whatsapp/|kakaotalk-scrap|line-poker|pinterestbot"
    r"|iframely|embedly|cardyb|bitlybot|zulip url|rocket\.chat|mattermost|viber url)"
)
# Balancers and proxies ask whether a site is up, too.
MONITORS: Final = (
    r"(?i)(?:uptime|monitoring|healthcheck|health check|health-check|pingdom|statuscake|site24x7|hetrixtools|updown\.io"
    r"|newrelicpinger|synthetics?\b|synthetic/|nagios|icinga|zabbix|xymon|munin|collectd|check_http|prtg|alwayson|cronitor|phpservermon"
    r"|webgazer|catchpoint|checkly|nodeping|(?:site|web|page|http|server)[-_ ]?(?:monitor|ping(?:er)?\b)|\bmonitor\b"
    r"|^(?:kube-probe|googlehc|envoy|haproxy|nginx|blackbox|prometheus|monit|consul)(?:[/ ;(_-]|$))"
)
# Office and desktop Outlook open links in a browser, having looked at them under their own name before. Most filters
# pass themselves off as browsers; these do not.
MAIL_SCANNERS: Final = (
    r"(?i)(?:ms-office|msoffice|^microsoft office|microsoft outlook|^microsoft exchange|safelinks|barracuda|proofpoint"
    r"|mimecast|ironport|ciscosecureemail|messagelabs|fireeye|fortimail|trend ?micro|vade ?secure|forcepoint|cloudmark"
    r"|avanan|spamassassin|rspamd|googleimageproxy|yahoomailproxy|fastmailua|kaspersky|link resolver"
    r"|e?mail[-_. ]?(?:image[-_ ]?)?proxy|mail\.[a-z.]+ proxy|image ?proxy/)"
)
# An address where to read or complain, which programs give and browsers do not, but for these few.
ADDRESSES: Final = r"(?i)https?://|\bwww\.[a-z0-9-]+\.[a-z]|[\w.+-]+(?:@| at |\[at\])[a-z0-9-]+\.[a-z]{2,}"
ADDRESSES_OF_PEOPLE: Final = (
    r"(?i)\bbsalsa\.com|\bqtweb\b|\bk-meleon\b|avant browser|orca browser|liferea|feeddemon|feedstation|netnewswire"
    r"|newsbeuter|newsboat|evergreen|xbmc|kodi|^pulp/|podcastapp"
)
# What browsers, and telephones of the time before, are known by even where their names are not.
OF_PEOPLE: Final = (
    r"(?i)\b(?:midp|cldc|maui|mmp|mre|j2me|brew|wap|docomo|kddi|vodafone|softbank|j-phone|portalmmm|obigo|teleca"
    r"|up\.browser|iphone|ipad|ipod|ios|android|watchos|tvos|macos|mac os|windows|win(?:32|64|10)|symbian|symbianos"
    r"|harmonyos|kaios|tizen|webos|hbbtv|smart-?tv|playstation|nintendo|browser|vlc|maemo|palm|blackberry|webview)\b"
    r"|amiga|amigaos|beos|risc os|haiku|openstep|darwin|x11|macintosh|roku[a-z0-9]*|vizio|viziOS|xbmc|kodi|appletv"
    r"|(?:^|[ (_;])(?:tv|dtv|stb)(?:$|[ )_;/])|dlnadoc|sony_tv|wired|wireless|dvr|^amazon;|client\b"
    r"|^[a-z]*(?:sonyericsson|nokia|samsung|motorola|mot-|lg[-/]|sie-|alcatel|huawei|zte|lenovo|karbonn|lava|spice"
    r"|micromax|tiphone)|browser"
)
