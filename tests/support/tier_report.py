"""Runs tier-probe on files and processes and reads its reports; for tests and benchmarks in Python."""
import json
import os
import pathlib
import subprocess

from fault_report import Report

PAGE = 4096


class TierFailed(Exception):
    """tier-probe ended with an error; status 3: it cannot measure here."""

    def __init__(self, run):
        super().__init__(f"{' '.join(map(str, run.args))} ended with {run.returncode}: {run.stderr.strip()}")
        self.status = run.returncode


class TierReport(Report):
    def __init__(self, document):
        super().__init__(document)
        self.verdict = document["verdict"]["text"]
        self.not_measured = [gap["what"] for gap in document["not_measured"]]

    def accesses(self, table, tier=None):
        """Those of a tier, or of all, in a table of tiers."""
        return sum(row["accesses"] for row in self.table(table) if tier in (None, row["tier"]))

    def median(self, **labels):
        """Of tier_latency; None where there is none of these labels."""
        return next((m["median"] for m in self._metrics
                     if m["name"] == "tier_latency" and labels.items() <= m["labels"].items()), None)


class TierProbe:
    """tier-probe, and the folder where its reports go."""

    def __init__(self, program, folder):
        self.program, self.report = str(program), pathlib.Path(folder) / "tier-probe.json"

    def words(self, *words):
        return [str(word) for word in (self.program, words[0], "--json", self.report, *words[1:])]

    def run(self, *words, around=(), **how):
        """Runs it, behind the words of `around`; TierFailed where it does not measure."""
        self.report.unlink(missing_ok=True)
        run = subprocess.run([*map(str, around), *self.words(*words)], capture_output=True, text=True, timeout=120, **how)
        if run.returncode != 0:
            raise TierFailed(run)
        self.out = run.stdout
        return self.read()

    def read(self):
        return TierReport(json.loads(self.report.read_text()))


def make_file(path, megabytes):
    """With content, so that no page of it is a hole; written to the device."""
    with open(path, "wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(1 << 20))
        os.fsync(file.fileno())
    return path


def make_resident(path, every, pages=16):
    """Of each `every` pieces of so many pages one is in the page cache, and nothing else of the file."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
        piece = pages * PAGE
        for number in range(0, os.fstat(file).st_size // piece, every):
            os.pread(file, piece, number * piece)
    finally:
        os.close(file)
