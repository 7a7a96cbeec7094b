"""W&B offline, as recent versions write it: nothing but the transaction log. More than one block of it, with records across blocks."""

import os

from fixture import begin, commit, keep

begin("wandb-offline")
os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_DISABLE_GIT="false")
import wandb

settings = wandb.Settings(x_disable_stats=True, host="host", x_executable="/usr/bin/python3", username="ada", email="ada@example.com", console="off")
run = wandb.init(project="churn", entity="team", name="bright-sky", group="sweep-1", job_type="train", tags=["a"], notes="n", config={"lr": 0.1, "layers": [64, 32], "opt": {"name": "adam", "decay": None}}, settings=settings)
run.config.update({"depth": 3})
run.define_metric("val/acc", summary="max")
for step in range(300):
    run.log({"loss": 1 / (step + 1), "val/acc": 1 - abs(150 - step) / 150, "note": "x" * 150})
run.log({"undefined": float("nan"), "endless": float("-inf"), "nested": {"auc": 0.5}})
run.log({"roc": wandb.Histogram([1, 2, 3])})
run.summary["best"] = 0.9
place = os.path.relpath(run.dir + "/..")
expected = {"id": run.id, "commit": commit(), "summary": {key: getattr(run.summary[key], "_as_dict", lambda: run.summary[key])() for key in run.summary.keys() if key not in ("roc", "nested")}, "config": dict(run.config), "start": run.start_time}
run.finish()
keep("wandb-offline", [next(p for p in (f"{place}/{n}" for n in os.listdir(place)) if p.endswith(".wandb"))], expected)
