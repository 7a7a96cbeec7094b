"""Folders: what MLflow logs, what transformers saves, and adapters of PEFT."""

import json
import logging
import os
import warnings
from pathlib import Path

os.environ["MLFLOW_TRACKING_URI"] = "file:/tmp/model-registry-fixtures-mlruns"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
import mlflow
import numpy
import pandas
import torch
import transformers
from fixture import count, expect, folder_for, tensor
from peft import LoraConfig, get_peft_model
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
torch.manual_seed(1)
rng = numpy.random.default_rng(4)

folder = folder_for("mlflow", "sklearn")
table = pandas.DataFrame({"age": rng.normal(size=30), "höhe": rng.normal(size=30)})
labels = (table.age > 0).astype(int)
model = LogisticRegression().fit(table, labels)
mlflow.sklearn.save_model(
    model,
    folder / "model",
    signature=mlflow.models.infer_signature(table, model.predict(table)),
    pip_requirements=["scikit-learn==1.9.1", "numpy"],
    serialization_format="pickle",
)
info = mlflow.models.Model.load(folder / "model")
expect(
    folder,
    ["mlflow", "scikit-learn"],
    {
        "format": "mlflow",
        "formatVersion": info.mlflow_version,
        "framework": {"name": "scikit-learn", "version": info.flavors["sklearn"]["sklearn_version"]},
        "architecture": "sklearn.linear_model.LogisticRegression",
        "inputs": [{"name": column.name, "dtype": column.type.name} for column in info.signature.inputs.inputs],
        "outputs": [
            {"name": "0", "dtype": str(spec.type), "shape": [None if n < 0 else n for n in spec.shape]} for spec in info.signature.outputs.inputs
        ],
        "metadata": {
            "flavors": ", ".join(info.flavors),
            "model_uuid": info.model_uuid,
            "python": info.flavors["python_function"]["python_version"],
            "requirements": ", ".join(Path(mlflow.pyfunc.get_model_dependencies(str(folder / "model"))).read_text().split()),
        },
        "danger": {"verdict": "none-found"},
    },
    file="model",
)

folder = folder_for("mlflow", "code")
script = folder.parent / "predict.py"
script.write_text(
    "import mlflow\n\n\nclass Twice(mlflow.pyfunc.PythonModel):\n    def predict(self, context, model_input):\n        return [2 * x for x in model_input]\n\n\nmlflow.models.set_model(Twice())\n"
)
mlflow.pyfunc.save_model(folder / "model", python_model=str(script), pip_requirements=["mlflow"])
script.unlink()
info = mlflow.models.Model.load(folder / "model")
expect(
    folder,
    "mlflow",
    {"format": "mlflow", "formatVersion": info.mlflow_version, "metadata": {"flavors": ", ".join(info.flavors)}, "danger": {"verdict": "unknown"}},
    file="model",
)

folder = folder_for("huggingface", "bert")
config = transformers.BertConfig(
    vocab_size=30, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, max_position_embeddings=12, num_labels=2,
    id2label={0: "bad", 1: "good"},
)
bert = transformers.BertForSequenceClassification(config)
bert.save_pretrained(folder)
vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghij"]
(folder / "vocab.txt").write_text("\n".join(vocabulary))
(folder / "README.md").write_text(
    "---\nlicense: apache-2.0\nbase_model: google-bert/bert-base-uncased\nlibrary_name: transformers\npipeline_tag: text-classification\n"
    "datasets:\n- imdb\nlanguage: en\nmodel-index:\n- name: toy\n  results:\n  - task:\n      type: text-classification\n    dataset:\n"
    "      name: IMDB\n      type: imdb\n    metrics:\n    - type: accuracy\n      value: 0.91\n---\n# Toy\n"
)
loaded = transformers.AutoConfig.from_pretrained(folder)
saved = json.loads((folder / "config.json").read_text())
tensors = [tensor(name, str(value.dtype).removeprefix("torch."), value.shape, value.contiguous().numpy().tobytes()) for name, value in bert.state_dict().items()]
expect(
    folder,
    ["transformers", "torch"],
    {
        "format": "huggingface",
        "framework": {"name": "Transformers", "version": saved["transformers_version"]},
        "architecture": loaded.architectures[0],
        "parameterCount": count(tensors),
        "tensors": tensors,
        "baseModels": [{"name": "google-bert/bert-base-uncased"}],
        "license": "apache-2.0",
        "metadata": {
            "model_type": loaded.model_type,
            "hidden_size": str(loaded.hidden_size),
            "num_hidden_layers": str(loaded.num_hidden_layers),
            "labels": ", ".join(loaded.id2label.values()),
            "tokenizer": "vocab.txt",
            "datasets": "imdb",
            "accuracy on IMDB": "0.91",
        },
    },
)

folder = folder_for("peft", "lora")
base = transformers.GPT2LMHeadModel(transformers.GPT2Config(vocab_size=30, n_embd=8, n_layer=1, n_head=2, n_positions=12))
base.config._name_or_path = base.name_or_path = "openai-community/gpt2"
adapted = get_peft_model(base, LoraConfig(r=2, lora_alpha=4, target_modules=["c_attn"], task_type="CAUSAL_LM", base_model_name_or_path="openai-community/gpt2", revision="main", fan_in_fan_out=True))
adapted.save_pretrained(folder)
readme = folder / "README.md"
if readme.exists():
    readme.unlink()
config = LoraConfig.from_pretrained(folder)
from safetensors.torch import load_file

tensors = [tensor(name, str(value.dtype).removeprefix("torch."), value.shape, value.contiguous().numpy().tobytes()) for name, value in load_file(folder / "adapter_model.safetensors").items()]
expect(
    folder,
    ["peft", "transformers", "torch"],
    {
        "format": "peft",
        "architecture": config.peft_type.value,
        "parameterCount": count(tensors),
        "tensors": tensors,
        "baseModels": [{"name": config.base_model_name_or_path, "revision": config.revision}],
        "metadata": {"r": str(config.r), "lora_alpha": str(config.lora_alpha), "task_type": config.task_type, "target_modules": ", ".join(sorted(config.target_modules))},
    },
)
