"""Where a script works, and what it keeps."""

import gzip
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def begin(name):
    """An empty folder /tmp/training/NAME, a git repository with one commit, that becomes the current folder."""
    os.environ.update(HOME="/tmp/training/home", LOGNAME="ada", USER="ada")
    Path(os.environ["HOME"]).mkdir(parents=True, exist_ok=True)
    place = Path("/tmp/training") / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    os.chdir(place)
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    subprocess.run(["git", "init", "-q", "-b", "main", "."], check=True)
    (place / "train.py").write_text("# trains\n")
    (place / ".gitignore").write_text("*\n!train.py\n!.gitignore\n")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "Train"], check=True)
    sys.argv = ["train.py"]
    sys.modules["__main__"].__file__ = str(place / "train.py")
    return place


def commit():
    return subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


def plain(value):
    """Numbers that JSON doesn't know as strings."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def keep(name, paths, expected, zipped=()):
    """Puts files and folders of the current folder into the fixtures."""
    target = FIXTURES / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in paths:
        source = Path(path)
        (target / source.parent).mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target / source, dirs_exist_ok=True)
        else:
            shutil.copy(source, target / source)
    for path in zipped:
        (target / f"{path}.gz").write_bytes(gzip.compress(Path(path).read_bytes(), 9, mtime=0))
    (target / "expected.json").write_text(json.dumps(plain(expected), indent=1, default=str) + "\n")


def drop(*patterns):
    """Removes what nobody reads."""
    for pattern in patterns:
        for path in Path(".").glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
