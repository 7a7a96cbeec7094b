"""A PyTorch loop: saves its weights after each epoch under one name, and its results as JSON at the end."""

import json
import pathlib
import time

import torch

params = {"lr": 0.1, "epochs": 4, "hidden": 8}
torch.manual_seed(0)
x = torch.linspace(-1, 1, 64).unsqueeze(1)
y = (x > 0).float()
model = torch.nn.Sequential(torch.nn.Linear(1, params["hidden"]), torch.nn.ReLU(), torch.nn.Linear(params["hidden"], 1))
optimizer = torch.optim.Adam(model.parameters(), params["lr"])
pathlib.Path("models").mkdir()
pathlib.Path("params.json").write_text(json.dumps(params))
for epoch in range(params["epochs"]):
    for _ in range(20):
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(x), y)
        loss.backward()
        optimizer.step()
    torch.save(model.state_dict(), "models/net.pt")
    time.sleep(0.7)
accuracy = ((model(x) > 0).float() == y).float().mean().item()
metrics = {"loss": loss.item(), "accuracy": accuracy}
pathlib.Path("metrics.json").write_text(json.dumps(metrics))
print(json.dumps({"metrics": metrics, "params": params, "files": ["net.pt"], "run": {"tracker": "files"}}))
