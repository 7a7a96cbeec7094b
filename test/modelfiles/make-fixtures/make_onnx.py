"""Models in ONNX: from PyTorch, with weights inside and outside, from scikit-learn, and one made by hand."""

import numpy as np
import onnx
import torch
from fixture import count, expect, folder_for, tensor
from onnx import TensorProto, external_data_helper, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

NAMES = {"FLOAT": "float32", "DOUBLE": "float64", "FLOAT8E4M3FN": "float8_e4m3fn"}


def dtype(code):
    name = TensorProto.DataType.Name(code)
    return NAMES.get(name, name.lower())


def value_type(kind):
    which = kind.WhichOneof("value")
    if which == "tensor_type":
        found = {"dtype": dtype(kind.tensor_type.elem_type)}
        if kind.tensor_type.HasField("shape"):
            found["shape"] = [
                dim.dim_value if dim.HasField("dim_value") else (dim.dim_param or None) for dim in kind.tensor_type.shape.dim
            ]
        return found
    if which == "sequence_type":
        return {"dtype": f"sequence({value_type(kind.sequence_type.elem_type)['dtype']})"}
    return {"dtype": f"map({dtype(kind.map_type.key_type)}, {value_type(kind.map_type.value_type)['dtype']})"}


def report(folder, path, made_by, file=None):
    model = onnx.load(path)
    onnx.checker.check_model(model)
    tensors = [
        tensor(part.name, dtype(part.data_type), part.dims, None if part.data_type == TensorProto.STRING else numpy_helper.to_array(part).tobytes())
        for part in model.graph.initializer
    ]
    weights = {part.name for part in model.graph.initializer}
    facts = {
        "format": "onnx",
        "formatVersion": f"IR {model.ir_version}",
        "framework": {"name": model.producer_name, "version": model.producer_version},
        "inputs": [{"name": i.name, **value_type(i.type)} for i in model.graph.input if i.name not in weights],
        "outputs": [{"name": o.name, **value_type(o.type)} for o in model.graph.output],
        "metadata": {
            "graph": model.graph.name,
            "nodes": str(len(model.graph.node)),
            **{f"opset {part.domain or 'ai.onnx'}": str(part.version) for part in model.opset_import},
            **{part.key: part.value for part in model.metadata_props},
        },
    }
    if tensors:
        facts |= {"parameterCount": count(tensors), "tensors": tensors}
    expect(folder, made_by, facts, file)


torch.manual_seed(1)
net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
folder = folder_for("onnx", "torch")
torch.onnx.export(
    net, (torch.zeros(2, 4),), folder / "net.onnx", input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "batch"}}, dynamo=False
)
report(folder, folder / "net.onnx", ["torch", "onnx"], "net.onnx")

folder = folder_for("onnx", "external")
model = onnx.load(folder.parent.parent / "torch" / "model" / "net.onnx")
onnx.save_model(model, folder / "net.onnx", save_as_external_data=True, location="net.onnx.data", size_threshold=0)
report(folder, folder / "net.onnx", ["onnx", "torch"])

folder = folder_for("onnx", "sklearn")
x, y = load_iris(return_X_y=True)
model = to_onnx(LogisticRegression(max_iter=500).fit(x, y), x[:1].astype(np.float32))
onnx.save_model(model, folder / "iris.onnx")
report(folder, folder / "iris.onnx", ["skl2onnx", "scikit-learn", "onnx"], "iris.onnx")

folder = folder_for("onnx", "types")
raw = lambda name, kind, array: numpy_helper.from_array(array, name)
initializers = [
    helper.make_tensor("listed", TensorProto.FLOAT, [2, 2], [1.0, 2.0, 3.0, 4.0]),
    helper.make_tensor("words", TensorProto.STRING, [2], ["a", "b"]),
    raw("half", TensorProto.FLOAT16, np.ones((2, 3), np.float16)),
    raw("ids", TensorProto.INT64, np.arange(5)),
    raw("flag", TensorProto.BOOL, np.array(True)),
]
graph = helper.make_graph(
    [helper.make_node("Add", ["x", "listed"], ["y"])],
    "by hand",
    # Weights as inputs with a default, as in version 3 of the format.
    [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, "n"]),
        helper.make_tensor_value_info("listed", TensorProto.FLOAT, [2, 2]),
    ],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 2])],
    initializers,
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 2)], ir_version=8)
model.producer_name, model.producer_version = "by-hand", "0.1"
entry = model.metadata_props.add()
entry.key, entry.value = "__proto__", "just a key"
onnx.save_model(model, folder / "types.onnx")
report(folder, folder / "types.onnx", "onnx", "types.onnx")
