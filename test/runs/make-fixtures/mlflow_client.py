"""Runs that MLflow records, and what its client says of them."""

import mlflow
from fixture import commit
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression


def train():
    mlflow.set_experiment("churn")
    mlflow.sklearn.autolog()
    features, labels = make_classification(200, 5, random_state=0)
    with mlflow.start_run(run_name="first") as first:
        LogisticRegression(C=0.5).fit(features, labels)
        # Not in the order of their steps, and one step twice: the last one counts.
        for step, value in [(0, 1.0), (1, 0.5), (3, 0.25), (2, 0.33), (4, 0.9), (4, 0.2)]:
            mlflow.log_metric("loss", value, step=step)
        mlflow.log_metric("undefined", float("nan"))
        mlflow.log_metric("endless", float("-inf"))
        mlflow.log_metric("slices/DE/auc", 0.75)
        mlflow.log_params({"lr": "0.1", "note": "two\nlines", "data/path": "train.csv"})
        mlflow.set_tag("owner", "Ada")
    try:
        with mlflow.start_run(run_name="broken") as broken:
            mlflow.log_metric("loss", 3)
            raise RuntimeError("no")
    except RuntimeError:
        pass
    with mlflow.start_run(run_name="gone") as gone:
        mlflow.log_metric("loss", 4)
    mlflow.delete_run(gone.info.run_id)
    return [first.info.run_id, broken.info.run_id]


def describe(ids):
    client = mlflow.MlflowClient()
    return {"commit": commit(), "runs": [of(client, run_id) for run_id in ids]}


def of(client, run_id):
    run = client.get_run(run_id)
    models = client.search_logged_models([run.info.experiment_id], filter_string=f"source_run_id = '{run_id}'")
    return {
        "id": run_id,
        "name": run.info.run_name,
        "experiment": client.get_experiment(run.info.experiment_id).name,
        "status": run.info.status,
        "start": run.info.start_time,
        "end": run.info.end_time,
        "metrics": run.data.metrics,
        "params": run.data.params,
        "tags": run.data.tags,
        "history": {
            name: sorted([point.step, point.value, point.timestamp] for point in client.get_metric_history(run_id, name))
            for name in ["loss"]
        },
        "datasets": [
            {
                "name": given.dataset.name,
                "digest": given.dataset.digest,
                "context": next((tag.value for tag in given.tags if tag.key == "mlflow.data.context"), None),
            }
            for given in run.inputs.dataset_inputs
        ],
        "models": [model.model_id for model in models],
    }
