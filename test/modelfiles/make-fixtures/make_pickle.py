"""Pickles: estimators of scikit-learn by pickle and joblib, and the models of boosting libraries."""

import pickle
import warnings

import catboost
import joblib
import lightgbm
import numpy
import pandas
import xgboost
from fixture import expect, folder_for
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
rng = numpy.random.default_rng(3)
table = pandas.DataFrame({"age": rng.normal(size=60), "höhe": rng.normal(size=60), "city": rng.choice(["Bern", "Wien"], 60)})
plain = table[["age", "höhe"]].to_numpy()
labels = numpy.where(table.age > 0, "yes", "no")
numbers = (table.age > 0).astype(int)


def sklearn_facts(model, **more):
    """By what scikit-learn itself says of a loaded model."""
    kind = type(model)
    public = ".".join(part for part in f"{kind.__module__}.{kind.__name__}".split(".") if not part.startswith("_"))
    return {
        "format": "pickle",
        "framework": {"name": "scikit-learn", "version": model.__getstate__()["_sklearn_version"]},
        "architecture": public,
        "danger": {"verdict": "none-found"},
        **more,
    }


pipeline = Pipeline(
    [
        ("prepare", ColumnTransformer([("scale", StandardScaler(), ["age", "höhe"]), ("city", OneHotEncoder(), ["city"])])),
        ("model", RandomForestClassifier(4, max_depth=3, random_state=0)),
    ]
).fit(table, labels)

for name, protocol in (("sklearn-pipeline", 5), ("sklearn-pipeline-protocol-0", 0), ("sklearn-pipeline-protocol-2", 2)):
    folder = folder_for("pickle", name)
    (folder / "model.pkl").write_bytes(pickle.dumps(pipeline, protocol=protocol))
    loaded = pickle.loads((folder / "model.pkl").read_bytes())
    expect(
        folder,
        "scikit-learn",
        sklearn_facts(
            loaded,
            inputs=[{"name": column} for column in loaded.feature_names_in_],
            metadata={
                "steps": "prepare: sklearn.compose.ColumnTransformer, model: sklearn.ensemble.RandomForestClassifier",
                "classes": ", ".join(loaded.classes_),
            },
        ),
        file="model.pkl",
    )

for name, compress in (("joblib", 0), ("joblib-zlib", ("zlib", 3)), ("joblib-gzip", ("gzip", 3))):
    folder = folder_for("pickle", name)
    model = LogisticRegression(C=0.5).fit(plain, numbers)
    joblib.dump(model, folder / "model.joblib", compress=compress)
    loaded = joblib.load(folder / "model.joblib")
    expect(
        folder,
        ["scikit-learn", "joblib"],
        sklearn_facts(
            loaded,
            inputs=[{"name": "X", "shape": [None, loaded.n_features_in_]}],
            metadata={"C": str(loaded.C), "classes": ", ".join(str(label) for label in loaded.classes_)},
        ),
        file="model.joblib",
    )

folder = folder_for("pickle", "grid-search")
search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=3).fit(plain, labels)
joblib.dump(search, folder / "search.joblib")
expect(
    folder,
    ["scikit-learn", "joblib"],
    sklearn_facts(
        search,
        inputs=[{"name": "X", "shape": [None, search.n_features_in_]}],
        metadata={
            "best_estimator": "sklearn.linear_model.LogisticRegression",
            "best_params": str(search.best_params_),
            "best_score": str(float(search.best_score_)),
            "classes": ", ".join(search.classes_),
        },
    ),
    file="search.joblib",
)

boosters = {
    "xgboost": (
        xgboost.XGBClassifier(n_estimators=3, max_depth=2).fit(table[["age", "höhe"]], numbers),
        lambda model: {
            "framework": {"name": "XGBoost", "version": xgboost.__version__},
            "architecture": "xgboost.XGBClassifier",
            "inputs": [{"name": name} for name in model.get_booster().feature_names],
            "metadata": {"trees": str(model.get_booster().num_boosted_rounds()), "objective": model.objective},
        },
    ),
    "lightgbm": (
        lightgbm.LGBMClassifier(n_estimators=3, num_leaves=4, verbose=-1).fit(table[["age", "höhe"]], numbers),
        lambda model: {
            "framework": {"name": "LightGBM"},
            "architecture": "lightgbm.LGBMClassifier",
            "inputs": [{"name": name} for name in model.feature_name_],
            "metadata": {"trees": str(model.booster_.num_trees()), "num_leaves": str(model.num_leaves)},
        },
    ),
    "lightgbm-booster": (
        lightgbm.train({"objective": "regression", "verbose": -1}, lightgbm.Dataset(plain, numbers), 2),
        lambda model: {
            "framework": {"name": "LightGBM"},
            "architecture": "lightgbm.Booster",
            "inputs": [{"name": name} for name in model.feature_name()],
            "metadata": {"trees": str(model.num_trees())},
        },
    ),
    "catboost": (
        catboost.CatBoostClassifier(iterations=3, depth=2, verbose=0, allow_writing_files=False).fit(table[["age", "höhe"]], numbers),
        lambda model: {
            "framework": {"name": "CatBoost", "version": catboost.__version__},
            "architecture": "catboost.CatBoostClassifier",
            "inputs": [{"name": name} for name in model.feature_names_],
            "metadata": {"trees": str(model.tree_count_)},
        },
    ),
}
for name, (model, facts) in boosters.items():
    folder = folder_for("pickle", name)
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    loaded = pickle.loads((folder / "model.pkl").read_bytes())
    package = name.split("-")[0]
    expect(folder, package, {"format": "pickle", "danger": {"verdict": "none-found"}, **facts(loaded)}, file="model.pkl")
