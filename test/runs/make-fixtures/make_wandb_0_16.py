"""W&B before 0.17: summary and metadata are files too, as those of online runs are today; so is the configuration of online runs."""

import os

from fixture import begin, commit, keep

begin("wandb-0.16")
os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_HOST="host", WANDB_USERNAME="ada", WANDB_EMAIL="ada@example.com")
import wandb
from wandb.sdk.lib import config_util

run = wandb.init(project="churn", name="old-sky", config={"lr": 0.1, "layers": [64, 32], "opt": {"name": "adam"}}, settings=wandb.Settings(_disable_stats=True, host="host", console="off"))
for step in range(10):
    run.log({"loss": 1 / (step + 1), "val/acc": step / 10})
run.log({"undefined": float("nan"), "endless": float("inf")})
place = os.path.relpath(run.dir + "/..")
expected = {"id": run.id, "commit": commit(), "summary": {key: getattr(run.summary[key], "_as_dict", lambda: run.summary[key])() for key in run.summary.keys()}, "config": dict(run.config)}
run.finish()
# What an online run calls at this point.
config_util.save_config_file_from_dict(f"{place}/files/config.yaml", {key: {"value": value} for key, value in {**expected["config"], "_wandb": {"cli_version": wandb.__version__}}.items()})
files = [f"{place}/files/{name}" for name in ("config.yaml", "wandb-summary.json", "wandb-metadata.json")]
keep("wandb-0.16", [*files, f"{place}/run-{run.id}.wandb"], expected)
