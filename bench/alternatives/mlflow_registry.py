"""MLflow's registry on a SQLite store: filled from a file of versions, then timed. One process, as a notebook or a service would keep it.

python mlflow_registry.py FOLDER VERSIONS.jsonl QUERIES.json RUNS   prints one JSON object.
"""

import json
import logging
import os
import sqlite3
import sys
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.INFO)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
folder, versions_file, queries_file, runs = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
os.chdir(folder)

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

URI = f"sqlite:///{folder}/mlflow.db"
mlflow.set_tracking_uri(URI)
client = MlflowClient()
experiment = client.create_experiment("training", artifact_location=f"file://{folder}/artifacts")


def fill():
    """Writes the rows that the API would have written. The API needs 20 ms or more for each version."""
    rows = {
        name: []
        for name in (
            "runs metrics latest_metrics params tags registered_models model_versions model_version_tags".split()
        )
    }
    aliases = {}
    models = set()
    count = 0
    with open(versions_file, encoding="utf8") as lines:
        for line in lines:
            v = json.loads(line)
            count += 1
            at, run, model, number = v["at"], v["run"], v["model"], v["number"]
            uri = f"file://{folder}/artifacts/{run}/artifacts"
            if model not in models:
                models.add(model)
                rows["registered_models"].append((model, at, at, f"What {model} is for", "default"))
            rows["runs"].append(
                (run, f"train-{v['index']}", "UNKNOWN", "", "", "ann", "FINISHED", at, at, "", "active", uri, experiment, None)
            )
            for key, value in v["metrics"].items():
                rows["metrics"].append((key, value, at, run, 0, 0))
                rows["latest_metrics"].append((key, value, at, 0, 0, run))
            for key, value in v["params"].items():
                rows["params"].append((key, value, run))
            rows["tags"].append(("mlflow.runName", f"train-{v['index']}", run))
            rows["tags"].append(("mlflow.source.git.commit", v["commit"], run))
            for key, value in v["tags"].items():
                rows["tags"].append((key, value, run))
                rows["model_version_tags"].append((key, value, model, number, "default"))
            stage = {"production": "Production", "staging": "Staging"}.get(v["fate"], "None")
            source = f"{uri}/model"
            rows["model_versions"].append(
                [model, number, at, at, v["description"], None, stage, source, run, "READY", None, None, source, "default"]
            )
            if stage == "Production":
                if model in aliases:
                    aliases[model][6] = "Archived"
                aliases[model] = rows["model_versions"][-1]
    db = sqlite3.connect(f"{folder}/mlflow.db")
    with db:
        for table, values in rows.items():
            db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(values[0]))})", values)
        db.executemany(
            "INSERT INTO registered_model_aliases VALUES (?,?,?,?)",
            [("champion", row[1], model, "default") for model, row in aliases.items()],
        )
    db.close()
    return count


def times(name, tasks, warmups=3):
    taken = []
    for index, task in enumerate(tasks):
        started = time.perf_counter()
        result = task()
        if index >= warmups:
            taken.append((time.perf_counter() - started) * 1000)
        if name.startswith("search"):
            found.setdefault(name, []).append(len(result))
    return taken


count = fill()
models = [m.name for m in client.search_registered_models(max_results=1000)]
seen = 0
for model in models:
    newest = client.search_model_versions(f"name = '{model}'", max_results=1, order_by=["version_number DESC"])[0]
    seen += int(newest.version)
if seen != count:
    raise SystemExit(f"MLflow sees {seen} of {count} versions.")

found = {}
queries = json.load(open(queries_file, encoding="utf8"))


def register(index):
    wanted = queries["register"][index]
    now = int(time.time() * 1000)
    run = client.create_run(experiment, run_name=f"bench-{index}")
    client.log_batch(
        run.info.run_id,
        metrics=[Metric(k, v, now, 0) for k, v in wanted["metrics"].items()],
        params=[Param(k, v) for k, v in wanted["params"].items()],
        tags=[RunTag(k, v) for k, v in wanted["tags"].items()],
    )
    client.log_artifact(run.info.run_id, wanted["file"], "model")
    client.create_model_version(
        wanted["model"],
        f"{run.info.artifact_uri}/model",
        run_id=run.info.run_id,
        tags=wanted["tags"],
        description=wanted["description"],
    )
    client.set_terminated(run.info.run_id)


def show(model, number):
    version = client.get_model_version(model, str(number))
    client.get_run(version.run_id)


def search_versions(text, order=None):
    return client.search_model_versions(text, max_results=50, order_by=order)


todo = {
    "promote: stage": [
        lambda q=q: client.transition_model_version_stage(
            q["model"], str(q["number"]), "Production", archive_existing_versions=True
        )
        for q in queries["promote"]
    ],
    "promote: alias": [
        lambda q=q: client.set_registered_model_alias(q["model"], "champion", str(q["number"])) for q in queries["promote"]
    ],
    "register": [lambda i=i: register(i) for i in range(len(queries["register"]))],
    "search by metric": [
        lambda q=q: client.search_runs([experiment], f"metrics.auc > {q}", max_results=50) for q in queries["metric"]
    ],
    "search by two metrics": [
        lambda q=q: client.search_runs([experiment], f"metrics.auc > {q} and metrics.loss < 0.1", max_results=50)
        for q in queries["metric"]
    ],
    "search by tag": [lambda q=q: search_versions(f"tags.sweep = '{q}'") for q in queries["sweep"]],
    "search by model and tag": [
        lambda q=q: search_versions(f"name = '{q}' and tags.team = 'risk'") for q in queries["models"]
    ],
    "search by param": [
        lambda q=q: client.search_runs([experiment], f"params.seed = '{q}'", max_results=50) for q in queries["seed"]
    ],
    "list a page of a model": [
        lambda q=q: search_versions(f"name = '{q}'", ["version_number DESC"]) for q in queries["models"]
    ],
    "show a version": [lambda q=q: show(q["model"], q["number"]) for q in queries["promote"]],
    "what has the alias": [lambda q=q: client.get_model_version_by_alias(q, "champion") for q in queries["models"]],
    "last changes of a model": [
        lambda q=q: search_versions(f"name = '{q}'", ["last_updated_timestamp DESC"]) for q in queries["models"]
    ],
}
print(
    json.dumps(
        {
            "version": mlflow.__version__,
            "times": {name: times(name, tasks[: runs + 3]) for name, tasks in todo.items()},
            "found": found,
        }
    )
)
