"""scikit-learn with MLflow's autologging, and the model saved where it is served from."""

import json
import pathlib
import warnings

warnings.filterwarnings("ignore")
import joblib
import mlflow
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

features, labels = make_classification(300, 6, random_state=0)
train, test, train_labels, test_labels = train_test_split(features, labels, random_state=0)
mlflow.set_experiment("churn")
mlflow.sklearn.autolog()
with mlflow.start_run(run_name="regression") as run:
    model = LogisticRegression(C=0.5).fit(train, train_labels)
    mlflow.log_metric("test_auc", roc_auc_score(test_labels, model.predict_proba(test)[:, 1]))
    pathlib.Path("models").mkdir()
    joblib.dump(model, "models/churn.joblib")
told = mlflow.MlflowClient().get_run(run.info.run_id)
print(json.dumps({"metrics": told.data.metrics, "params": told.data.params, "files": ["churn.joblib"], "run": {"tracker": "mlflow", "id": run.info.run_id, "name": "regression"}}))
