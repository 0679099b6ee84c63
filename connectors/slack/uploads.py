"""Files that employees post: fetched with the token, checked by the desk."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp
import structlog

from bot.channel import FirstlineError, Upload
from bot.texts import text
from connectors.slack.calls import of_file, retry_after
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.faults import Limited, SlackFault, Unreachable
from connectors.slack.parse import SlackFile, read_file
from connectors.slack.place import Place

MEGABYTE = 1024 * 1024
PIECE = 1 << 16
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 3
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SLACK_HOSTS = (".slack.com", ".slack-edge.com", ".slack-files.com")

log = structlog.get_logger()


@dataclass(frozen=True)
class Taken:
    """What the desk took, and what it did not, in words for whoever posted."""

    ids: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


async def take_files(
    slack: SlackChannel,
    place: Place,
    files: tuple[SlackFile, ...],
    language: str,
    *,
    is_last_try: bool,
) -> Taken:
    """Each file. Raises SlackFault when Slack cannot give one now; the last time that is said to
    whoever posted it, and their words come without it."""
    limits = slack.desk.file_limits
    ids: list[str] = []
    refusals: list[str] = []
    for file in files:
        try:
            if limits is not None and len(ids) >= limits.count:
                refusals.append(text("slack.too_many_files", language, name=file.name))
                continue
            if limits is not None and file.size > limits.bytes:  # not a byte of it is fetched
                words = text("error.file_too_large", language, limit=limits.bytes // MEGABYTE)
                refusals.append(f"{file.name}: {words}")
                continue
            ids.append(await _take(slack, place, file))
        except NotThere as gone:
            refusals.append(text("slack.file_not_there", language, name=gone.name))
        except FirstlineError as fault:
            refusals.append(f"{file.name}: {fault.message(language)}")
        except SlackFault as fault:
            if not is_last_try:
                raise
            log.warning("slack.file_given_up", file=file.id, problem=str(fault))
            refusals.append(text("slack.file_not_there", language, name=file.name))
    return Taken(tuple(ids), tuple(refusals))


class NotThere(Exception):
    """Slack does not give this file out."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


async def opened(
    slack: SlackChannel, team: str, file: SlackFile
) -> tuple[str, AsyncIterator[bytes]]:
    """A file's name and its bytes; raises NotThere, here or at the first piece, and SlackFault."""
    workspace = await slack.calls.teams.of(team)
    if file.url is None and not file.is_gone:
        # Of a shared channel, or one that was chosen: Slack tells of it only when asked.
        said = await slack.calls.call(team, "files.info", file=file.id)
        file = read_file(said.get("file"))
    if file.is_gone or file.url is None or not _is_slacks(file.url, slack.calls.url):
        raise NotThere(file.name)
    return file.name, _pieces(slack, file, file.url, workspace.token)


async def _take(slack: SlackChannel, place: Place, file: SlackFile) -> str:
    name, pieces = await opened(slack, place.team, file)
    upload = Upload(CHANNEL, place.key, f"{place.team}:{file.id}"[:64], name)
    return (await slack.desk.receive_file(upload, pieces)).id


async def _pieces(
    slack: SlackChannel, file: SlackFile, url: str, token: str, *, elsewhere: int = MOST_REDIRECTS
) -> AsyncIterator[bytes]:
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with slack.calls.session.get(
            url, headers=headers, allow_redirects=False, timeout=of_file()
        ) as answer:
            if answer.status in REDIRECTS and elsewhere > 0:
                address = urljoin(url, answer.headers.get("Location", ""))
                if not _is_slacks(address, slack.calls.url):
                    raise NotThere(file.name)
                async for piece in _pieces(slack, file, address, token, elsewhere=elsewhere - 1):
                    yield piece
                return
            if answer.status in (*REDIRECTS, 403, 404, 410):
                raise NotThere(file.name)
            if answer.status == 429:
                raise Limited("file", retry_after(answer.headers))
            if answer.status != 200:
                raise Unreachable("file", f"HTTP {answer.status}")
            if answer.content_type == "text/html":
                # Its sign-in page: the token may not read files (any more).
                log.warning("slack.file_refused", file=urlsplit(url).path.split("/")[1:2])
                raise NotThere(file.name)
            async for piece in answer.content.iter_chunked(PIECE):
                yield piece
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unreachable("file", type(error).__name__) from error


def _is_slacks(url: str, api_url: str) -> bool:
    """The token goes to Slack and to nobody else: to its hosts, and to that of the configured API,
    whichever port a server for trials gives files at."""
    wanted, api = urlsplit(url), urlsplit(api_url)
    if wanted.scheme == api.scheme and _host(wanted.hostname) == _host(api.hostname):
        return True
    host = wanted.hostname or ""
    return wanted.scheme == "https" and (host == "slack.com" or host.endswith(SLACK_HOSTS))


def _host(name: str | None) -> str:
    return LOOPBACK[0] if name in LOOPBACK else name or ""
