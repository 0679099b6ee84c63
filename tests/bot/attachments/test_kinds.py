"""What a file is, is told by its bytes; its name is only made to fit."""

from pathlib import Path

import pytest

from bot.attachments.errors import FileKindRefused, FileNotWhatItSays
from bot.attachments.kinds import GROUPS, recognise
from tests import files

SHIPPED = frozenset({"images", "pdf", "text", "documents"})
ALL = frozenset(GROUPS)


def told(
    tmp_path: Path, name: str, content: bytes, groups: frozenset[str] = SHIPPED
) -> tuple[str, str]:
    path = tmp_path / "draft"
    path.write_bytes(content)
    kind, fitting = recognise(path, name, groups)
    return kind.media_type, fitting


@pytest.mark.parametrize(
    ("name", "content", "kind", "kept_as"),
    [
        ("photo.jpg", files.JPEG, "image/jpeg", "photo.jpg"),
        ("PHOTO.JPEG", files.JPEG, "image/jpeg", "PHOTO.JPEG"),
        ("photo.png", files.png(), "image/png", "photo.png"),
        ("a.gif", files.GIF, "image/gif", "a.gif"),
        ("a.webp", files.WEBP, "image/webp", "a.webp"),
        ("IMG_1.HEIC", files.HEIC, "image/heif", "IMG_1.HEIC"),
        ("bill.pdf", files.PDF, "application/pdf", "bill.pdf"),
        ("log.txt", files.TEXT, "text/plain", "log.txt"),
        ("old.csv", "za\xbf\xf3\xb3\xe6".encode("latin-1"), "text/plain", "old.csv"),
        ("notes", files.TEXT, "text/plain", "notes.txt"),
        ("page.txt", files.HTML, "text/plain", "page.txt"),
        # What browsers and phones name wrongly is still what it is.
        ("photo.png", files.JPEG, "image/jpeg", "photo.jpg"),
        ("photo", files.JPEG, "image/jpeg", "photo.jpg"),
        ("bill.exe", files.PDF, "application/pdf", "bill.exe.pdf"),
        ("v1.2", files.PDF, "application/pdf", "v1.2.pdf"),
    ],
)
def test_the_content_decides(
    tmp_path: Path, name: str, content: bytes, kind: str, kept_as: str
) -> None:
    assert told(tmp_path, name, content) == (kind, kept_as)


@pytest.mark.parametrize(
    ("name", "content", "ending"),
    [
        ("a.docx", files.DOCX, "wordprocessingml.document"),
        ("a.xlsx", files.XLSX, "spreadsheetml.sheet"),
        ("a.odt", files.ODT, "opendocument.text"),
    ],
)
def test_documents_are_told_by_what_is_inside(
    tmp_path: Path, name: str, content: bytes, ending: str
) -> None:
    assert told(tmp_path, name, content)[0].endswith(ending)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.png", files.EXE),
        ("photo.png", files.ELF),
        ("photo.jpg", files.SVG),
        ("photo.jpg", files.HTML),
        ("photo.jpg", files.TEXT),
        ("bill.pdf", files.EXE),
        ("readme.txt", files.EXE),
        ("letter.docx", files.MACROS),
        ("letter.docx", files.OLE),
        ("letter.docx", b"PK\x03\x04 not an archive at all"),
        ("photo.png", files.SCRIPT),
    ],
)
def test_what_only_claims_to_be_something_is_told_so(
    tmp_path: Path, name: str, content: bytes
) -> None:
    with pytest.raises(FileNotWhatItSays) as refused:
        told(tmp_path, name, content)
    assert name in refused.value.message("en")
    assert "whatever its name says" in refused.value.message("en")
    assert "Nie został przyjęty" in refused.value.message("pl")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("setup.exe", files.EXE, ".exe"),
        ("logo.svg", files.SVG, ".svg"),
        ("page.html", files.HTML, ".html"),
        ("run.sh", files.SCRIPT, ".sh"),
        ("letter.docm", files.MACROS, ".docm"),
        ("letter.doc", files.OLE, ".doc"),
        ("all.zip", files.ZIP, ".zip"),
        ("film.mp4", files.MP4, ".mp4"),
        ("all.pdf", files.ZIP, ".zip"),
        ("setup", files.EXE, "?"),
    ],
)
def test_a_kind_that_is_not_on_the_list_is_refused_with_the_list(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    with pytest.raises(FileKindRefused) as refused:
        told(tmp_path, name, content)
    assert f"“{kind}”" in refused.value.message("en")
    assert "JPG, PNG, GIF, WEBP, HEIC, PDF, TXT, DOCX" in refused.value.message("en")


def test_more_kinds_can_be_allowed(tmp_path: Path) -> None:
    assert told(tmp_path, "film.mp4", files.MP4, ALL)[0] == "video/mp4"
    assert told(tmp_path, "all.zip", files.ZIP, ALL)[0] == "application/zip"
    with pytest.raises(FileKindRefused):
        told(tmp_path, "setup.exe", files.EXE, ALL)
