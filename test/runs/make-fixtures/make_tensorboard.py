"""TensorBoard's event files as PyTorch's writer makes them: scalars, hyperparameters, and kinds that are no scalars."""

import glob

from fixture import begin, keep
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.tensorboard import SummaryWriter
import numpy

begin("tensorboard")
writer = SummaryWriter("runs/first")
for step in range(20):
    writer.add_scalar("loss/train", 1 / (step + 1), step)
    writer.add_scalar("acc", step / 20, step, new_style=True)
writer.add_scalar("undefined", float("nan"), 0)
writer.add_scalar("endless", float("-inf"), 0)
writer.add_histogram("weights", numpy.arange(10.0), 0)
writer.add_text("note", "some words", 0)
writer.add_hparams({"lr": 0.1, "optimizer": "adam", "nesterov": True}, {"hparam/accuracy": 0.875}, run_name="hparams")
writer.close()


def read(folder):
    found = EventAccumulator(folder, size_guidance={"scalars": 0, "tensors": 0})
    found.Reload()
    scalars = {tag: [[event.step, event.value, event.wall_time] for event in found.Scalars(tag)] for tag in found.Tags()["scalars"]}
    for tag in found.Tags()["tensors"]:
        if found.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            scalars[tag] = [[event.step, float(event.tensor_proto.float_val[0]) if event.tensor_proto.float_val else float(numpy.frombuffer(event.tensor_proto.tensor_content, "float32")[0]), event.wall_time] for event in found.Tensors(tag)]
    return scalars


expected = {"first": read("runs/first"), "hparams": read("runs/first/hparams"), "params": {"lr": 0.1, "optimizer": "adam", "nesterov": True}}
keep("tensorboard", ["runs"], expected)
