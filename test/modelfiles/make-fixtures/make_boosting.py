"""Models of boosting libraries in their own formats."""

import json
import warnings

import catboost
import lightgbm
import numpy
import pandas
import xgboost
from fixture import expect, folder_for

warnings.filterwarnings("ignore")
rng = numpy.random.default_rng(5)
table = pandas.DataFrame({"age": rng.normal(size=60), "höhe": rng.normal(size=60)})
kinds = table.assign(city=rng.choice(["Bern", "Wien"], 60))
two = (table.age > 0).astype(int)
three = numpy.digitize(table.age, [-0.4, 0.4])


def xgboost_facts(booster):
    config = json.loads(booster.save_config())
    return {
        "format": "xgboost",
        "framework": {"name": "XGBoost", "version": ".".join(str(part) for part in config["version"])},
        "architecture": config["learner"]["gradient_booster"]["name"],
        "inputs": [{"name": name, "dtype": kind} for name, kind in zip(booster.feature_names, booster.feature_types)],
        "metadata": {
            "objective": config["learner"]["objective"]["name"],
            "trees": str(len(booster.get_dump())),
            "num_class": config["learner"]["learner_model_param"]["num_class"],
        },
    }


classifier = xgboost.XGBClassifier(n_estimators=3, max_depth=2, objective="multi:softprob").fit(table, three)
dart = xgboost.train({"booster": "dart", "max_depth": 2}, xgboost.DMatrix(table, two), 2)
for case, booster, file in (("json", classifier.get_booster(), "model.json"), ("ubjson", classifier.get_booster(), "model.ubj"), ("dart", dart, "model.json")):
    folder = folder_for("xgboost", case)
    booster.save_model(folder / file)
    loaded = xgboost.Booster(model_file=folder / file)
    expect(folder, "xgboost", xgboost_facts(loaded), file=file)


def lightgbm_facts(booster):
    dump = booster.dump_model()
    return {
        "format": "lightgbm",
        "formatVersion": dump["version"],
        "framework": {"name": "LightGBM"},
        "inputs": [{"name": name} for name in booster.feature_name()],
        "metadata": {
            "objective": dump["objective"],
            "num_class": str(dump["num_class"]),
            "trees": str(booster.num_trees()),
            "learning_rate": str(booster.params["learning_rate"]),
        },
    }


folder = folder_for("lightgbm", "multiclass")
data = kinds.assign(city=pandas.Categorical(kinds.city))
lightgbm.train(
    {"objective": "multiclass", "num_class": 3, "verbose": -1, "learning_rate": 0.2}, lightgbm.Dataset(data, three), 2
).save_model(folder / "model.txt")
expect(folder, "lightgbm", lightgbm_facts(lightgbm.Booster(model_file=folder / "model.txt")), file="model.txt")

folder = folder_for("catboost", "categories")
model = catboost.CatBoostClassifier(
    iterations=4, depth=2, learning_rate=0.5, verbose=0, allow_writing_files=False, cat_features=["city"], random_seed=11
).fit(kinds, two)
model.save_model(folder / "model.cbm")
loaded = catboost.CatBoostClassifier().load_model(folder / "model.cbm")
params = loaded.get_all_params()
expect(
    folder,
    "catboost",
    {
        "format": "catboost",
        "framework": {"name": "CatBoost", "version": catboost.__version__},
        "inputs": [{"name": name, "dtype": "category" if name == "city" else "float"} for name in loaded.feature_names_],
        "metadata": {
            "trees": str(loaded.tree_count_),
            "loss_function": params["loss_function"],
            "depth": str(params["depth"]),
            "random_seed": str(loaded.random_seed_ if hasattr(loaded, "random_seed_") else 11),
            "model_guid": loaded.get_metadata()["model_guid"],
        },
    },
    file="model.cbm",
)
