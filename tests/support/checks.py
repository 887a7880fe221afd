"""What the tests of mounts check with, each line of it printed; for tests in Python."""
import os
import pathlib
import sys
import tempfile

from mount_probe import Failed

FAILURES = []


class Between:
    """Equal to all from low to high."""

    def __init__(self, low, high):
        self.low, self.high = low, high

    def __eq__(self, other):
        return other is not None and self.low <= other <= self.high

    def __repr__(self):
        return f"{self.low:g} to {self.high:g}"


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def check(what, got, expected):
    right = got == expected
    print(f"{'ok' if right else 'FAILED'}: {what}: {got}" + ("" if right else f", not {expected}"), flush=True)
    FAILURES.extend([] if right else [what])


def difference(got, expected):
    """What one multiset has more than the other."""
    return sorted((got - expected).items())[:5], sorted((expected - got).items())[:5]


def need_root_and_fuse():
    if os.geteuid() != 0:
        skip("needs root, to mount and to trace by BPF")
    if not os.path.exists("/dev/fuse"):
        skip("there is no /dev/fuse (modprobe fuse)")


def run_checks(main):
    """Runs main(folder), and ends: 0, 1 with failures, 77 where chunk-probe says that it cannot record here."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        try:
            main(pathlib.Path(name))
        except Failed as failed:
            if failed.status != 3:
                raise
            skip(failed)
    print(f"{len(FAILURES)} failed")
    sys.exit(1 if FAILURES else 0)
