"""What MLflow puts beside a model about packages, by itself and as it was told, and what W&B saw in the environment of a run."""

import os

os.environ["WANDB_MODE"] = "offline"
from kept import begin, keep
import mlflow.sklearn
import wandb
from sklearn.linear_model import LogisticRegression

begin("import-packages")
model = LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
given = ["scikit-learn", "pandas[performance]==2.3.3; python_version >= '3.9'", "torch>=2.0", "git+https://user:secret@example.org/acme/features.git@v1.2"]
mlflow.sklearn.save_model(model, "mlflow")
mlflow.sklearn.save_model(model, "mlflow-given", pip_requirements=given)
run = wandb.init(project="packages")
folder = run.dir
run.finish()
os.makedirs("wandb-files")
os.rename(os.path.join(folder, "requirements.txt"), "wandb-files/requirements.txt")
keep("packages", ["mlflow", "mlflow-given", "wandb-files"], {})
