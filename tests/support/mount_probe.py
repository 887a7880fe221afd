"""Runs chunk-probe on mounts and reads what it recorded; for tests and benchmarks in Python."""
import collections
import csv
import json
import pathlib
import re
import subprocess
import tempfile

from fault_report import Report

PAGE = 4096
SAID = re.compile(r"^(accesses|bytes|wall_ns|mapped|cached_before|cached_after) (-?\d+)$", re.MULTILINE)


class Failed(Exception):
    """chunk-probe ended with an error; status 3: it cannot record here."""

    def __init__(self, run):
        super().__init__(f"{' '.join(map(str, run.args))} ended with {run.returncode}: {run.stderr.strip()}")
        self.status = run.returncode


class CommandFailed(Failed):
    """What was recorded ended with an error."""


class MountReport(Report):
    """What chunk-probe says of a trace."""

    def __init__(self, document):
        super().__init__(document)
        self.not_measured = [gap["what"] for gap in document["not_measured"]]
        self.paths = {row["depth"]: row["path"] for row in self.table("mounts")}

    def step(self, name, depth=0):
        """Bytes of a step of the ladder, on the mount of this depth; None where it is not there."""
        return next((row["bytes"] for row in self.table("ladder")
                     if row["step"] == name and row["where"] in ("upstream", self.paths[depth])), None)

    def pages(self, name, depth=0):
        """page_hits, page_misses or page_late of the mount of this depth."""
        return int(self.metric(name, where=self.paths[depth]))


class MountProbe:
    """chunk-probe, and the folder where its traces go."""

    def __init__(self, program, folder):
        self.program, self.folder, self.count = str(program), pathlib.Path(folder), 0

    def new_trace(self):
        self.count += 1
        self.last = self.folder / f"{self.count}.trace"
        return self.last

    def words(self, mount, trace, options=(), command=()):
        return [str(word) for word in (self.program, "record", "-m", mount, "-t",
                                       trace, *options, *(("--", *command) if command else ()))]

    def record(self, mount, *command, options=(), **how):
        """Returns a Recording; Failed where chunk-probe does not record to its end."""
        trace = self.new_trace()
        run = subprocess.run(self.words(mount, trace, options, command), capture_output=True, text=True, timeout=120, **how)
        if run.returncode != 0:
            raise Failed(run)
        recording = Recording(self, trace, run)
        if command and recording.report.parameters["exit_code"] != 0:
            raise CommandFailed(run)
        return recording

    def run(self, *words, timeout=60):
        run = subprocess.run([self.program, *map(str, words)], capture_output=True, text=True, timeout=timeout)
        if run.returncode != 0:
            raise Failed(run)
        return run.stdout

    @staticmethod
    def report_in(path):
        return MountReport(json.loads(pathlib.Path(path).read_text()))


class Recording:
    def __init__(self, probe, trace, run=None):
        self.probe, self.trace, self.out = probe, trace, run.stdout if run else ""
        self.report = self.reported()

    def reported(self, *options):
        with tempfile.TemporaryDirectory(dir=self.probe.folder) as folder:
            out = pathlib.Path(folder) / "report.json"
            self.probe.run("report", self.trace, "--quiet", "--json", out, *options)
            return self.probe.report_in(out)

    def requests(self, *options):
        """The READs, of the target: of the first FUSE mount, where the options name none."""
        rows = list(csv.DictReader(self.probe.run("export", self.trace, "--format", "csv", *options).splitlines()))
        for row in rows:
            for column in row.keys() - {"path", "flags"}:
                row[column] = int(row[column])
        return rows

    def reads(self, *options):
        """How often each (offset, length) was asked for."""
        return collections.Counter((row["offset"], row["length"]) for row in self.requests(*options))

    def said(self):
        """The "KEY NUMBER" lines that page_reader printed."""
        return {key: int(value) for key, value in SAID.findall(self.out)}

    def lost(self):
        return self.report.parameters["lost_events"]


def union_bytes(ranges):
    """Bytes of (offset, length) pairs, each byte once."""
    total = end = 0
    for offset, length in sorted(ranges):
        total += max(0, offset + length - max(offset, end))
        end = max(end, offset + length)
    return total
