"""The guides. What a step says is in data/responses/<language>/form_guides.yml."""

from __future__ import annotations

from actions.guides.guide import Guide, Progress

VPN = Guide(
    name="vpn",
    intent="it_vpn",
    steps=("internet", "restart", "sign_in", "network", "repair"),
    codes={
        "809": "network",
        "807": "network",
        "789": "network",
        "691": "sign_in",
        "868": "internet",
        "798": "repair",
        "13801": "repair",
    },
)
WIFI = Guide(
    name="wifi",
    intent="it_wifi",
    steps=("radio", "forget", "restart", "place", "reset"),
    codes={
        "ERR_INTERNET_DISCONNECTED": "radio",
        "DNS_PROBE_FINISHED_NO_INTERNET": "restart",
        "0x00028002": "reset",
    },
)
GUIDES = {guide.name: guide for guide in (VPN, WIFI)}

# The steps in few words, for the ticket and the agent.
LABELS = {
    "en": {
        "vpn": "VPN does not work",
        "vpn_internet": "checked the internet without VPN",
        "vpn_restart": "restarted client and laptop",
        "vpn_sign_in": "signed in anew",
        "vpn_network": "tried another network",
        "vpn_repair": "repaired the VPN client",
        "wifi": "Wi-Fi does not work",
        "wifi_radio": "checked the Wi-Fi switch and the network",
        "wifi_forget": "forgot the network and connected anew",
        "wifi_restart": "restarted laptop and router",
        "wifi_place": "tried another place",
        "wifi_reset": "reset the network settings",
    },
    "pl": {
        "vpn": "VPN nie działa",
        "vpn_internet": "sprawdzony internet bez VPN",
        "vpn_restart": "restart klienta i laptopa",
        "vpn_sign_in": "ponowne logowanie",
        "vpn_network": "próba w innej sieci",
        "vpn_repair": "naprawa klienta VPN",
        "wifi": "Wi-Fi nie działa",
        "wifi_radio": "sprawdzony włącznik Wi-Fi i wybrana sieć",
        "wifi_forget": "sieć usunięta i połączona na nowo",
        "wifi_restart": "restart laptopa i routera",
        "wifi_place": "próba w innym miejscu",
        "wifi_reset": "reset ustawień sieci",
    },
}


def in_words(guide: Guide, at: Progress, language: str) -> dict[str, str]:
    """What somebody who takes over wants to know: the trouble, what was tried, the code."""
    labels = LABELS[language]
    tried = ", ".join(labels[f"{guide.name}_{step}"] for step in at.tried)
    told = {"why": labels[guide.name], "tried": tried, "error_code": at.code}
    return {name: words for name, words in told.items() if words}
