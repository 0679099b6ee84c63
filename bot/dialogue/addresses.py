"""Where the engines are: the addresses of the setting, or those in the file that it names."""

from pathlib import Path

import structlog

from bot.settings import ENGINES_FILE, split_urls

log = structlog.get_logger()


class EngineAddresses:
    """`where`: addresses with commas between them, or @FILE, which may change at any time."""

    def __init__(self, where: str) -> None:
        self._file = Path(where.removeprefix(ENGINES_FILE)) if where[:1] == ENGINES_FILE else None
        self._known: tuple[str, ...] = () if self._file else tuple(split_urls(where))
        # A file that was replaced is another inode, however quickly that went.
        self._seen: tuple[int, int, int] | None = None

    def current(self) -> tuple[str, ...]:
        """The addresses as of now; a file that is missing or empty changes nothing."""
        if self._file is None:
            return self._known
        try:
            found = self._file.stat()
            seen = (found.st_ino, found.st_mtime_ns, found.st_size)
            if seen != self._seen:
                self._known = tuple(split_urls(self._file.read_text("utf-8"))) or self._known
                self._seen = seen
                log.info("engines.addresses", count=len(self._known))
        except (OSError, UnicodeDecodeError) as error:
            if self._seen is not None or not self._known:
                log.warning("engines.file_unreadable", problem=type(error).__name__)
            self._seen = None
        return self._known


def write_addresses(file: Path, urls: list[str]) -> None:
    """Replaces the file in one step: no reader ever sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.tmp")
    draft.write_text("".join(f"{url}\n" for url in urls), "utf-8")
    draft.replace(file)
