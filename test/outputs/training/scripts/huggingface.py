"""The Trainer of Hugging Face: checkpoints each epoch, the best one loaded and saved at the end."""

import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

torch.manual_seed(0)
rows = [{"input_ids": torch.randint(0, 20, (6,)), "labels": torch.tensor(n % 2)} for n in range(32)]
config = BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, max_position_embeddings=8)
arguments = TrainingArguments("out", num_train_epochs=3, per_device_train_batch_size=8, logging_steps=2, eval_strategy="epoch", save_strategy="epoch", load_best_model_at_end=True, metric_for_best_model="accuracy", greater_is_better=True, report_to=["tensorboard"], learning_rate=1e-3, use_cpu=True, disable_tqdm=True)
scores = iter([0.5, 0.75, 0.625, 0.75])
trainer = Trainer(BertForSequenceClassification(config), arguments, train_dataset=rows, eval_dataset=rows, compute_metrics=lambda _: {"accuracy": next(scores)})
trainer.train()
results = trainer.evaluate()
trainer.save_metrics("eval", results)
trainer.save_model()
trainer.save_state()
print(json.dumps({"metrics": {name: results[name] for name in ("eval_loss", "eval_accuracy")}, "params": {"learning_rate": 0.001, "seed": 42, "num_train_epochs": 3}, "files": ["config.json", "model.safetensors"], "run": {"tracker": "huggingface"}}))
