"""Runs fault-probe and reads its reports; for tests and benchmarks in Python."""
import json
import pathlib
import subprocess
import tempfile


class Report:
    """A document of fault-probe's (bytepath-result(5))."""

    def __init__(self, document):
        self.parameters = document["parameters"]
        self.complete = document["complete"]
        self.findings = {finding["id"] for finding in document["findings"]}
        self._metrics = document["metrics"]
        self._tables = {table["name"]: table for table in document["tables"]}

    def metric(self, name, **labels):
        """The one sample of a metric; 0 where it is not there."""
        found = [m for m in self._metrics if m["name"] == name and labels.items() <= m["labels"].items()]
        assert len(found) < 2, f"several metrics are {name} {labels}"
        return found[0]["samples"][0] if found else 0

    def samples(self, name):
        return next((m["samples"] for m in self._metrics if m["name"] == name), [])

    def table(self, name):
        """Its rows as dictionaries; none where it is not there."""
        if name not in self._tables:
            return []
        columns = [column["name"] for column in self._tables[name]["columns"]]
        return [dict(zip(columns, row)) for row in self._tables[name]["rows"]]


class Failed(Exception):
    """fault-probe, or what was around it, ended with an error; status 3: this user may not."""

    def __init__(self, command, run):
        super().__init__(f"{' '.join(command)} ended with {run.returncode}: {run.stderr.strip()}")
        self.status = run.returncode


def report(command, before=(), **options):
    """Runs a subcommand: command is [fault-probe, subcommand, argument...], before what runs it.

    Returns the report and the run, whose standard output is that of the traced command.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "report.json"
        program, subcommand, *arguments = map(str, command)
        run = subprocess.run([*map(str, before), program, subcommand, "--quiet", "--json", str(out), *arguments],
                             capture_output=True, text=True, **options)
        if run.returncode != 0 or not out.exists():
            raise Failed([program, subcommand, *arguments], run)
        return Report(json.loads(out.read_text())), run
