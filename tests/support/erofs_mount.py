"""Mounts images; for tests in Python."""
import contextlib
import ctypes
import os
import subprocess

MS_RDONLY = 1


class CannotMount(Exception):
    pass


def mount_erofs(image, place):
    """By mount(2), so that the kernel reads the file: mount(8) would make a loop device of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(os.fsencode(image), os.fsencode(place), b"erofs", MS_RDONLY, None) != 0:
        raise CannotMount(f"EROFS from a file: {os.strerror(ctypes.get_errno())}")


def mount(place, *words):
    run = subprocess.run(["mount", *map(str, words), str(place)], capture_output=True, text=True)
    if run.returncode != 0:
        raise CannotMount(run.stderr.strip())


@contextlib.contextmanager
def mounted(place, how, *arguments):
    """With-statement: how(*arguments) mounts at `place`, which is unmounted at the end."""
    place.mkdir(parents=True, exist_ok=True)
    how(*arguments)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)
