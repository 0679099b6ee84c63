"""Which kinds of files there are, and which of them a file is: told by its bytes, not its name."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import puremagic

from bot.attachments import names
from bot.attachments.errors import FileKindRefused, FileNotWhatItSays

HEAD_BYTES = 4096
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_CONTENT_TYPES = "[Content_Types].xml"
# What no text has: control characters other than tab, line ends, form feed and escape.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class Kind:
    """A kind of file. `is_shown`: browsers may show it in place, because it can hold no script."""

    group: str
    media_type: str
    extensions: tuple[str, ...]  # the first is the one that a file without any gets
    is_shown: bool = False

    @property
    def label(self) -> str:
        """As people call it."""
        return self.extensions[0].removeprefix(".").upper()


KINDS = (
    Kind("images", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), is_shown=True),
    Kind("images", "image/png", (".png",), is_shown=True),
    Kind("images", "image/gif", (".gif",), is_shown=True),
    Kind("images", "image/webp", (".webp",), is_shown=True),
    Kind("images", "image/heif", (".heic", ".heif")),
    Kind("pdf", "application/pdf", (".pdf",)),
    Kind("text", "text/plain", (".txt", ".csv", ".log")),
    Kind("documents", f"{_OFFICE}wordprocessingml.document", (".docx",)),
    Kind("documents", f"{_OFFICE}spreadsheetml.sheet", (".xlsx",)),
    Kind("documents", f"{_OFFICE}presentationml.presentation", (".pptx",)),
    Kind("documents", f"{_OPEN}text", (".odt",)),
    Kind("documents", f"{_OPEN}spreadsheet", (".ods",)),
    Kind("documents", f"{_OPEN}presentation", (".odp",)),
    Kind("audio", "audio/mpeg", (".mp3",)),
    Kind("audio", "audio/ogg", (".ogg", ".oga")),
    Kind("video", "video/mp4", (".mp4", ".m4v")),
    Kind("video", "video/webm", (".webm",)),
    Kind("video", "video/quicktime", (".mov",)),
    Kind("archives", "application/zip", (".zip",)),
)
GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS))
BY_TYPE = {kind.media_type: kind for kind in KINDS}
TEXT = BY_TYPE["text/plain"]
ZIP = BY_TYPE["application/zip"]
_PARTS = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "ppt/presentation.xml": ".pptx"}
_BY_EXTENSION = {extension: kind for kind in KINDS for extension in kind.extensions}
_ALIASES = {"audio/x-ogg": "audio/ogg", "application/ogg": "audio/ogg", "image/heic": "image/heif"}


def accepted(groups: frozenset[str]) -> tuple[Kind, ...]:
    """The kinds of these groups."""
    return tuple(kind for kind in KINDS if kind.group in groups)


def recognise(path: Path, name: str, groups: frozenset[str]) -> tuple[Kind, str]:
    """The file's kind and the name that fits it; reads the file, so not for the event loop.

    Raises FileKindRefused, or FileNotWhatItSays when the name claims another kind.
    """
    stem, extension = names.split(name)
    claimed = _BY_EXTENSION.get(extension.lower())
    kind = _kind_of(path)
    if kind is None and (claimed is TEXT or not extension) and _is_text(path):
        kind = TEXT  # it has no signature, so its name has to say it
    if kind is None:
        if claimed is None:
            raise _refused(extension, groups)
        raise FileNotWhatItSays(name=name, kind=claimed.label)
    if kind.group not in groups:
        raise _refused(kind.extensions[0], groups)
    if claimed is kind:
        return kind, name
    # A JPEG that is called .png is still a picture: it gets the right name.
    return kind, f"{name if claimed is None else stem}{kind.extensions[0]}"


def _refused(extension: str, groups: frozenset[str]) -> FileKindRefused:
    kinds = ", ".join(kind.label for kind in accepted(groups))
    return FileKindRefused(kind=extension.lower() or "?", kinds=kinds)


def _kind_of(path: Path) -> Kind | None:
    """By signature; None for text, for what we do not know, and for what we do not want."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"PK"):
        return _kind_of_zip(path)
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    for guess in sorted(found, key=lambda one: -one.confidence):
        kind = BY_TYPE.get(_ALIASES.get(guess.mime_type, guess.mime_type))
        if kind is not None:
            return None if kind in (TEXT, ZIP) or kind.group == "documents" else kind
    return None


def _kind_of_zip(path: Path) -> Kind | None:
    """A document, an archive, or (damaged, or with macros) nothing that we want."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = set(archive.namelist())
            if any(part.lower().endswith("vbaproject.bin") for part in inside):
                return None
            if "mimetype" in inside and archive.getinfo("mimetype").file_size <= 100:
                told = archive.read("mimetype").decode("ascii", "replace")
                return BY_TYPE.get(told.strip(), ZIP)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return None
    if _CONTENT_TYPES in inside:
        fits = [_BY_EXTENSION[extension] for part, extension in _PARTS.items() if part in inside]
        return fits[0] if len(fits) == 1 else None
    return ZIP


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        while piece := file.read(1 << 16):
            if _NO_TEXT.search(piece):
                return False
    return True
