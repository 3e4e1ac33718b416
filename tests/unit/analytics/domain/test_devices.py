"""Kinds of devices and families of browsers, of what people really carry and watch."""

import pytest

from services.analytics.domain.agents import agent_of

DEVICES = [
    (
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
            "Chrome/140.0.0.0 Mobile DuckDuckGo/5 Safari/537.36"
        ),
        "mobile",
    ),
    ("Opera/9.80 (Android; Opera Mini/80.0.2254/191.344; U; en) Presto/2.12.423 Version/12.16", "mobile"),
    (
        (
            "Mozilla/5.0 (Linux; Android 9; MI 8 Build/PKQ1; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Version/4.0 Chrome/66.0.3359.126 Mobile MQQBrowser/6.2 TBS/044607 Safari/537.36 "
            "MicroMessenger/7.0.4.1420"
        ),
        "mobile",
    ),
    ("Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B Build/TP1A.220624.014)", "mobile"),
    (
        (
            "Mozilla/5.0 (Linux; Android 8.1.0; DE106 Build/OPM1; wv) AppleWebKit/537.36 (KHTML, like "
            "Gecko) Version/4.0 Chrome/140.0.7339.51 Mobile"
        ),
        "mobile",
    ),
    ("Mozilla/5.0 (Android 14; Tablet; rv:135.0) Gecko/135.0 Firefox/135.0", "tablet"),
    (
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "CriOS/131 Version/11.1.1 Safari/605.1.15"
        ),
        "tablet",
    ),
    ("Mozilla/5.0 (Mobile; LYF/F320B/LYF-F320B-003; Android; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", "mobile"),
    (
        (
            "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 "
            "Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.1.5.352"
        ),
        "mobile",
    ),
    (
        (
            "Mozilla/5.0 (Tablet; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 "
            "Safari/537.36 ArkWeb/4.1.6.1 HuaweiBrowser/5.1.5.352"
        ),
        "tablet",
    ),
    (
        (
            "Mozilla/5.0 (Linux; Android 10; BRAVIA 4K UR2 Build/PTT1) AppleWebKit/537.36 (KHTML, like "
            "Gecko) Chrome/120.0.0.0 Safari/537.36"
        ),
        "tv",
    ),
    (
        (
            "Mozilla/5.0 (Linux; Android 11; Arcelik Android TV Build/RTM6; wv) AppleWebKit/537.36 (KHTML, "
            "like Gecko) Version/4.0 Chrome/140.0.7339.51 Mobile Safari/537.36"
        ),
        "tv",
    ),
    (
        (
            "Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0.4896.127 "
            "Odin/100.4896.4.10 Safari/537.36 Model/Hisense-MT9602 VIDAA/6.0(Hisense;SmartTV;43A6)"
        ),
        "tv",
    ),
    (
        (
            "Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) "
            "OculusBrowser/33.0.0.4.56 Chrome/124.0.6367.179 VR Safari/537.36"
        ),
        "wearable",
    ),
    (
        (
            "Mozilla/5.0 (Nintendo Switch; WebApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.21.3 "
            "NintendoBrowser/5.1.0.22474"
        ),
        "console",
    ),
    (
        (
            "Mozilla/5.0 (Linux; Android 11; 32ST20H Build/RP1A.200720.011) AppleWebKit/537.36 (KHTML, like "
            "Gecko) Chrome/69.0 Mobile Safari/537.36"
        ),
        "tv",
    ),
    (
        (
            "Mozilla/5.0 (Linux; Android 13; SM-X200 Build/TP1A) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/120.0 Mobile Safari/537.36"
        ),
        "tablet",
    ),
    (
        (
            "Mozilla/5.0 (Linux; Android 4.4.2; T74MRi3G) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/89.0.4389.72 Mobile Safari/537.36"
        ),
        "tablet",
    ),
    (
        (
            "Mozilla/5.0 (Linux; Android 11; PEHT00 Build/RKQ1; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Version/4.0 Chrome/77.0.3865.120"
        ),
        "mobile",
    ),
    (
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"),
        "tablet",
    ),
    (
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
            "Mobile Safari/537.36"
        ),
        "mobile",
    ),
    (
        (
            "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.88 "
            "Safari/537.36 WebAppManager"
        ),
        "tv",
    ),
    ("Roku/DVP-12.0 (12.0.0.4184-88)", "tv"),
    (
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) AppleWebKit/537.36 (KHTML, like "
            "Gecko) Chrome/48.0 Edge/20.02"
        ),
        "console",
    ),
    (
        (
            "Mozilla/5.0 (PC; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 "
            "Safari/537.36 ArkWeb/4.1.6.1"
        ),
        "desktop",
    ),
    ("Mozilla/5.0 (X11; FreeBSD amd64; rv:120.0) Gecko/20100101 Firefox/120.0", "desktop"),
]
FAMILIES = [
    (
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
            "Chrome/140.0.0.0 Mobile DuckDuckGo/5 Safari/537.36"
        ),
        "DuckDuckGo",
    ),
    (
        (
            "Mozilla/5.0 (Linux; Android 9; MI 8 Build/PKQ1; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Version/4.0 Chrome/66.0.3359.126 Mobile MQQBrowser/6.2 TBS/044607 Safari/537.36 "
            "MicroMessenger/7.0.4.1420"
        ),
        "QQ Browser",
    ),
    (
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
            "Gecko) Version/18.1 EcosiaIOS/10.2 Mobile/15E148 Safari/604.1"
        ),
        "Ecosia",
    ),
    (
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
            "Gecko) Mobile/21F79 [LinkedInApp]/9.29.6389"
        ),
        "LinkedIn",
    ),
    (
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
            "Gecko) Mobile/21F79 Barcelona 335.0.0.30 (iPhone14,5; iOS 17_5)"
        ),
        "Threads",
    ),
    (
        (
            "Mozilla/5.0 (Linux; Android 14; 23013RK75C Build/U; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Version/4.0 Chrome/140.0.7339.51 Mobile Safari/537.36 MicroMessenger/8.0.49.2600 Weixin "
            "NetType/WIFI"
        ),
        "WeChat",
    ),
    (
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
            "Gecko) FxiOS/131.0 Mobile/15E148 Safari/605.1.15"
        ),
        "Firefox",
    ),
]


@pytest.mark.parametrize(("user_agent", "device_type"), DEVICES)
def test_the_kind_of_a_device_is_told_by_its_marks_or_its_model(user_agent: str, device_type: str) -> None:
    assert agent_of(user_agent).device_type == device_type


@pytest.mark.parametrize(("user_agent", "family"), FAMILIES)
def test_a_family_has_no_platform_and_names_the_application(user_agent: str, family: str) -> None:
    """Where ua-parser sees only the engine, the application that people know is the family."""
    assert agent_of(user_agent).browser_family == family
