"""A real JupyterLab in a real, headless Chromium, with one notebook open.

    from browser.lab import notebook_of, opened

    def test_the_robot_can_be_dragged(tmp_path):
        notebook = notebook_of(tmp_path / "robot.ipynb", "robot = JumperWidget()", "robot")     # or one that exists
        with opened(notebook, tmp_path / "lab") as lab:        # copied into that folder; skips without Chromium
            lab.run_all()                                      # raises with the traceback where a cell fails
            canvas = lab.page.get_by_test_id("jumper")         # a playwright page
            canvas.scroll_into_view_if_needed()
            ...
            lab.until("robot.x > 1")                           # polls: a widget's messages take a moment
            assert lab.value("robot.x") == pytest.approx(1.2)  # JSON: numbers, strings, lists, dicts
            lab.screenshot(tmp_path / "robot.png")

At the end, if the block went well, `opened` fails on every console error, page error and request off 127.0.0.1. The
server listens on 127.0.0.1 alone, with a token and with folders of its own: no settings of this machine have a say.
"""

import ast
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import nbformat
import psutil
from playwright.sync_api import Page, sync_playwright

from needs import need

LOCAL = "127.0.0.1"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {LOCAL}",  # whatever is asked for, nothing leaves
]
SERVER = [
    f"--ServerApp.ip={LOCAL}",
    "--ServerApp.port_retries=0",
    "--ServerApp.open_browser=False",
    "--ServerApp.terminals_enabled=False",
    "--ServerApp.allow_root=True",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    "--LabApp.expose_app_in_browser=True",  # window.jupyterapp: its commands are what the menus call
]
QUIET = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}
START, READY, MOMENT = 60, 60, 10  # seconds for the server, for the page, for anything on it
BOOK = "const book = window.jupyterapp.shell.currentWidget; const session = book.sessionContext.session;"
IDLE = f"() => {{ {BOOK} return session?.kernel?.status === 'idle' && book.context.isReady; }}"
RUN = """() => { window.ran = false;
    window.jupyterapp.commands.execute("notebook:run-all-cells").finally(() => { window.ran = true; }); }"""
NOTEBOOK = f"() => {{ {BOOK} return book.content.model.toJSON(); }}"
SHOW = f"(i) => {{ {BOOK} book.content.activeCellIndex = i; return book.content.scrollToItem(i, 'center'); }}"
EVALUATE = f"""async (expression) => {{ {BOOK}
    const asked = {{ code: "", silent: true, store_history: false, user_expressions: {{ value: expression }} }};
    const reply = await session.kernel.requestExecute(asked).done;
    return reply.content.user_expressions.value; }}"""


@dataclass
class Lab:
    """An open notebook; `page` is playwright's page."""

    page: Page
    troubles: list[str] = field(default_factory=list)

    def run_all(self, seconds: float = 300) -> None:
        """Runs every cell, waits for the last and raises with the traceback of the one that failed."""
        self.page.evaluate(RUN)
        self.page.wait_for_function("() => window.ran", timeout=seconds * 1000)
        self.page.wait_for_function(IDLE, timeout=seconds * 1000)
        for cell in self.cells():
            for output in cell.get("outputs", []):
                assert output["output_type"] != "error", "\n".join([source(cell), *output["traceback"]])
        late = [source(c) for c in self.cells() if c["cell_type"] == "code" and source(c) and not c["execution_count"]]
        assert not late, f"never ran: {late[0]}"

    def notebook(self) -> dict:
        """The notebook as JSON, outputs included, whether they are on screen or not."""
        return self.page.evaluate(NOTEBOOK)

    def cells(self) -> list[dict]:
        """Its cells."""
        return self.notebook()["cells"]

    def show(self, text: str) -> None:
        """Scrolls to the first cell whose source contains the text: what is far off screen may not be drawn."""
        (index, *_) = [i for i, cell in enumerate(self.cells()) if text in source(cell)]
        self.page.evaluate(SHOW, index)

    def value(self, expression: str) -> object:
        """What an expression is in the kernel, after all the page has sent; anything that JSON can hold."""
        reply = self.page.evaluate(EVALUATE, f"__import__('json').dumps({expression})")
        assert reply["status"] == "ok", f"{expression}: {reply.get('ename')}: {reply.get('evalue')}"
        return json.loads(literal(reply["data"]["text/plain"]))

    def until(self, expression: str, seconds: float = 10) -> None:
        """Waits until an expression is true in the kernel."""
        deadline = time.monotonic() + seconds
        while not self.value(f"bool({expression})"):
            assert time.monotonic() < deadline, f"not within {seconds} s: {expression}"
            self.page.wait_for_timeout(50)

    def screenshot(self, place: Path) -> None:
        """Keeps what the window shows."""
        self.page.screenshot(path=place)


@contextmanager
def opened(notebook: Path, folder: Path) -> Iterator[Lab]:
    """JupyterLab with a copy of the notebook, made in a folder of its own; quiet at the end or an AssertionError."""
    browser_path = need("chromium")
    (folder / "books").mkdir(parents=True)
    shutil.copy(notebook, folder / "books")
    with serving(folder) as (address, token), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        lab = Lab(browser.new_page(viewport={"width": 1280, "height": 900}))
        lab.page.set_default_timeout(MOMENT * 1000)
        watch(lab)
        lab.page.goto(f"{address}/lab/tree/{notebook.name}?token={token}")
        lab.page.wait_for_function(f"() => window.jupyterapp?.shell.currentWidget && ({IDLE})()", timeout=READY * 1000)
        try:
            yield lab
        except Exception as error:
            error.add_note("\n".join(["the page said:", *lab.troubles]))
            raise
        browser.close()
        assert not lab.troubles, "\n".join(lab.troubles)


def notebook_of(place: Path, *codes: str) -> Path:
    """A notebook written from the sources of its code cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    book.cells = [nbformat.v4.new_code_cell(code) for code in codes]
    nbformat.write(book, place)
    return place


def watch(lab: Lab) -> None:
    """Notes what the page must not do."""
    page, troubles = lab.page, lab.troubles
    page.on("console", lambda said: said.type == "error" and troubles.append(f"console: {said.text} {said.location}"))
    page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
    page.on("request", lambda request: leaves(request.url) and troubles.append(f"request to {request.url}"))
    page.on("websocket", lambda wire: leaves(wire.url) and troubles.append(f"websocket to {wire.url}"))


def leaves(url: str) -> bool:
    """Whether a request goes to another machine."""
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob") and parts.hostname != LOCAL


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, str]]:
    """A JupyterLab server over folder/books: its address and token; every process of it is gone at the end."""
    port, token = free_port(), secrets.token_hex(16)
    places = {name: str(folder / place) for name, place in FOLDERS.items()}
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(QUIET), encoding="utf-8")
    own = [f"--ServerApp.port={port}", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder / 'books'}"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *SERVER, *own],
            env={**os.environ, **places},
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        await_answer(server, f"http://{LOCAL}:{port}/api/status", token, folder / "server.log")
        yield f"http://{LOCAL}:{port}", token
    finally:
        end(server)


def await_answer(server: subprocess.Popen, url: str, token: str, log: Path) -> None:
    """Waits until the server answers."""
    deadline = time.monotonic() + START
    while True:
        try:
            with urlopen(Request(url, headers={"Authorization": f"token {token}"}), timeout=5):
                return
        except (URLError, OSError):
            assert server.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")[-3000:]
            time.sleep(0.1)


def end(server: subprocess.Popen) -> None:
    """Ends a server with its kernels, which are in process groups of their own."""
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    server.terminate()
    _, alive = psutil.wait_procs(family, timeout=10)
    for process in alive:
        process.kill()
    server.wait(timeout=10)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return probe.getsockname()[1]


def source(cell: dict) -> str:
    """A cell's text, which the format may keep as lines."""
    return "".join(cell["source"])


def literal(text: str) -> str:
    """The string behind its repr."""
    return ast.literal_eval(text)
