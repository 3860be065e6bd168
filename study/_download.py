"""A file from the network, with a progress bar for whoever is watching."""

from __future__ import annotations

import sys
import urllib.request

from study._progress import draw_bar

_SECONDS_TO_WAIT = 10  # for the host to say anything


def download(address: str, largest: int, *, progress: bool) -> bytes:
    """What an address has.

    Args:
        address: Where it is, as a URL.
        largest: Bytes beyond which it cannot be what was asked for.
        progress: Draw a bar on standard error, if that is a terminal.

    Raises:
        OSError: The host cannot be reached, has no such file, or sends too much.
        http.client.HTTPException: It does not speak HTTP.
    """
    show = progress and sys.stderr.isatty()
    content = bytearray()
    with urllib.request.urlopen(address, timeout=_SECONDS_TO_WAIT) as response:
        total = int(response.headers.get("Content-Length") or 0)
        while chunk := response.read(1 << 16):
            content += chunk
            if len(content) > largest:
                raise OSError("sends far more than the file should have")
            if show:
                name, done = address.rsplit("/", 1)[-1], len(content)
                draw_bar(name, done / total if total else 0, f"{done / 1e6:.1f} MB")
    if show:
        print(file=sys.stderr)
    return bytes(content)
