"""Which addresses may be called."""

import pytest

from bot.webhooks.place import BadWebhookUrl, PrivateAddress, check_url


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/x",
        "example.com/x",
        "https://user:secret@example.com/",
        "https://",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://[::1",
        "https://example.com/\n",
        "https://example.com/" + "x" * 2000,
    ],
)
def test_an_address_that_cannot_be_called_is_refused(url: str) -> None:
    with pytest.raises(BadWebhookUrl):
        check_url(url, private_allowed=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"]
)
def test_addresses_inside_the_network_need_leave(host: str) -> None:
    url = f"http://{host}/hook"
    with pytest.raises(PrivateAddress):
        check_url(url, private_allowed=False)
    assert check_url(url, private_allowed=True) == url
