"""What the scripts beside this one share: a folder for each fixture, and what its framework says about it."""

import hashlib
import json
import math
import platform
import shutil
from importlib.metadata import version
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def folder_for(format_id: str, case: str) -> Path:
    """An empty folder for a model's files: fixtures/<format>/<case>/model."""
    folder = FIXTURES / format_id / case / "model"
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def tensor(name, dtype, shape, data=None):
    """One tensor as the framework sees it; `data` are its elements as little-endian bytes in row-major order."""
    entry = {"name": name, "dtype": str(dtype), "shape": [int(n) for n in shape]}
    if data is not None:
        entry["sha256"] = hashlib.sha256(data).hexdigest()
    return entry


def count(tensors) -> int:
    return sum(math.prod(entry["shape"]) for entry in tensors)


def expect(folder: Path, made_by, facts, file=None):
    """Writes beside the model what its framework reports. `file` is what to inspect where that isn't the whole folder."""
    names = [made_by] if isinstance(made_by, str) else made_by
    expected = {
        "madeBy": {name: version(name) for name in names},
        "python": platform.python_version(),
        **({"file": file} if file else {}),
        "facts": facts,
    }
    (folder.parent / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder.parent.relative_to(FIXTURES)}: {size} bytes")
