"""Where a photo was taken is forgotten; the photo stays what it is."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.attachments.place import forget_place
from tests import files


def photo(order: str) -> bytes:
    """A JPEG with an orientation and a latitude, in either order of bytes."""
    latitude = struct.pack(f"{order}6I", 52, 1, 13, 1, 4712, 100)
    tiff = {"<": b"II*\x00", ">": b"MM\x00*"}[order] + struct.pack(f"{order}I", 8)
    tiff += struct.pack(f"{order}H", 2)
    tiff += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, 6, 0)  # turn it right
    tiff += struct.pack(f"{order}HHII", 0x8825, 4, 1, 38)
    tiff += struct.pack(f"{order}I", 0)
    tiff += struct.pack(f"{order}H", 2)
    tiff += struct.pack(f"{order}HHI", 1, 2, 2) + b"N\x00\x00\x00"
    tiff += struct.pack(f"{order}HHII", 2, 5, 3, 68)
    tiff += struct.pack(f"{order}I", 0) + latitude
    exif = b"Exif\x00\x00" + tiff
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    return files.JPEG[:2] + segment + files.JPEG[2:]


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_place_is_gone_and_all_else_stays(tmp_path: Path, order: str) -> None:
    path = tmp_path / "photo"
    before = photo(order)
    path.write_bytes(before)
    assert forget_place(path)
    after = path.read_bytes()
    latitude = struct.pack(f"{order}6I", 52, 1, 13, 1, 4712, 100)
    assert latitude in before
    assert latitude not in after
    assert len(after) == len(before)
    assert struct.pack(f"{order}HHIHH", 0x0112, 3, 1, 6, 0) in after
    assert after.endswith(files.JPEG[2:])
    assert not forget_place(path)  # nothing is left to forget


def test_a_long_head_of_other_things_hides_no_place(tmp_path: Path) -> None:
    path, other = tmp_path / "photo", b"\xff\xe2" + struct.pack(">H", 65535) + bytes(65533)
    before = photo("<")
    path.write_bytes(before[: -len(files.JPEG[2:])] + 5 * other + files.JPEG[2:])
    assert forget_place(path)


@pytest.mark.parametrize("content", [files.JPEG, files.png(), files.PDF, b"", b"\xff\xd8\xff"])
def test_what_tells_no_place_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert not forget_place(path)
    assert path.read_bytes() == content


@given(at=st.integers(0, 200), value=st.integers(0, 255), cut=st.integers(0, 400))
def test_a_photo_that_is_not_well_made_does_no_harm(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int, cut: int
) -> None:
    broken = bytearray(photo("<"))
    broken[at] = value
    path = tmp_path_factory.mktemp("photo") / "photo"
    path.write_bytes(broken[:cut])
    forget_place(path)
    assert path.stat().st_size == len(broken[:cut])
