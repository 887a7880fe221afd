"""A lazyfs mount under test: started, asked, ended, and what it wrote down."""
import csv
import json
import os
import pathlib
import signal
import subprocess
import time


class Refused(Exception):
    """lazyfs did not mount; it ended by itself."""

    def __init__(self, status, err):
        super().__init__(err)
        self.status, self.err = status, err


class LazyMount:
    """With-statement: mounts; at its end ends the mount, and reads its truth and its report."""

    def __init__(self, program, source, folder, *options):
        self.place = pathlib.Path(folder) / "mnt"
        if not is_mounted(self.place):  # of a dead mount nothing can be asked
            self.place.mkdir(exist_ok=True)
        self.truth_path = pathlib.Path(folder) / "truth.csv"
        self.command = [str(word) for word in (program, "mount", "--json", "-", "--truth", self.truth_path, *options,
                                               source, self.place)]
        self.status = self.report = None
        self.truth = []

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said = self.process.stderr.readline()
        if not self.said.startswith("lazyfs: mounted "):
            out, err = self.process.communicate(timeout=30)
            raise Refused(self.process.returncode, self.said + err)
        return self

    def __exit__(self, *_):
        if self.status is None:
            self.end(signal.SIGTERM)

    def end(self, signal_number=None):
        if signal_number is not None:
            self.process.send_signal(signal_number)
        out, self.err = self.process.communicate(timeout=60)
        self.status = self.process.returncode
        self.report = json.loads(out) if out else None
        self.truth = self.lines()

    def lines(self, kind=None):
        with open(self.truth_path, newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            for column in row.keys() - {"kind", "path", "tier", "node"}:
                row[column] = int(row[column])
        return [row for row in rows if kind in (None, row["kind"])]

    def wait_for(self, condition, seconds=20):
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            time.sleep(0.02)
        return condition()

    def is_stopped(self):
        """Each thread is, which takes a while after SIGSTOP was sent."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/stat")
        return all(task.read_text().rsplit(")", 1)[1].split()[0] == "T" for task in tasks)

    def children(self):
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(word) for word in found.stdout.split()]

    def metric(self, name, tier):
        return next(int(one["median"]) for one in self.report["metrics"]
                    if one["name"] == name and one["labels"]["tier"] == tier)


def is_mounted(place):
    return any(line.split()[1] == str(place) for line in pathlib.Path("/proc/mounts").read_text().splitlines())


def is_running(pid):
    """Not gone, and not only waiting for its parent to hear of it."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def read_at(path, *places):
    """Each (offset, length) by one pread(2)."""
    file = os.open(path, os.O_RDONLY)
    try:
        return [os.pread(file, length, offset) for offset, length in places]
    finally:
        os.close(file)
