"""The links that leave the notebook are alive, as far as the network lets one see."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from book.prose import links

DEAD = (404, 410)
PATIENCE = 15  # seconds
READER = {"User-Agent": "Mozilla/5.0 (a check that links are alive)"}


def state(url):
    """'alive', 'dead', or 'unknown' where nobody or only a gatekeeper answers."""
    try:
        with urlopen(Request(url, headers=READER), timeout=PATIENCE):
            return "alive"
    except HTTPError as error:
        with error:
            return "dead" if error.code in DEAD else "unknown"
    except (URLError, OSError, HTTPException):  # the last: an answer that is no HTTP
        return "unknown"


def checked(urls):
    """Fails on dead links; skips aloud with the hosts that did not tell."""
    with ThreadPoolExecutor(8) as pool:
        states = dict(zip(urls, pool.map(state, urls), strict=True))
    dead = [url for url, found in states.items() if found == "dead"]
    assert dead == []
    silent = sorted({urlsplit(url).netloc for url, found in states.items() if found == "unknown"})
    if silent:
        pytest.skip(f"no answer from {', '.join(silent)}: their links were not checked")


def test_no_link_out_of_the_notebook_is_dead(text):
    checked([target for target in links(text) if target.startswith("http")])


class Answers(BaseHTTPRequestHandler):
    """A site whose paths are the status codes it answers with."""

    def do_GET(self):
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        """Says nothing."""


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("code", DEAD)
def test_a_dead_link_fails(site, code):
    with pytest.raises(AssertionError, match=f"/{code}"):
        checked([f"{site}/200", f"{site}/{code}"])


def test_links_that_answer_pass(site):
    checked([f"{site}/200"])


def test_a_host_that_does_not_answer_is_named(site):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(pytest.skip.Exception, match=nobody):
            checked([f"{site}/200", f"http://{nobody}/"])


def test_a_gatekeeper_is_named_and_no_reason_to_fail(site):
    with pytest.raises(pytest.skip.Exception, match="127"):
        checked([f"{site}/503"])
