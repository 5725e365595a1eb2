"""The font of a PDF: one with Japanese and an open licence, from what the system has; it is embedded as far as used.

Debian and Ubuntu have one in ``fonts-noto-cjk``, ``fonts-ipaexfont-gothic`` or ``fonts-vlgothic``, Alpine in
``font-noto-cjk`` or ``font-ipaex``. Home Assistant OS has none, and nothing can be installed beside it: there the
document is kept as JSON, and its PDF is made wherever a font is. English needs none: it falls back on Helvetica, which
every reader of PDF brings (PDF 1.7, 9.6.2.2), as long as no character asks for more.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FOLDERS: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
)
_KNOWN: Final = (
    # Open licences: SIL OFL 1.1, IPA Font License, and that of VL Gothic. The first face of Noto's collection is the
    # Japanese one.
    ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    ("NotoSansCJKjp-Regular.otf", "NotoSansCJKjp-Bold.otf"),
    ("NotoSansJP-Regular.ttf", "NotoSansJP-Bold.ttf"),
    ("NotoSansJP-Regular.otf", "NotoSansJP-Bold.otf"),
    ("ipaexg.ttf", None),
    ("ipag.ttf", None),
    ("VL-Gothic-Regular.ttf", None),
)

MISSING: Final = (
    "no font with Japanese was found: install fonts-noto-cjk (Debian, Ubuntu) or font-noto-cjk (Alpine), or name the "
    "file of one"
)


@dataclass(frozen=True, slots=True)
class Font:
    """Files of one typeface; without a bold one, the regular one stands in."""

    regular: Path
    bold: Path | None = None


def find_font() -> Font | None:
    """Return the first known font of the system; None where there is none."""
    folders = [path for folder in _FOLDERS if (path := folder.expanduser()).is_dir()]
    for regular, bold in _KNOWN:
        for folder in folders:
            found = next(iter(sorted(folder.rglob(regular))), None)
            if found is not None:
                beside = found.with_name(bold) if bold is not None else None
                return Font(found, beside if beside is not None and beside.is_file() else None)
    return None
