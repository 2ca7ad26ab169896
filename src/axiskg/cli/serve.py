"""`axiskg serve`: the endpoint, built first when it has to be."""

from __future__ import annotations

import errno
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from axiskg.build import build
from axiskg.cli.app import app, progress, state_of
from axiskg.errors import ConfigError, StoreError
from axiskg.server.app import create_app
from axiskg.server.guard import guarded
from axiskg.settings import Settings

__all__: list[str] = []

_BACKLOG = 2048
_GRACE_S = 10


@app.command("serve")
def serve_command(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any free one.")] = None,
    build_first: Annotated[
        bool, typer.Option("--build/--no-build", help="Bring the store up to date before.")
    ] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print where it runs as JSON, once it does.")
    ] = False,
) -> None:
    """Serve the graph: SPARQL, Graph Store, API and pages. Ctrl-C stops it.

    Says where it runs on standard output as soon as it answers.
    """
    given = {"host": host, "port": port}
    settings = state_of(context).settings
    settings = settings.model_copy(update={k: v for k, v in given.items() if v is not None})
    with ExitStack() as stack:
        listener = stack.enter_context(_listener(settings))
        if settings.store == ":memory:":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="axiskg-"))
            settings = settings.model_copy(update={"store": str(Path(folder) / "store")})
        if build_first:
            build(settings, note=lambda step: progress.print(f"[dim]{step}[/]", highlight=False))
        _run(settings, listener, as_json=as_json)


def _listener(settings: Settings) -> socket.socket:
    """The bound socket; raises `ConfigError` when the address can't be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"port {settings.port} on {settings.host} is in use; choose another with"
                " --port, or --port 0 for any free one"
            ) from None
        raise ConfigError(
            f"can't listen on {settings.host} port {settings.port}: {error.strerror}"
        ) from None
    return listener


class _Server(uvicorn.Server):
    """Says where it runs once it does, and keeps why it did not."""

    def __init__(self, config: uvicorn.Config, url: str, *, as_json: bool) -> None:
        super().__init__(config)
        self._url, self._as_json = url, as_json

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal, and then return, so that what was opened is closed."""
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            typer.echo(f'{{"url": "{self._url}"}}' if self._as_json else f"serving {self._url}")
            sys.stdout.flush()


def _run(settings: Settings, listener: socket.socket, *, as_json: bool) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    front = create_app(settings)
    config = uvicorn.Config(
        front,
        http=guarded(settings, front),
        ws="none",
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        lifespan="on",
        access_log=False,
        log_level="critical",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_S,
        backlog=_BACKLOG,
    )
    server = _Server(config, f"http://{shown}:{port}/", as_json=as_json)
    try:
        server.run(sockets=[listener])
    except SystemExit:
        # uvicorn's own way out when the application does not start
        if front.services.failure is None:
            raise
    failure = front.services.failure
    if failure is not None:
        raise failure
    if not server.started:
        raise StoreError("the server did not start")
