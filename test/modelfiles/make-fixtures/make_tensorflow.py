"""One small Keras model as SavedModel, TFLite, .keras, .h5 and weights alone, and what TensorFlow reports about each."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import json
import zipfile

import h5py
import keras
import numpy as np
import tensorflow as tf
from fixture import count, expect, folder_for, tensor

keras.utils.set_random_seed(1)


def shape_of(sizes):
    return [None if n in (None, -1) else int(n) for n in sizes]


def sequential():
    model = keras.Sequential(
        [
            keras.Input((4,), name="x"),
            keras.layers.Dense(8, activation="relu", name="hidden"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dense(3, name="out"),
        ],
        name="net",
    )
    model.compile("adam", "mse")
    model.fit(np.ones((8, 4)), np.ones((8, 3)), verbose=0)
    return model


def tflite(folder, content, made_by):
    (folder / "net.tflite").write_bytes(content)
    lite = tf.lite.Interpreter(model_content=content)
    runner = lite.get_signature_runner() if lite.get_signature_list() else None

    def entries(details):
        return [
            {"name": name, "dtype": np.dtype(d["dtype"]).name, "shape": shape_of(d["shape_signature"])}
            for name, d in details
        ]

    inputs = runner.get_input_details().items() if runner else [(d["name"], d) for d in lite.get_input_details()]
    outputs = runner.get_output_details().items() if runner else [(d["name"], d) for d in lite.get_output_details()]
    # Tensors that are there before anything ran are the weights.
    fed = {d["index"] for d in lite.get_input_details()}
    tensors = []
    for d in lite.get_tensor_details():
        try:
            value = lite.get_tensor(d["index"]) if d["index"] not in fed else None
        except ValueError:
            value = None
        if value is not None:
            tensors.append(tensor(d["name"], np.dtype(d["dtype"]).name, d["shape"], np.ascontiguousarray(value).tobytes()))
    expect(
        folder,
        made_by,
        {
            "format": "tflite",
            "formatVersion": "3",
            "framework": {"name": "TensorFlow Lite"},
            "parameterCount": count(tensors),
            "tensors": tensors,
            "inputs": entries(inputs),
            "outputs": entries(outputs),
        },
        "net.tflite",
    )


model = sequential()

folder = folder_for("tflite", "float32")
content = tf.lite.TFLiteConverter.from_keras_model(model).convert()
tflite(folder, content, ["tensorflow-cpu", "keras"])

folder = folder_for("tflite", "int8")
converter = tf.lite.TFLiteConverter.from_keras_model(model)
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.representative_dataset = lambda: ([np.full((1, 4), i / 10, np.float32)] for i in range(10))
tflite(folder, converter.convert(), ["tensorflow-cpu", "keras"])


def h5_tensors(file, inside=""):
    found = []
    file.visititems(
        lambda name, item: found.append(
            tensor(name, "bfloat16" if item.attrs.get("dtype") == "bfloat16" else item.dtype.name, item.shape, np.asarray(item[()]).tobytes())
        )
        if isinstance(item, h5py.Dataset) and not name.startswith("optimizer") and "seed_generator" not in name
        else None
    )
    return found


def keras_facts(model, kind):
    return {
        "format": kind,
        "framework": {"name": "Keras", "version": keras.__version__},
        "architecture": type(model).__name__,
        "parameterCount": model.count_params(),
        "inputs": [{"name": i.name, "dtype": i.dtype, "shape": shape_of(i.shape)} for i in model.inputs],
        "danger": {"verdict": "none-found", "findings": []},
    }


folder = folder_for("keras", "sequential")
model.save(folder / "net.keras")
with zipfile.ZipFile(folder / "net.keras") as archive:
    about = json.loads(archive.read("metadata.json"))
    with h5py.File(archive.open("model.weights.h5")) as file:
        tensors = h5_tensors(file)
facts = keras_facts(model, "keras")
facts["tensors"] = tensors
facts["metadata"] = {
    "name": model.name,
    "date_saved": about["date_saved"],
    "layers": "Dense × 2, BatchNormalization",
    "optimizer": type(model.optimizer).__name__,
    "loss": model.loss,
}
expect(folder, ["keras", "h5py", "tensorflow-cpu"], facts, "net.keras")

left, right = keras.Input((6,), dtype="int32", name="words"), keras.Input((2, 3), name="grid")
embedded = keras.layers.Flatten()(keras.layers.Embedding(20, 4)(left))
joined = keras.layers.Concatenate()([embedded, keras.layers.Flatten()(right)])
functional = keras.Model([left, right], keras.layers.Dense(2)(keras.layers.Dropout(0.5)(joined)), name="two_inputs")
folder = folder_for("keras", "functional")
functional.save(folder / "two.keras")
with zipfile.ZipFile(folder / "two.keras") as archive, h5py.File(archive.open("model.weights.h5")) as file:
    tensors = h5_tensors(file)
expect(folder, ["keras", "h5py", "tensorflow-cpu"], keras_facts(functional, "keras") | {"tensors": tensors}, "two.keras")

folder = folder_for("keras", "lambda")
spicy = keras.Sequential([keras.Input((2,), name="x"), keras.layers.Lambda(lambda x: x * 2, name="double"), keras.layers.Dense(1)])
spicy.save(folder / "lambda.keras")
facts = keras_facts(spicy, "keras")
facts["danger"] = {"verdict": "dangerous"}
expect(folder, ["keras", "tensorflow-cpu"], facts, "lambda.keras")

folder = folder_for("hdf5", "keras-model")
model.save(folder / "net.h5")
with h5py.File(folder / "net.h5") as file:
    tensors = h5_tensors(file)
    backend = file.attrs["backend"]
facts = keras_facts(model, "hdf5") | {"tensors": tensors}
facts["metadata"] = {"name": model.name, "backend": backend}
expect(folder, ["keras", "h5py", "tensorflow-cpu"], facts, "net.h5")

folder = folder_for("hdf5", "keras-weights")
functional.save_weights(folder / "two.weights.h5")
with h5py.File(folder / "two.weights.h5") as file:
    tensors = h5_tensors(file)
expect(
    folder,
    ["keras", "h5py", "tensorflow-cpu"],
    {"format": "hdf5", "framework": {"name": "Keras"}, "parameterCount": functional.count_params(), "tensors": tensors},
    "two.weights.h5",
)

folder = folder_for("hdf5", "h5py")
rng = np.random.default_rng(1)
for name, options in [("earliest", {}), ("latest", {"libver": "latest"})]:
    with h5py.File(folder / f"{name}.h5", "w", **options) as file:
        file.create_dataset("a/b/half", data=rng.normal(size=(3, 2)).astype("f2"))
        file.create_dataset("a/scalar", data=np.int64(7))
        file.create_dataset("flags", data=np.array([True, False]))
        file.create_dataset("packed", data=np.zeros((40, 40), "f4"), chunks=(10, 10), compression="gzip")
        file["linked"] = h5py.SoftLink("/flags")
        file["again"] = file["flags"]
        for i in range(30 if name == "earliest" else 5):
            file.create_dataset(f"many/{i}", data=np.full(2, i, "<i4"))
        file.attrs["note"] = "größer"
        file.attrs["numbers"] = [1, 2]
    with h5py.File(folder / f"{name}.h5") as file:
        tensors = h5_tensors(file)
    for part in tensors:
        if part["name"] == "packed":
            del part["sha256"]
    target = folder_for("hdf5", f"h5py-{name}")
    (folder / f"{name}.h5").rename(target / "data.h5")
    expect(target, "h5py", {"format": "hdf5", "parameterCount": count(tensors), "tensors": tensors}, "data.h5")
folder.parent.joinpath("model").rmdir()
folder.parent.rmdir()


def saved_model(folder, made_by, parameters=None):
    checkpoint = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    loaded = tf.saved_model.load(str(folder))
    signature = loaded.signatures["serving_default"]

    def entries(structure):
        return sorted(
            ({"name": name, "dtype": spec.dtype.name, "shape": shape_of(spec.shape)} for name, spec in structure.items()),
            key=lambda entry: entry["name"],
        )

    tensors = []
    for name, shape in checkpoint.get_variable_to_shape_map().items():
        kind = checkpoint.get_variable_to_dtype_map()[name]
        if kind != tf.string and not name.startswith("save_counter") and "optimizer" not in name and "keras_api" not in name and not name.startswith("_all_variables/"):
            tensors.append(tensor(name, kind.name, shape, np.asarray(checkpoint.get_tensor(name)).tobytes()))
    expect(
        folder,
        made_by,
        {
            "format": "savedmodel",
            "formatVersion": "1",
            "framework": {"name": "TensorFlow", "version": loaded.tensorflow_version},
            "parameterCount": parameters or count(tensors),
            "tensors": tensors,
            "inputs": entries(signature.structured_input_signature[1]),
            "outputs": entries(signature.structured_outputs),
            "metadata": {"tags": "serve"},
        },
    )


folder = folder_for("savedmodel", "keras-export")
model.export(str(folder), verbose=False)
saved_model(folder, ["tensorflow-cpu", "keras"], model.count_params())


class Doubler(tf.Module):
    def __init__(self):
        self.scale = tf.Variable([[2.0, 3.0]], name="scale")
        self.steps = tf.Variable(5, dtype=tf.int64, name="steps")

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def serve(self, x):
        return {"doubled": x * self.scale}


folder = folder_for("savedmodel", "module")
doubler = Doubler()
tf.saved_model.save(doubler, str(folder), signatures=doubler.serve)
saved_model(folder, "tensorflow-cpu")
