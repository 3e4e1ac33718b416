"""The guard of the bot patterns: agents of people that no pattern of ours or of a list may match."""

from itertools import product
from pathlib import Path

import pytest

from services.common.bots import AgentKind, kind_of

# Version of Android, model and build of telephones as every large maker names them; several hold words of programs.
HANDSETS = [
    ("15", "CPH2609 Build/AP3A.240617.008"),
    ("15", "RMX3890 Build/AP3A.240617.008"),
    ("15", "CPH2581 Build/AP3A.240617.008"),
    ("15", "Infinix X6833B Build/AP3A.240617.008"),
    ("16", "SM-S938B Build/BP2A.250605.031.A3"),
    ("14", "23013RK75C Build/UKQ1.230804.001"),
    ("13", "V2249 Build/TP1A.220624.014"),
    ("12", "TECNO KI5q Build/SP1A.210812.016"),
    ("16", "Pixel 10 Pro XL Build/CP1A.260305.018"),
    ("14", "moto g power (2022) Build/S3RQS32.20"),
    ("13", "XQ-CT54 Build/64.1.A.0.857"),
    ("10", "ELE-L29 Build/HUAWEIELE-L29"),
    ("9", "CUBOT X18 Plus Build/PPR1"),
    ("7.0", "M bot 60 Build/NRD90M"),
    ("7.0", "C Bot Tab 70 Build/NRD90M"),
    ("8.1.0", "Hubot 5 Senior Build/O11019"),
    ("9", "Spider S7 Build/PPR1"),
    ("9", "Cherry Sonic 2 Build/PPR1"),
    ("6.0", "HTC Butterfly 3 Build/MRA58K"),
    ("6.0", "FEVER Build/MRA58K"),
    ("13", "ViewSonic VB-TAB8 Build/TP1A"),
    ("11", "Scanner Zebra TC52 Build/RP1A"),
]
# What browsers and the browsers inside applications write at the end.
APPLICATIONS = [
    "",
    " Instagram 396.0.0.46 Android (35/15; 480dpi; 1080x2412; OPPO; CPH2609; a; mt6835; es_ES; 1; IABMV/1)",
    " [FB_IAB/FB4A;FBAV/530.0.0.1;IABMV/1;]",
    " MetaIAB Facebook",
    " Barcelona 335.0.0.30 Android (34/14; 450dpi; 1080x2340; samsung; SM-S918B; dm3q; qcom; en_GB)",
    " [LinkedInApp]/4.1.1010",
    " Viber/25.1.0.6",
    " MicroMessenger/8.0.49.2600 WeChat/arm64 Weixin NetType/WIFI Language/en",
    " Line/14.9.0/IAB",
    " KAKAOTALK 2410540",
    " trill_2023406030 BytedanceWebview/d8a21c6",
    " musical_ly_2023406030 JsSdk/1.0 NetType/WIFI Channel/googleplay ByteLocale/en",
    " Snapchat/12.90.0.46 (SM-A546B; Android 14#UP1A#34; gzip; )",
    " [Pinterest/Android]",
    " Twitter/10.62.0",
    " TwitterAndroid",
    " GSA/15.20.37.28.arm64",
    " Telegram-Android/11.2.3 (Samsung SM-A546B; Android 14; SDK 34; AVERAGE)",
    " AWP/2.0 SogouMSE,SogouMobileBrowser/12.3.1",
    " HeyTapBrowser/45.13.6.1",
    " VivoBrowser/12.0.3.2",
    " XiaoMi/MiuiBrowser/14.4.0-g",
    " Blackboard/3.6.1",
    " DuckDuckGo/5",
    " OPR/77.0.4054.90",
    " YaBrowser/24.1.2.250 (lite) TV",
]
ON_IPHONES = ["", " Viber/25.0.0", " WIRED/3.2.3", " [LinkedInApp]/9.29.6389", " Safari Line/14.9.0", " Snapchat/12.90",
              " Instagram 300.0.0.0 (iPhone14,5; iOS 17_0; en_US)", " Outlook-iOS/709.2226530.prod.iphone",
              " musical_ly_34.5.0 JsSdk/2.0", " [FBAN/FBIOS;FBAV/445.0.0.35.117;FBDV/iPhone12,1]"]  # fmt: skip
# Other machines: televisions, consoles, KaiOS, HarmonyOS, telephones of the time before; one agent a line.
OTHERS = (Path(__file__).parent / "people.txt").read_text().splitlines()


@pytest.mark.parametrize("application", APPLICATIONS)
def test_no_telephone_and_no_browser_inside_an_application_is_a_program(application: str) -> None:
    """Every telephone with every application, with and without the marks of a WebView, is a person's."""
    agents = [
        f"Mozilla/5.0 (Linux; Android {version}; {model}{view}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
        f"Chrome/140.0.7339.51 Mobile Safari/537.36{application}"
        for (version, model), view in product(HANDSETS, ("; wv", ""))
    ]
    assert [text for text in agents if kind_of(text) is not AgentKind.PERSON] == []


@pytest.mark.parametrize("application", ON_IPHONES)
@pytest.mark.parametrize("device", ["iPhone; CPU iPhone OS 18_1", "iPad; CPU OS 17_0"])
def test_no_browser_on_an_iphone_or_ipad_is_a_program(device: str, application: str) -> None:
    text = f"Mozilla/5.0 ({device} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148{application}"
    assert kind_of(text) is AgentKind.PERSON


@pytest.mark.parametrize("text", OTHERS)
def test_no_other_machine_of_people_is_a_program(text: str) -> None:
    assert kind_of(text) is AgentKind.PERSON
