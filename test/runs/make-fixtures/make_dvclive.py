"""DVCLive, and a DVC pipeline that trains with it."""

import subprocess
import sys
from pathlib import Path

from fixture import begin, keep

begin("dvclive")
Path(".gitignore").unlink()
for name, text in {
    "train.py": "\n".join([
        "import sys, yaml",
        "from dvclive import Live",
        "params = yaml.safe_load(open('params.yaml'))",
        "with Live(save_dvc_exp=False, dvcyaml=None) as live:",
        "    live.log_params({'lr': params['train']['lr'], 'optimizer': {'name': 'adam'}})",
        "    for step in range(5):",
        "        live.log_metric('train/loss', 1 / (step + 1), timestamp=True)",
        "        live.log_metric('acc', step / 5)",
        "        live.next_step()",
        "    live.summary['best'] = 0.9",
        "open('model.bin', 'w').write('weights')",
        "open('scores.json', 'w').write('{\"auc\": 0.8}')",
        "",
    ]),
    "params.yaml": "train:\n  lr: 0.1\n  epochs: 5\nother: 1\n",
    "train.csv": "a,b\n1,2\n",
    "dvc.yaml": "\n".join([
        "stages:",
        "  train:",
        f"    cmd: python3 train.py",
        "    deps: [train.csv, train.py]",
        "    params: [train]",
        "    outs: [model.bin]",
        "    metrics:",
        "    - scores.json:",
        "        cache: false",
        "",
    ]),
}.items():
    Path(name).write_text(text)
import os

os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
dvc = [sys.executable, "-m", "dvc"]
subprocess.run([*dvc, "init", "-q"], check=True)
subprocess.run([*dvc, "config", "core.analytics", "false"], check=True)
subprocess.run([*dvc, "repro", "-q"], check=True)
subprocess.run([*dvc, "add", "-q", "train.csv"], check=False)
import json

shown = json.loads(subprocess.run([*dvc, "metrics", "show", "--json"], check=True, capture_output=True, text=True).stdout)
live = json.loads(Path("dvclive/metrics.json").read_text())
keep("dvclive", ["dvclive", "dvc.lock", "dvc.yaml", "params.yaml", "scores.json", "model.bin"], {"dvc": shown, "live": live})
