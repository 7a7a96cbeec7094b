"""MLflow's file store: a finished run with autologging and a logged model, a failed one, a deleted one."""

import os

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
import mlflow
from mlflow_client import describe, train
from fixture import begin, drop, keep

begin("mlflow-files")
mlflow.set_tracking_uri("mlruns")
runs = train()
expected = describe(runs)
drop("mlruns/*/*/artifacts/*.png", "mlruns/*/*/artifacts/*.html", "mlruns/.trash", "mlruns/*/models/*/params", "mlruns/*/models/*/artifacts/*.*")
keep("mlflow-files", ["mlruns"], expected)
