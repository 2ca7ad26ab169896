"""A real OpenRefine reconciles a column, takes types and extends it, against a running service."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.linking.conftest import free_port

from axiskg.namespaces import AXIS, ENT, PREFIXES

pytestmark = pytest.mark.slow


class OpenRefine:
    """The few commands of OpenRefine's HTTP API that the tests need."""

    def __init__(self, root: str) -> None:
        self.http = httpx.Client(base_url=f"{root}/command/core", timeout=60)

    def post(self, command: str, **fields: str) -> Any:
        """Send a command with a fresh token."""
        token = self.http.get("/get-csrf-token").json()["token"]
        reply = self.http.post(f"/{command}", data={**fields, "csrf_token": token})
        reply.raise_for_status()
        answer = reply.json()
        assert answer.get("code", "ok") in ("ok", "pending"), answer
        return answer

    def create(self, rows: list[str]) -> str:
        """A project with one column `name`."""
        token = self.http.get("/get-csrf-token").json()["token"]
        table = "name\n" + "".join(f"{row}\n" for row in rows)
        reply = self.http.post(
            "/create-project-from-upload",
            params={"csrf_token": token},
            data={"project-name": "actors", "format": "text/line-based/*sv"},
            files={"project-file": ("actors.csv", table, "text/csv")},
        )
        return httpx.URL(reply.headers["location"]).params["project"]

    def settle(self, project: str) -> None:
        """Wait for the long processes of a project."""
        deadline = time.monotonic() + 120
        while self.http.get("/get-processes", params={"project": project}).json()["processes"]:
            assert time.monotonic() < deadline, "OpenRefine does not finish"
            time.sleep(0.2)

    def rows(self, project: str) -> list[dict[str, Any]]:
        """The cells of each row by column name."""
        model = self.http.get("/get-models", params={"project": project}).json()["columnModel"]
        names = {column["cellIndex"]: column["name"] for column in model["columns"]}
        page = self.http.get("/get-rows", params={"project": project, "start": 0, "limit": 100})
        found = []
        pool = page.json().get("pool", {}).get("recons", {})
        for row in page.json()["rows"]:
            cells = {names[i]: cell or {} for i, cell in enumerate(row["cells"]) if i in names}
            for cell in cells.values():
                if "r" in cell:
                    cell["recon"] = pool.get(str(cell["r"]), cell)
            found.append(cells)
        return found

    def reconcile(
        self, project: str, url: str, spaces: tuple[str, str], kind: dict[str, str] | None
    ) -> None:
        """Reconcile the column `name` against a service."""
        config = {
            "mode": "standard-service",
            "service": url,
            "identifierSpace": spaces[0],
            "schemaSpace": spaces[1],
            "type": kind,
            "autoMatch": True,
            "columnDetails": [],
            "limit": 0,
        }
        engine = json.dumps({"facets": [], "mode": "row-based"})
        fields = {"columnName": "name", "config": json.dumps(config), "engine": engine}
        self.post("reconcile", project=project, **fields)
        self.settle(project)

    def extend(
        self, project: str, url: str, spaces: tuple[str, str], properties: list[dict[str, str]]
    ) -> None:
        """Add columns with the values of properties."""
        self.post(
            "extend-data",
            project=project,
            baseColumnName="name",
            endpoint=url,
            identifierSpace=spaces[0],
            schemaSpace=spaces[1],
            extension=json.dumps({"properties": properties}),
            columnInsertIndex="1",
            engine=json.dumps({"facets": [], "mode": "row-based"}),
        )
        self.settle(project)


@pytest.fixture(scope="module")
def openrefine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRefine]:
    """A running OpenRefine with a data folder of its own."""
    binary = shutil.which("openrefine")
    if binary is None:
        pytest.skip("OpenRefine (Debian package openrefine) is not installed")
    folder = tmp_path_factory.mktemp("openrefine")
    port = free_port()
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [binary, "-p", str(port), "-i", "127.0.0.1", "-d", str(folder / "data"), "-m", "512M",
         "-x", "refine.headless=true"],
        stdout=log, stderr=log, start_new_session=True,
        env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    root = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{root}/command/core/get-version", timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None, (folder / "log").read_text("utf-8", "replace")
                time.sleep(0.2)
        else:
            pytest.fail("OpenRefine does not start: " + Path(log.name).read_text("utf-8")[-2000:])
        client = OpenRefine(root)
        with client.http:
            yield client
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


def test_our_entities(openrefine: OpenRefine, service: str) -> None:
    """A column of names: matched, typed, and extended with memberships and items."""
    project = openrefine.create(["China", "the PRC", "Iran", "NATO", "Beijing", "Nobody At All"])
    url, spaces = f"{service}/reconcile", (ENT, AXIS)
    kinds = openrefine.post(
        "guess-types-of-column", project=project, columnName="name", service=url
    )
    assert kinds["types"][0]["id"] == "State"
    openrefine.reconcile(project, url, spaces, None)
    cells = [row["name"] for row in openrefine.rows(project)]
    matched = {cell["v"]: cell["recon"].get("m", {}).get("id") for cell in cells if "recon" in cell}
    assert matched["China"] == matched["the PRC"] == "china"
    assert matched["Iran"] == "iran"
    assert matched["NATO"] == "nato"
    assert matched["Beijing"] is None
    openrefine.extend(
        project,
        url,
        spaces,
        [{"id": "memberOf", "name": "member of"}, {"id": "wikidata", "name": "Wikidata item"}],
    )
    rows = openrefine.rows(project)
    first = rows[0]
    assert first["Wikidata item"]["v"] == "Q148"
    groups = set()
    for row in rows:
        if row["name"].get("v") not in (None, "China"):
            break
        groups.add(row.get("member of", {}).get("v"))
    assert groups == {"BRICS", "SCO"}


def test_wikidata_through_the_snapshot(openrefine: OpenRefine, service: str) -> None:
    """States with a type, Georgia among them, extended with continents and memberships."""
    project = openrefine.create(["China", "Georgia", "Russian Federation", "Macondo"])
    url, spaces = f"{service}/reconcile/wikidata", (PREFIXES["wd"], PREFIXES["wdt"])
    openrefine.reconcile(project, url, spaces, {"id": "state", "name": "sovereign state"})
    cells = [row["name"] for row in openrefine.rows(project)]
    matched = {cell["v"]: cell.get("recon", {}).get("m", {}).get("id") for cell in cells}
    assert matched == {
        "China": "Q148",
        "Georgia": "Q230",
        "Russian Federation": "Q159",
        "Macondo": None,
    }
    openrefine.extend(project, url, spaces, [{"id": "P30", "name": "continent"}])
    values = {row.get("continent", {}).get("v") for row in openrefine.rows(project)}
    assert {"Asia", "Europe"} <= values
