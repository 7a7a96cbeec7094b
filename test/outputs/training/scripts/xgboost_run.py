"""XGBoost with its evaluations as JSON."""

import json
import pathlib

import numpy
import xgboost

generator = numpy.random.default_rng(0)
features = generator.random((200, 4))
labels = (features.sum(axis=1) + 0.3 * generator.random(200) > 2.1).astype(int)
train = xgboost.DMatrix(features[:150], labels[:150])
test = xgboost.DMatrix(features[150:], labels[150:])
params = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "max_depth": 3, "eta": 0.3}
evaluations = {}
booster = xgboost.train(params, train, 20, evals=[(train, "train"), (test, "test")], evals_result=evaluations, verbose_eval=False)
pathlib.Path("models").mkdir()
pathlib.Path("params.json").write_text(json.dumps(params))
pathlib.Path("evals_result.json").write_text(json.dumps(evaluations))
booster.save_model("models/churn.json")
last = {f"{data}-{metric}": values[-1] for data, metrics in evaluations.items() for metric, values in metrics.items()}
print(json.dumps({"metrics": last, "params": {"max_depth": 3, "eta": 0.3}, "files": ["churn.json"], "run": {"tracker": "evaluations"}}))
