"""The widget's script, compressed once when it was built, for whoever takes it so."""

import re
from pathlib import Path

from fastapi.responses import FileResponse

SCRIPT_CACHE = "public, max-age=300"
# Asked for with a digest of its content: another content is another address.
DIGEST_CACHE = "public, max-age=31536000, immutable"
# The smallest first.
ENCODINGS = {"br": ".br", "gzip": ".gz"}


def script_in(script: Path, accepted: str, *, cache: str = SCRIPT_CACHE) -> FileResponse:
    """The script in the best encoding that the browser's Accept-Encoding names."""
    headers = {
        "Cache-Control": cache,
        "Vary": "Accept-Encoding",
        # A part that is fetched later is a module: those are read across origins by leave only.
        "Access-Control-Allow-Origin": "*",
    }
    for encoding, suffix in ENCODINGS.items():
        packed = script.with_name(script.name + suffix)
        if _takes(encoding, accepted) and packed.exists():
            return FileResponse(
                packed,
                media_type="text/javascript",
                headers=headers | {"Content-Encoding": encoding},
            )
    return FileResponse(script, media_type="text/javascript", headers=headers)


def _takes(encoding: str, accepted: str) -> bool:
    """Whether it is named, and not with a quality of nought."""
    found = re.search(rf"(?:^|[\s,]){encoding}\s*(?:;\s*q=([\d.]+)\s*)?(?:,|$)", accepted)
    return found is not None and (found[1] is None or float(found[1] or 0) > 0)
