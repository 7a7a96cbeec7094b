"""A registry of MLflow with a model in every stage, an alias, tags, a version whose files are elsewhere, and a model that nobody registered."""

import mlflow
from sklearn.linear_model import LogisticRegression

FEATURES, LABELS = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]


def train(name, strength, registered=None):
    with mlflow.start_run(run_name=f"C {strength}") as run:
        model = LogisticRegression(C=strength).fit(FEATURES, LABELS)
        mlflow.log_param("C", strength)
        for step in range(3):
            mlflow.log_metric("loss", 1 / (step + 1 + strength), step=step)
        mlflow.sklearn.log_model(model, name=name, registered_model_name=registered, pip_requirements=["scikit-learn"])
    return run.info.run_id


def fill():
    mlflow.set_experiment("churn")
    runs = [train("model", strength, "churn") for strength in [0.1, 1.0, 10.0]]
    train("challenger", 5.0)
    client = mlflow.MlflowClient()
    client.create_model_version("churn", "s3://models/churn?X-Amz-Signature=abc", runs[0])
    client.update_registered_model("churn", description="Who leaves")
    client.set_registered_model_tag("churn", "team", "risk")
    client.set_model_version_tag("churn", "2", "checked", "yes")
    client.update_model_version("churn", "2", description="The better one")
    client.set_registered_model_alias("churn", "champion", "2")
    client.transition_model_version_stage("churn", "1", "Archived")
    client.transition_model_version_stage("churn", "2", "Production")
    client.transition_model_version_stage("churn", "3", "Staging")
    return {
        "description": client.get_registered_model("churn").description,
        "versions": [of(client, version) for version in client.search_model_versions("name = 'churn'")],
    }


def of(client, version):
    run = client.get_run(version.run_id)
    return {
        "number": int(version.version),
        "created": version.creation_timestamp,
        "stage": version.current_stage,
        "description": version.description or "",
        "aliases": list(version.aliases),
        "tags": version.tags,
        "source": version.source,
        "run": version.run_id,
        "metrics": run.data.metrics,
        "params": run.data.params,
        "user": run.data.tags["mlflow.user"],
        "commit": run.data.tags["mlflow.source.git.commit"],
        "loss": [point.value for point in client.get_metric_history(version.run_id, "loss")],
    }
