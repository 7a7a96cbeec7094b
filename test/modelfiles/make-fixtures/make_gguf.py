"""Models in GGUF, as the gguf package of llama.cpp writes and reads them."""

import numpy as np
from fixture import count, expect, folder_for, tensor
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, quantize

NAMES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16", "I32": "int32", "F64": "float64"}

rng = np.random.default_rng(1)
folder = folder_for("gguf", "llama")
path = folder / "tiny.gguf"
writer = GGUFWriter(path, "llama")
writer.add_name("Tiny")
writer.add_license("apache-2.0")
writer.add_size_label("4K")
writer.add_context_length(128)
writer.add_block_count(1)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_base_model_count(1)
writer.add_key_value("general.base_model.0.name", "Llama 3", GGUFValueType.STRING)
writer.add_key_value("general.base_model.0.version", "v3", GGUFValueType.STRING)
writer.add_key_value("general.base_model.0.repo_url", "https://huggingface.co/meta-llama/Meta-Llama-3-8B", GGUFValueType.STRING)
writer.add_token_list([f"token{i}" for i in range(200)])
writer.add_token_scores([float(-i) for i in range(200)])
writer.add_bool("tokenizer.ggml.add_bos_token", True)
writer.add_int16("test.int16", -7)
writer.add_uint64("test.uint64", 2**60)
writer.add_float64("test.float64", 0.25)
writer.add_array("test.short", [1, 2, 3])
weights = rng.normal(size=(6, 256)).astype(np.float32)
writer.add_tensor("token_embd.weight", weights)
writer.add_tensor("blk.0.attn_q.weight", weights.astype(np.float16))
for kind in (GGMLQuantizationType.Q8_0, GGMLQuantizationType.Q4_0, GGMLQuantizationType.BF16):
    writer.add_tensor(f"blk.0.{kind.name.lower()}", quantize(weights, kind), raw_dtype=kind)
writer.add_tensor("blk.0.attn_norm.weight", np.ones(256, dtype=np.float32))
writer.add_tensor("ids", np.arange(4, dtype=np.int32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

reader = GGUFReader(path)
value = lambda key: reader.get_field(key).contents()
tensors = [
    tensor(
        part.name,
        NAMES.get(part.tensor_type.name, part.tensor_type.name.lower()),
        reversed(part.shape.tolist()),
        part.data.tobytes(),
    )
    for part in reader.tensors
]
expect(
    folder,
    "gguf",
    {
        "format": "gguf",
        "formatVersion": str(value("GGUF.version")),
        "architecture": value("general.architecture"),
        "license": value("general.license"),
        "baseModels": [
            {
                "name": value("general.base_model.0.name"),
                "revision": value("general.base_model.0.version"),
                "url": value("general.base_model.0.repo_url"),
            }
        ],
        "parameterCount": sum(int(part.n_elements) for part in reader.tensors),
        "tensors": tensors,
        "metadata": {
            "general.name": value("general.name"),
            "llama.context_length": str(value("llama.context_length")),
            "llama.attention.layer_norm_rms_epsilon": "0.00001",
            "tokenizer.ggml.tokens": f"{len(value('tokenizer.ggml.tokens'))} × string",
            "tokenizer.ggml.scores": f"{len(value('tokenizer.ggml.scores'))} × float32",
            "tokenizer.ggml.add_bos_token": str(value("tokenizer.ggml.add_bos_token")).lower(),
            "test.int16": str(value("test.int16")),
            "test.uint64": str(value("test.uint64")),
            "test.float64": str(value("test.float64")),
            "test.short": str(value("test.short")),
        },
    },
    file="tiny.gguf",
)
assert count(tensors) == sum(int(part.n_elements) for part in reader.tensors)
