"""A web site on this machine, for tests of what asks the web: paths with answers, and a record of what was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = tuple[int, dict[str, str], bytes]
Request = BaseHTTPRequestHandler
Handler = Callable[[Request], None]

JOB_PAGE = b"""<html><head><title>%s</title></head><body><main><h1>%s</h1><p>We look for a friendly cook for our small kitchen in Springfield.
You prepare lunch for forty guests, order fresh food and keep the kitchen clean. We pay 18 dollars an hour, five days a week.</p>
<p>Call Mrs Example on +1 202 555 0143 or write to kitchen@example.org. Please bring your papers to the first meeting.</p></main></body></html>"""


def job_page(title: str) -> bytes:
    return JOB_PAGE % (title.encode(), title.encode())


@dataclass
class Site:
    """`pages`: path -> answer or handler, a list for one answer after another; `asked`: paths in order; `headers`: of each request; `ports`: from which each came."""

    url: str
    pages: dict[str, Reply | Handler | list[Reply]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)

    def page(self, path: str, body: bytes, **headers: str) -> str:
        """Add an HTML page; its whole address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (200, {"Content-Type": "text/html; charset=utf-8", **named}, body)
        return self.url + path


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.ports.append(self.client_address[1])
            site.headers.append({name.casefold(): value for name, value in self.headers.items()})
            reply = site.pages.get(self.path, (404, {}, b"nothing here"))
            if isinstance(reply, list):
                reply = reply.pop(0) if len(reply) > 1 else reply[0]
            if callable(reply):
                reply(self)
                return
            status, headers, body = reply
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    return Answers


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what some tests are about."""


@contextmanager
def local_site() -> Iterator[Site]:
    """A running site on a free port of 127.0.0.1."""
    site = Site("")
    server = _Server(("127.0.0.1", 0), _handler(site))
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
