"""A folder from which python3 can start; for tests and benchmarks in Python."""
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig

LEFT_OUT = shutil.ignore_patterns("test", "tests", "site-packages", "dist-packages", "__pycache__", "idlelib")


def make_python_tree(tree):
    """Copies the system's python3, its library and what they are linked with; returns its path in the tree."""
    program = pathlib.Path(os.path.realpath("/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable))
    found = subprocess.run([program, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"], capture_output=True,
                           text=True, check=True)
    library = pathlib.Path(found.stdout.strip() or sysconfig.get_path("stdlib"))
    shutil.copytree(library, tree / library.relative_to("/"), ignore=LEFT_OUT, symlinks=True)
    linked = subprocess.run(["ldd", program, *library.glob("lib-dynload/*.so")], capture_output=True, text=True).stdout
    needed = {word for word in linked.split() if word.startswith("/") and not word.endswith(":")}
    for path in {str(program), *needed}:
        place = tree / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            shutil.copy(path, place)
    return program
