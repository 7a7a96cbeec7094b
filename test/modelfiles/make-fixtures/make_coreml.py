"""Models in Core ML: a program in a package, and a neural network in one file, converted from TensorFlow."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import coremltools as ct
import numpy as np
import tensorflow as tf
from coremltools.proto import FeatureTypes_pb2, MIL_pb2
from fixture import count, expect, folder_for, tensor

tf.random.set_seed(1)
net = tf.keras.Sequential([tf.keras.Input((16,), name="x"), tf.keras.layers.Dense(64, activation="relu"), tf.keras.layers.Dense(3)])
rng = np.random.default_rng(1)
net.set_weights([rng.normal(size=w.shape).astype("f4") for w in net.get_weights()])


@tf.function(input_signature=[tf.TensorSpec([1, 16], tf.float32, name="x")])
def serve(x):
    return net(x)


def convert(kind):
    model = ct.convert(
        [serve.get_concrete_function()],
        source="tensorflow",
        convert_to=kind,
        inputs=[ct.TensorType("x", shape=(1, 16))],
        **({"compute_precision": ct.precision.FLOAT32} if kind == "mlprogram" else {}),
    )
    model.author, model.license, model.short_description, model.version = "Ada", "MIT", "A small net", "1.2"
    model.user_defined_metadata["trained on"] = "nothing"
    return model


def features(described):
    names = FeatureTypes_pb2.ArrayFeatureType.ArrayDataType
    return [
        {
            "name": feature.name,
            "dtype": {"DOUBLE": "float64"}.get(names.Name(feature.type.multiArrayType.dataType), names.Name(feature.type.multiArrayType.dataType).lower()),
            **({"shape": shape} if (shape := list(feature.type.multiArrayType.shape)) else {}),
        }
        for feature in described
    ]


def facts(spec):
    metadata = spec.description.metadata
    return {
        "format": "coreml",
        "formatVersion": str(spec.specificationVersion),
        "framework": {"name": "Core ML"},
        "architecture": spec.WhichOneof("Type"),
        "license": metadata.license,
        "inputs": features(spec.description.input),
        "outputs": features(spec.description.output),
        "metadata": {
            "description": metadata.shortDescription,
            "author": metadata.author,
            "version": metadata.versionString,
            **metadata.userDefined,
        },
    }


folder = folder_for("coreml", "program")
convert("mlprogram").save(str(folder / "net.mlpackage"))
model = ct.models.MLModel(str(folder / "net.mlpackage"), skip_model_load=True)
spec = model.get_spec()
tensors = []
reader = __import__("coremltools.libmilstoragepython", fromlist=["_BlobStorageReader"])._BlobStorageReader(
    str(folder / "net.mlpackage" / "Data" / "com.apple.CoreML" / "weights" / "weight.bin")
)
for function in spec.mlProgram.functions.values():
    for block in function.block_specializations.values():
        for operation in block.operations:
            value = operation.attributes["val"] if "val" in operation.attributes else None
            if value is not None and value.WhichOneof("value") == "blobFileValue":
                kind = MIL_pb2.DataType.Name(value.type.tensorType.dataType).lower()
                shape = [d.constant.size for d in value.type.tensorType.dimensions]
                data = np.array(reader.read_float_data(value.blobFileValue.offset), np.float32).tobytes()
                tensors.append(tensor(operation.outputs[0].name, kind, shape, data))
assert tensors
expect(folder, ["coremltools", "tensorflow-cpu"], facts(spec) | {"parameterCount": count(tensors), "tensors": tensors})

folder = folder_for("coreml", "neural-network")
convert("neuralnetwork").save(str(folder / "net.mlmodel"))
spec = ct.utils.load_spec(str(folder / "net.mlmodel"))
expect(folder, ["coremltools", "tensorflow-cpu"], facts(spec), "net.mlmodel")
