"""Models in safetensors, one file and sharded, as safetensors and transformers write them."""

import json

import torch
from fixture import count, expect, folder_for, tensor
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import BertConfig, BertForMaskedLM

NAMES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "F8_E4M3": "float8_e4m3fn", "BOOL": "bool", "U8": "uint8"}


def tensors_of(path):
    with safe_open(path, "pt") as opened:
        found = []
        for name in opened.keys():
            part = opened.get_slice(name)
            value = opened.get_tensor(name)
            raw = value.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
            found.append(tensor(name, NAMES[part.get_dtype()], part.get_shape(), raw))
        return found, opened.metadata()


torch.manual_seed(1)

folder = folder_for("safetensors", "dtypes")
save_file(
    {
        "embed.weight": torch.randn(10, 4),
        "half": torch.randn(3, 2, dtype=torch.float16),
        "brain": torch.randn(5, dtype=torch.bfloat16),
        "float8": torch.randn(4).to(torch.float8_e4m3fn),
        "mask": torch.tensor([True, False]),
        "bytes": torch.arange(7, dtype=torch.uint8),
        "steps": torch.tensor(1200),
        "empty": torch.zeros(0, 3),
    },
    folder / "model.safetensors",
    metadata={"format": "pt", "note": "größer", "modelspec.license": "apache-2.0", "modelspec.architecture": "toy"},
)
tensors, metadata = tensors_of(folder / "model.safetensors")
expect(
    folder,
    ["safetensors", "torch"],
    {
        "format": "safetensors",
        "framework": {"name": "PyTorch"},
        "architecture": metadata["modelspec.architecture"],
        "license": metadata["modelspec.license"],
        "parameterCount": count(tensors),
        "tensors": tensors,
        "metadata": metadata,
    },
    file="model.safetensors",
)

folder = folder_for("safetensors", "sharded")
config = BertConfig(
    vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, max_position_embeddings=20
)
BertForMaskedLM(config).save_pretrained(folder / "all", max_shard_size="8KB")
for path in sorted((folder / "all").iterdir()):
    if "safetensors" in path.name:
        path.rename(folder / path.name)
    else:
        path.unlink()
(folder / "all").rmdir()
index = json.loads((folder / "model.safetensors.index.json").read_text())
tensors = []
for shard in sorted(set(index["weight_map"].values())):
    tensors += tensors_of(folder / shard)[0]
expect(
    folder,
    ["transformers", "safetensors", "torch"],
    {"format": "safetensors", "framework": {"name": "PyTorch"}, "parameterCount": count(tensors), "tensors": tensors},
)
