"""XGBoost's evals_result, written as JSON."""

import json

import numpy
import xgboost
from fixture import begin, keep

begin("xgboost")
generator = numpy.random.default_rng(0)
features = generator.random((80, 3))
labels = (features.sum(axis=1) > 1.5).astype(int)
result = {}
data = xgboost.DMatrix(features[:60], labels[:60])
test = xgboost.DMatrix(features[60:], labels[60:])
params = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "max_depth": 2}
booster = xgboost.train(params, data, 10, evals=[(data, "train"), (test, "test")], evals_result=result, verbose_eval=False)
booster.save_model("model.json")
json.dump(result, open("evals_result.json", "w"))
keep("xgboost", ["evals_result.json"], {"last": {f"{data}-{metric}": values[-1] for data, metrics in result.items() for metric, values in metrics.items()}})
