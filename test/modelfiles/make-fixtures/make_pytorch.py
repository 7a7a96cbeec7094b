"""Models of PyTorch: archives, files of before 1.6, whole modules, TorchScript, checkpoints, shards and a run of Lightning."""

import json
import logging
import sys
import types
import warnings

import lightning
import torch
from fixture import count, expect, folder_for, tensor
from torch import nn

warnings.filterwarnings("ignore")
logging.getLogger("lightning").setLevel(logging.ERROR)
torch.manual_seed(7)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 3)
        self.norm = nn.BatchNorm1d(3)
        self.out = nn.Linear(3, 2)

    def forward(self, x):
        return self.out(torch.relu(self.norm(self.hidden(x))))


# A whole module is stored under the module that defines it.
shop = types.ModuleType("shop_model")
Net.__module__ = "shop_model"
shop.Net = Net
sys.modules["shop_model"] = shop


def tensors_of(state):
    found = []
    for name, value in state.items():
        data = None
        if value.layout == torch.strided and value.is_contiguous() and not value.is_quantized:
            plain = value.detach().reshape(-1)
            data = plain.view(torch.uint8).numpy().tobytes()
        found.append(tensor(name, str(value.dtype).removeprefix("torch."), value.shape, data))
    return found


def facts_of(state, **more):
    tensors = tensors_of(state)
    return {"format": "pytorch", "framework": {"name": "PyTorch"}, "parameterCount": count(tensors), "tensors": tensors, **more}


def version_of(path):
    return torch._C.PyTorchFileReader(str(path)).get_record("version").decode().strip()


net = Net()
optimizer = torch.optim.AdamW(net.parameters())
net(torch.randn(5, 4)).sum().backward()
optimizer.step()
state = net.state_dict()
benign = {"verdict": "none-found"}

folder = folder_for("pytorch", "state-dict")
torch.save(state, folder / "model.pt")
expect(folder, "torch", facts_of(state, formatVersion=version_of(folder / "model.pt"), danger=benign), file="model.pt")

folder = folder_for("pytorch", "legacy")
torch.save(state, folder / "model.pth", _use_new_zipfile_serialization=False)
expect(folder, "torch", facts_of(state, danger=benign), file="model.pth")

folder = folder_for("pytorch", "module")
torch.save(net, folder / "model.pt")
expect(folder, "torch", facts_of(state, architecture="shop_model.Net", danger={"verdict": "unknown"}), file="model.pt")

folder = folder_for("pytorch", "checkpoint")
torch.save(
    {"epoch": 3, "model_state_dict": state, "optimizer_state_dict": optimizer.state_dict(), "loss": 0.25},
    folder / "checkpoint.pth",
)
expect(folder, "torch", facts_of(state, metadata={"epoch": "3", "loss": "0.25"}, danger=benign), file="checkpoint.pth")

folder = folder_for("pytorch", "dtypes")
odd = {
    "float8": torch.randn(4).to(torch.float8_e4m3fn),
    "brain": torch.randn(2, 3).to(torch.bfloat16),
    "half": torch.randn(3).half(),
    "double": torch.randn(3).double(),
    "complex": torch.randn(2, dtype=torch.complex64),
    "bool": torch.tensor([True, False]),
    "int16": torch.arange(5, dtype=torch.int16),
    "uint32": torch.tensor([1, 2], dtype=torch.uint32),
    "scalar": torch.tensor(5),
    "empty": torch.zeros(0, 3),
    "view": torch.arange(12.0).reshape(3, 4)[1:],
    "transposed": torch.arange(6.0).reshape(2, 3).t(),
    "quantized": torch.quantize_per_tensor(torch.randn(4), 0.1, 0, torch.qint8),
    "parameter": nn.Parameter(torch.randn(2)),
    "sparse": torch.eye(3).to_sparse(),
}
torch.save(odd, folder / "model.pt")
expect(folder, "torch", facts_of(odd, danger=benign), file="model.pt")

folder = folder_for("pytorch", "torchscript")
net.eval()
scripted = torch.jit.script(net)
scripted.save(str(folder / "model.pt"))
expect(
    folder,
    "torch",
    facts_of(scripted.state_dict(), metadata={"archive": "TorchScript"}, danger={"verdict": "unknown"}),
    file="model.pt",
)

folder = folder_for("pytorch", "sharded")
names = list(state)
parts = {"pytorch_model-00001-of-00002.bin": names[:4], "pytorch_model-00002-of-00002.bin": names[4:]}
for file, part in parts.items():
    torch.save({name: state[name] for name in part}, folder / file)
index = {"metadata": {}, "weight_map": {name: file for file, part in parts.items() for name in part}}
(folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))
expect(folder, "torch", facts_of(state, danger=benign))


class Module(lightning.LightningModule):
    def __init__(self, learning_rate: float = 0.1, hidden: int = 3, name: str = "net"):
        super().__init__()
        self.save_hyperparameters()
        self.net = Net()

    def training_step(self, batch, _):
        return self.net(batch[0]).sum()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.learning_rate)


folder = folder_for("pytorch", "lightning")
trainer = lightning.Trainer(
    max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False
)
module = Module(learning_rate=0.05)
trainer.fit(module, torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(8, 4)), batch_size=4))
trainer.save_checkpoint(folder / "last.ckpt")
loaded = torch.load(folder / "last.ckpt", weights_only=False)
expect(
    folder,
    ["lightning", "torch"],
    {
        **facts_of(loaded["state_dict"]),
        "framework": {"name": "PyTorch Lightning", "version": loaded["pytorch-lightning_version"]},
        "metadata": {
            "epoch": str(loaded["epoch"]),
            "global_step": str(loaded["global_step"]),
            **{f"hyper_parameters.{name}": str(value) for name, value in loaded["hyper_parameters"].items()},
        },
        "danger": benign,
    },
    file="last.ckpt",
)
