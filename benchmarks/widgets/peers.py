"""Which widgets are compared, where their files come from, and what a customer touches in each.

Peers come from npm at the time of the benchmark, pinned, into a folder of their own: the product
knows none of them. Each is set up as its README shows, with a backend on this machine that
answers at once with the same sentence as ours.
"""

import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

ANSWER = "Delivery within the country takes two working days."

HOST_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>A page of somebody's site</h1><p>Nothing else is here.</p>
{snippet}
</body></html>
"""


@dataclass(frozen=True)
class Widget:
    """One widget: `snippet` is what its site owner writes; selectors are Playwright's."""

    name: str
    package: str | None  # npm's name and version; None: ours
    files: tuple[str, ...]  # what the snippet loads, inside the package
    snippet: str
    launcher: str | None  # None: it has none, and opens with the page
    field: str
    answer: str  # matches once for each answer
    method: str | None = None  # ELEMENT.METHOD that sends a text; else it is typed

    @property
    def key(self) -> str:
        """A name for folders and addresses."""
        return self.name.strip("@").replace("/", "-")

    def page(self, **places: str) -> str:
        """The host page."""
        return HOST_PAGE.format(name=self.name, snippet=self.snippet.format(**places))


OURS = Widget(
    name="Firstline",
    package=None,
    files=(),
    snippet='<script src="{ours}/widget.js" data-desk="customer-care" async></script>',
    launcher="firstline-chat .launcher",
    field="firstline-chat .foot textarea",
    answer="firstline-chat .row.bot",
)
PEERS = (
    Widget(
        name="deep-chat",
        package="deep-chat@2.4.2",
        files=("dist/deepChat.bundle.js",),
        snippet=(
            '<script type="module" src="/deep-chat/dist/deepChat.bundle.js"></script>\n'
            '<deep-chat connect=\'{{"url": "/answer/deep-chat"}}\'></deep-chat>'
        ),
        launcher=None,
        field="deep-chat #text-input",
        answer="deep-chat .ai-message-text",
        method="deep-chat.submitUserMessage",
    ),
    Widget(
        name="rasa-webchat",
        package="rasa-webchat@1.0.1",
        files=("lib/index.js",),
        snippet=(
            '<div id="webchat"></div>\n<script src="/rasa-webchat/lib/index.js"></script>\n'
            # Its own pause of about a second before each message would be all that is measured.
            '<script>WebChat.default({{socketUrl: "{rasa}", socketPath: "/socket.io/", '
            "customMessageDelay: () => 0}}, null)</script>"
        ),
        launcher=".rw-launcher",
        field=".rw-new-message",
        answer=".rw-response",
    ),
    Widget(
        name="@n8n/chat",
        package="@n8n/chat@1.37.0",
        files=("dist/chat.bundle.es.js", "dist/style.css"),
        snippet=(
            '<link href="/n8n-chat/dist/style.css" rel="stylesheet">\n<script type="module">'
            'import {{ createChat }} from "/n8n-chat/dist/chat.bundle.es.js";'
            'createChat({{ webhookUrl: "/answer/n8n", initialMessages: [] }});</script>'
        ),
        launcher=".chat-window-toggle",
        field=".chat-input textarea",
        answer=".chat-message-from-bot .chat-message-markdown",
    ),
)


def fetch(widget: Widget, folder: Path) -> Path:
    """The package's folder, as published; downloaded once."""
    place = folder / widget.key
    if widget.package is None or (place / "package.json").exists():
        return place
    folder.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(
        ["npm", "pack", "--silent", widget.package],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = folder / packed.stdout.split()[-1]
    with tarfile.open(archive) as tar:
        tar.extractall(folder / f"{widget.key}.new", filter="data")
    (folder / f"{widget.key}.new" / "package").rename(place)
    archive.unlink()
    return place
