"""A wheel, or the standard library's archive, made smaller and quicker to import.

Runs inside the runtime itself (`pack.mjs`), since byte code belongs to one version of Python. What
no page can use is dropped (tests, type stubs, headers, fonts of other uses), and every module is
compiled, so that no reader's phone has to: an import is then a matter of reading. Line numbers and
docstrings stay. Nothing is compressed inside the archive: it travels compressed as a whole
(`packed`), which is smaller, and which the browser itself undoes, quicker than any Python.
"""

import ast
import gzip
import importlib._bootstrap_external as external
import importlib.util
import re
import zipfile
from pathlib import Path

DROPPED = re.compile(
    r"(^|/)tests?/|(^|/)testing/tests/|\.(pyi|pxd|pyx|h|a|c|lib|orig)$|(^|/)py\.typed$"
    # numpy
    r"|^numpy/(f2py|distutils|_pyinstaller|doc)/|^numpy/.*/examples/|npy-pkg-config|pkgconfig"
    # matplotlib: only Agg and SVG are drawn here
    r"|sample_data/|mpl-data/(images|plot_directive|fonts/(afm|pdfcorefonts))/"
    r"|fonts/ttf/DejaVuSerif|fonts/ttf/DejaVuSans(Mono-.*|-BoldOblique)\.ttf"
    r"|backends/(web_backend|qt_editor|_tkagg|qt_compat)|backends/_backend_pdf_ps"
    r"|backends/_?backend_(cairo|gtk|macosx|nbagg|pdf|pgf|ps|qt|tk|webagg|wx)"
    r"|^matplotlib/(sphinxext|testing)/|licenses/LICENSE_QT"
    # the standard library: what needs a screen, a server or a mailbox, and what C does quicker
    r"|^(idlelib|tkinter|turtledemo|ensurepip|lib2to3|curses|dbm|pydoc_data|sqlite3)[/.]"
    r"|^unittest/mock[/.]"
    r"|^(wsgiref|xmlrpc|xml/dom|xml/sax|http/(server|cookie)|logging/(handlers|config)|venv)/?"
    r"|^(turtle|mailbox|imaplib|poplib|smtplib|ftplib|pty|tty|doctest|pickletools|pdb|bdb|cmd)\.py$"
    r"|^(cProfile|profile|pstats|trace|optparse|socketserver|antigravity|this)\.py$"
    r"|^(_pyio|_pydatetime|_pydecimal)\.py$"
)
TIME = (2020, 1, 1, 0, 0, 0)  # a fixed time: the same files give the same archive


def slim(source: Path, target: Path, prefix: str, only: set[str] | None = None) -> None:
    """Writes `source` to `target` without what is dropped, compiled.

    Args:
        source: A wheel or another archive of Python modules.
        target: The archive to write.
        prefix: Where it will be unpacked: the file names that tracebacks show.
        only: The modules to compile, if not all: byte code is larger than its source, and what few
            readers import is better small.
    """
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(target, "w") as new,
    ):
        for entry in sorted(old.infolist(), key=lambda each: each.filename):
            name = entry.filename
            if name.endswith("/") or (DROPPED.search(name) and "dist-info" not in name):
                continue
            content = old.read(name)
            wanted = only is None or name in only
            if name.endswith(".py") and wanted:
                content, name = compiled(content, prefix + name), name + "c"
            add(new, name, content)


def compiled(source: bytes, path: str) -> bytes:
    """The byte code of a module, tied to no time and checked against no source."""
    code = compile(ast.parse(source), path, "exec", dont_inherit=True, optimize=0)
    return bytes(external._code_to_hash_pyc(code, importlib.util.source_hash(source), False))


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, TIME)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def packed(archive: Path) -> Path:
    """The archive as it travels, gzip around the whole: a file beside it that ends in `.pack`.

    Not in `.gz`: some hosts take that for an encoding, and the browser would undo it twice.
    """
    target = archive.with_suffix(".pack")
    target.write_bytes(gzip.compress(archive.read_bytes(), 9, mtime=0))
    return target
