"""What the encoder lets pass, the gates over the graph let pass too."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from axiskg.cli.groups import whole_app
from axiskg.gates import encoded_files
from axiskg.gates.corpus import read_corpus
from axiskg.gates.shapes import check_shapes, read_shapes
from axiskg.gates.violations import check_violations, read_violation_queries
from axiskg.ontology import read_ontology
from axiskg.settings import Settings

app = whole_app()


def test_the_worked_example_passes_shapes_and_violation_queries(project: Path) -> None:
    for arguments in (
        [
            *("source", "straits-compact.txt", "--slug", "straits-compact", "--title", "Straits"),
            *("--creator", "ada-lovell", "--publisher", "meridian-review", "--issued", "2031-23"),
        ],
        ["anchor", "--text", "straits-compact.txt", "data/statements/straits-compact.yaml"],
        ["encode"],
    ):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output or result.exception
    settings = Settings()
    paths = encoded_files(settings)
    assert len(paths) == 2
    corpus = read_corpus(read_ontology(settings.ontology_dir), paths, home=project)
    folder = settings.ontology_dir
    violations = check_violations(corpus, read_violation_queries(folder / "checks"))
    assert violations.findings == ()
    assert check_shapes(corpus, read_shapes(folder / "shapes")).findings == ()
