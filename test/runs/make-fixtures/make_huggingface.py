"""The Trainer of Hugging Face, with the best of its checkpoints loaded at the end, and its TensorBoard log."""

import os

import torch
from fixture import begin, drop, keep
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

begin("huggingface")
os.environ["HF_HUB_OFFLINE"] = "1"
torch.manual_seed(0)
rows = [{"input_ids": torch.randint(0, 20, (6,)), "labels": torch.tensor(n % 2)} for n in range(32)]
config = BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, max_position_embeddings=8)
arguments = TrainingArguments("out", num_train_epochs=3, per_device_train_batch_size=8, logging_steps=2, eval_strategy="epoch", save_strategy="epoch", load_best_model_at_end=True, metric_for_best_model="accuracy", greater_is_better=True, report_to=["tensorboard"], learning_rate=1e-3, use_cpu=True, disable_tqdm=True, run_name="tiny")
scores = iter([0.5, 0.75, 0.625, 0.75])
trainer = Trainer(BertForSequenceClassification(config), arguments, train_dataset=rows, eval_dataset=rows, compute_metrics=lambda _: {"accuracy": next(scores)})
result = trainer.train()
trainer.save_model()
trainer.save_metrics("train", result.metrics)
trainer.save_metrics("eval", trainer.evaluate())
trainer.save_state()
state = trainer.state
expected = {"best": state.best_model_checkpoint, "best_metric": state.best_metric, "step": state.global_step, "log": state.log_history, "args": {key: value for key, value in arguments.to_dict().items() if isinstance(value, (str, int, float, bool))}}
drop("out/checkpoint-*/*.pt", "out/checkpoint-*/*.pth", "out/checkpoint-*/*.bin", "out/*.bin", "out/checkpoint-*/model.safetensors")
keep("huggingface", ["out"], expected)
