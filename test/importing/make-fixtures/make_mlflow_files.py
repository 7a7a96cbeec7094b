"""MLflow's registry in files."""

import os

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
from kept import begin, drop, keep
import mlflow
from mlflow_registry import fill

begin("import-mlflow-files")
mlflow.set_tracking_uri("mlruns")
expected = fill()
drop("mlruns/.trash", "mlruns/*/models/*/params", "mlruns/*/models/*/metrics", "mlruns/*/models/*/artifacts/*.y*ml", "mlruns/*/models/*/artifacts/*.txt")
keep("mlflow-files", ["mlruns"], expected)
