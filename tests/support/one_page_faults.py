"""A program each of whose faults maps one page that is in the page cache; for benchmarks (one_page_faults.c)."""
import pathlib
import re
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "bench/one_page_faults.c"
STRAY_FAULTS = 16  # of its stack and of getrusage(2)


class OnePageFaults:
    def __init__(self, folder, faults, work_us=0):
        self.path, self.faults = folder / f"pages-{faults}", faults
        self.command = [str(folder / "one_page_faults"), str(self.path), str(faults), str(work_us)]
        subprocess.run(["cc", "-std=c11", "-O2", "-o", self.command[0], str(SOURCE)], check=True)

    def fill(self):
        """Anew, 4 KiB at a time: some hosts empty their page cache within a minute."""
        self.path.unlink(missing_ok=True)
        subprocess.run([*self.command[:-1], "0"], check=True, stdout=subprocess.DEVNULL)

    def seconds(self, output):
        """Of the touching, as the program itself measured it; None when pages were not in the page cache."""
        minor, major, wall = map(int, re.search(r"faults (\d+) (\d+) wall_ns (\d+)", output).groups())
        return wall * 1e-9 if major == 0 and 0 <= minor - self.faults <= STRAY_FAULTS else None

    def measure(self, run, attempts=5):
        """The seconds of run(command), which returns the output; again when pages were missing."""
        for _ in range(attempts):
            seconds = self.seconds(run(self.command))
            if seconds is not None:
                return seconds
            self.fill()
        raise SystemExit(f"{self.path}: its pages do not stay in the page cache")
