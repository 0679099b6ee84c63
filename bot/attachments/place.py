"""Takes out of a photo where it was taken. Phones write it into every JPEG. Pure, in place.

EXIF is a TIFF within the JPEG: a list of entries, one of which leads to the list with the place.
That list is emptied; all else (which way is up, when, with what) stays, as does the file's size.
"""

import struct
from pathlib import Path

_EXIF = b"Exif\x00\x00"
_ENTRY = 12
_PLACE = 0x8825
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
# Markers without a length, and the one after which there are only pixels.
_ALONE, _PIXELS = frozenset({0x01, *range(0xD0, 0xD9)}), 0xDA
HEAD_BYTES = 1 << 18  # EXIF comes first, and is at most 64 kB


def forget_place(path: Path) -> bool:
    """Whether there was one. What is no JPEG, or not well made, is left as it is."""
    with path.open("r+b") as file:
        head = bytearray(file.read(HEAD_BYTES))
        before = bytes(head)
        try:
            _empty_place(head)
        except (struct.error, LookupError, ValueError):
            return False
        if head == before:
            return False
        file.seek(0)
        file.write(head)
    return True


def _empty_place(head: bytearray) -> None:
    at = 2 if head[:2] == b"\xff\xd8" else len(head)
    while at + 4 <= len(head) and head[at] == 0xFF and head[at + 1] != _PIXELS:
        if head[at + 1] in _ALONE:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", head, at + 2)
        if head[at + 1] == 0xE1 and head[at + 4 : at + 10] == _EXIF:
            _empty_in_tiff(head, at + 10, end=min(at + 2 + length, len(head)))
        at += 2 + length


def _empty_in_tiff(head: bytearray, start: int, *, end: int) -> None:
    order = {b"II": "<", b"MM": ">"}[bytes(head[start : start + 2])]
    (first,) = struct.unpack_from(f"{order}I", head, start + 4)
    for entry in _entries(head, order, start + first, end):
        tag, _, _, value = struct.unpack_from(f"{order}HHII", head, entry)
        if tag != _PLACE:
            continue
        where = start + value
        for told in list(_entries(head, order, where, end)):
            _, kind, count, offset = struct.unpack_from(f"{order}HHII", head, told)
            size = _SIZES.get(kind, 1) * count
            if size > 4 and 0 < start + offset <= end - size:
                head[start + offset : start + offset + size] = bytes(size)
            head[told : told + _ENTRY] = bytes(_ENTRY)
        struct.pack_into(f"{order}H", head, where, 0)


def _entries(head: bytearray, order: str, where: int, end: int) -> range:
    (count,) = struct.unpack_from(f"{order}H", head, where)
    last = where + 2 + count * _ENTRY
    if last > end:
        raise ValueError("a list that goes on behind its end")
    return range(where + 2, last, _ENTRY)
