"""Puts libtorch together from wheels that are there, or compares it with what it was when it was put together.

    python3 libtorch.py assemble WHEELS FOLDER
    python3 libtorch.py check FOLDER

It fetches nothing: `cargo xtask libtorch` has pip fetch the wheels and check their hashes. `CONTENTS` in the folder holds a line
for each file: its SHA-256, its size, its path.
"""

import hashlib
import os
import pathlib
import shutil
import sys
import zipfile

CONTENTS = "CONTENTS"
# Where a file of a wheel goes. The rest of the wheels is for Python and for graphics cards.
LIBRARIES = {
    "torch/lib/libtorch_cpu.so",
    "torch/lib/libc10.so",
    "torch/lib/libgomp.so.1",
    "nvidia/cu13/lib/libcudart.so.13",
    "nvidia/cu13/lib/libcupti.so.13",
}
HEADERS = "torch/include/"


def place(member):
    """Where a member of a wheel goes, or nothing."""
    if member in LIBRARIES:
        return "lib/" + member.rsplit("/", 1)[1]
    if member.startswith(HEADERS) and not member.endswith("/"):
        return member.removeprefix("torch/")
    return None


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else old_digest(file)


def old_digest(file):
    """Python before 3.11 has no digest of a file."""
    sha = hashlib.sha256()
    while block := file.read(1 << 20):
        sha.update(block)
    return sha.hexdigest()


def assemble(wheels, folder):
    (folder / "lib").mkdir(parents=True)
    placed = set()
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                name = place(member.filename)
                if name is None:
                    continue
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, open(path, "wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
                placed.add(member.filename)
    missing = sorted(LIBRARIES - placed)
    if missing:
        sys.exit(f"the wheels hold no {', '.join(missing)}")
    # The real one names the library for graphics cards, which is left out.
    (folder / "lib/libtorch.so").write_text("INPUT(-ltorch_cpu)\n")
    os.symlink("libgomp.so.1", folder / "lib/libgomp.so")
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{digest(folder / name)} {(folder / name).stat().st_size} {name}\n" for name in names]
    (folder / CONTENTS).write_text("".join(lines))


def check(folder):
    for line in (folder / CONTENTS).read_text().splitlines():
        expected, _, name = line.split(" ", 2)
        if digest(folder / name) != expected:
            sys.exit(f"{name} is not what it was when it was put there")


if __name__ == "__main__":
    command, *folders = sys.argv[1:]
    {"assemble": assemble, "check": check}[command](*map(pathlib.Path, folders))
