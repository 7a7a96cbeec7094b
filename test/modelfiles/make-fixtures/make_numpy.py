"""Arrays of NumPy, and an archive of what joblib wrote."""

import io
import zipfile

import joblib
import numpy
from fixture import count, expect, folder_for, tensor

rng = numpy.random.default_rng(2)
arrays = {
    "weights": rng.normal(size=(3, 2)).astype("float32"),
    "bias": rng.normal(size=2),
    "steps": numpy.array(7, dtype="int64"),
    "mask": numpy.array([True, False]),
    "half": numpy.arange(3, dtype="float16"),
}


def facts(tensors, verdict="none-found"):
    return {
        "format": "numpy",
        "framework": {"name": "NumPy"},
        "parameterCount": count(tensors),
        "tensors": tensors,
        "danger": {"verdict": verdict},
    }


folder = folder_for("numpy", "npz")
numpy.savez(folder / "weights.npz", **arrays)
with numpy.load(folder / "weights.npz") as loaded:
    tensors = [tensor(name, loaded[name].dtype, loaded[name].shape, loaded[name].tobytes()) for name in loaded.files]
expect(folder, "numpy", facts(tensors), file="weights.npz")

folder = folder_for("numpy", "npz-compressed")
numpy.savez_compressed(folder / "weights.npz", **arrays)
with numpy.load(folder / "weights.npz") as loaded:
    tensors = [tensor(name, loaded[name].dtype, loaded[name].shape) for name in loaded.files]
expect(folder, "numpy", facts(tensors), file="weights.npz")

folder = folder_for("numpy", "npy")
numpy.save(folder / "embedding.npy", arrays["weights"])
loaded = numpy.load(folder / "embedding.npy")
expect(folder, "numpy", facts([tensor("embedding", loaded.dtype, loaded.shape, loaded.tobytes())]), file="embedding.npy")

folder = folder_for("numpy", "objects")
numpy.save(folder / "labels.npy", numpy.array(["a", None, {"b": 1}], dtype=object))
loaded = numpy.load(folder / "labels.npy", allow_pickle=True)
expect(folder, "numpy", facts([tensor("labels", loaded.dtype, loaded.shape)]), file="labels.npy")

folder = folder_for("archive", "zip")
buffer = io.BytesIO()
joblib.dump({"weights": arrays["weights"]}, buffer)
with zipfile.ZipFile(folder / "model.zip", "w") as archive:
    archive.writestr("model/model.joblib", buffer.getvalue())
expect(
    folder,
    "joblib",
    {"format": "archive", "metadata": {"archive": "zip", "model/model.joblib": f"{len(buffer.getvalue())} bytes"}, "danger": {"verdict": "none-found"}},
    file="model.zip",
)
