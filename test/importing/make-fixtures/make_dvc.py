"""A project of DVC with a model that GTO registered twice and assigned to stages: the repository as a bundle of git, and DVC's cache."""

import os
import shutil
import subprocess
from pathlib import Path

from kept import begin, keep

place = begin("import-dvc")
os.environ.update(DVC_NO_ANALYTICS="true", GIT_CONFIG_GLOBAL="/tmp/training/home/.gitconfig")


def run(*command):
    subprocess.run(command, check=True)


run("git", "config", "--global", "user.name", "Ada")
run("git", "config", "--global", "user.email", "ada@example.com")
(place / ".gitignore").write_text("")
run("dvc", "init", "-q")
(place / "dvc.yaml").write_text(
    """artifacts:
  churn:
    path: models/churn.pkl
    type: model
    desc: Who leaves
    labels: [risk, tabular]
stages:
  train:
    cmd: python train.py
    deps: [train.py]
    params: [depth]
    metrics: [{metrics.json: {cache: false}}]
    outs: [out/tree.joblib]
"""
)
(place / "params.yaml").write_text("depth: 3\n")
(place / "train.py").write_text(
    "import json, os\nos.makedirs('out', exist_ok=True)\nopen('out/tree.joblib', 'w').write('a tree')\njson.dump({'auc': 0.9}, open('metrics.json', 'w'))\n"
)
(place / "models").mkdir()
commits = []
for number, version in [(1, "v1.0.0"), (2, "v1.10.0"), (3, "v1.9.0")]:
    (place / "models/churn.pkl").write_text(f"weights {number}")
    run("dvc", "add", "-q", "models/churn.pkl")
    if number == 3:
        run("dvc", "repro", "-q")
    run("git", "add", ".")
    run("git", "commit", "-q", "-m", f"Weights {number}")
    commits.append(subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip())
    run("gto", "register", "churn", "--version", version)
run("gto", "assign", "churn", "--version", "v1.10.0", "--stage", "prod")
run("gto", "assign", "churn", "--version", "v1.9.0", "--stage", "staging")
run("gto", "assign", "churn", "--version", "v1.0.0", "--stage", "dev")
run("git", "bundle", "create", "-q", "project.bundle", "--all")
kept = {"commits": commits}
shutil.rmtree(".dvc/cache/runs", ignore_errors=True)
Path("cache").mkdir()
shutil.move(".dvc/cache", "cache/cache")
keep("dvc", ["project.bundle", "cache"], kept)
