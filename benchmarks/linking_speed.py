"""Speed and memory of linking, in a process that does nothing else; prints JSON."""

from __future__ import annotations

import json
import socket
import statistics
import sys
import threading
import time
from contextlib import closing
from itertools import islice
from pathlib import Path

import httpx
import psutil
import uvicorn
from fastapi import FastAPI

from axiskg.build import build
from axiskg.linking import Linker
from axiskg.linking.snapshot_build import build_snapshot
from axiskg.linking.wikidata_json import read_items
from axiskg.server.api_linking import router
from axiskg.server.context import Context
from axiskg.settings import Settings
from axiskg.store import open_store

BATCH = (
    "China", "Georgia", "the PRC", "Shanghai Cooperation Organisation", "Emmanuel Macron",
    "Washington", "Rusian Federation", "Boston", "European Union", "Xi Jinping",
)  # fmt: skip


def names_of(extract: Path, many: int) -> list[str]:
    """Aliases from all over the extract, and every fifth one misspelt."""
    names: list[str] = []
    for number, item in enumerate(islice(read_items(extract), 0, None, 7)):
        for name in item.aliases[:1]:
            names.append(name[:2] + name[3:] if number % 5 == 0 and len(name) > 6 else name)
    return names[:many]


def http(settings: Settings) -> dict[str, float]:
    """Milliseconds for a batch of ten over HTTP, the median of sixty after ten."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open_store(settings) as store:
        build(settings, store)
        application = FastAPI()
        application.include_router(router)
        application.state.context = Context(settings=settings, store=store, generation=lambda: 1)
        server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="error"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        queries = {
            f"q{n}": {"query": name, "type_strict": "should"} for n, name in enumerate(BATCH)
        }
        body = {"queries": json.dumps(queries)}
        found: dict[str, float] = {}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            for path in ("/reconcile", "/reconcile/wikidata"):
                times = []
                for _ in range(70):
                    begun = time.perf_counter()
                    client.post(path, data=body).raise_for_status()
                    times.append(1000 * (time.perf_counter() - begun))
                found[path] = statistics.median(times[10:])
        server.should_exit = True
        thread.join()
    return found


def main() -> None:
    """Measure and print."""
    extract, folder = Path(sys.argv[1]), Path(sys.argv[2])
    snapshot = folder / "speed.sqlite"
    begun = time.perf_counter()
    build_snapshot(extract, snapshot)
    figures: dict[str, float] = {
        "build_s": time.perf_counter() - begun,
        "snapshot_mb": snapshot.stat().st_size / 1e6,
    }
    settings = Settings(
        store=":memory:", wikidata_snapshot=snapshot, link_judgements=folder / "none"
    )
    names = names_of(extract, 3_000)
    linker = Linker(settings)
    linker.link("China")
    for name, suggest in (("names_per_s", True), ("plain_names_per_s", False)):
        begun = time.process_time()
        for one in names:
            linker.link(one, suggest=suggest)
        figures[name] = len(names) / (time.process_time() - begun)
    figures["memory_mb"] = psutil.Process().memory_info().rss / 1e6
    figures.update(http(settings))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
