"""Writes predictions and what scikit-learn, fairlearn and NumPy say of them, for the tests beside this file.

    pip install scikit-learn fairlearn && python test/predictions/make_fixtures.py

The resamples of the bootstrap are drawn here by the same generator, so that intervals can be compared digit by digit.
"""

import csv
import hashlib
import json
import math
from pathlib import Path

import fairlearn.metrics as fair
import numpy as np
import sklearn.metrics as sk

FOLDER = Path(__file__).parent / "fixtures"
MASK = 0xFFFFFFFF


def drawn(seed):
    """xoshiro128** seeded by splitmix32; each call gives a whole number below a bound."""
    mixed = seed & MASK

    def word():
        nonlocal mixed
        mixed = (mixed + 0x9E3779B9) & MASK
        z = mixed
        z = ((z ^ (z >> 16)) * 0x85EBCA6B) & MASK
        z = ((z ^ (z >> 13)) * 0xC2B2AE35) & MASK
        return z ^ (z >> 16)

    state = [word(), word(), word(), word()]

    def rotated(value, by):
        return ((value << by) | (value >> (32 - by))) & MASK

    def below(bound):
        a, b, c, d = state
        result = (rotated((b * 5) & MASK, 7) * 9) & MASK
        shifted = (b << 9) & MASK
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = rotated(d, 11)
        state[:] = [a, b, c, d]
        return math.floor(result / 2**32 * bound)

    return below


def write(name, rows):
    with open(FOLDER / name, "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def column(rows, name, kind=float):
    return np.array([kind(row[name]) for row in rows])


def binary(rows):
    truth, guess, score = column(rows, "label", int), column(rows, "prediction", int), column(rows, "score")
    nan = {"zero_division": np.nan}
    has_both = len(set(truth)) == 2
    return {
        "accuracy": sk.accuracy_score(truth, guess),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, guess),
        "precision": sk.precision_score(truth, guess, **nan),
        "recall": sk.recall_score(truth, guess, **nan),
        "f1": sk.f1_score(truth, guess, **nan),
        "false_positive_rate": 1 - sk.recall_score(truth, guess, pos_label=0, **nan),
        "selection_rate": fair.selection_rate(truth, guess),
        "auc": sk.roc_auc_score(truth, score) if has_both else math.nan,
        "average_precision": sk.average_precision_score(truth, score) if has_both else math.nan,
        "log_loss": sk.log_loss(truth, score, labels=[0, 1]),
        "brier_score": sk.brier_score_loss(truth, score),
        "examples": len(rows),
    }


def multiclass(rows):
    truth, guess = column(rows, "label", str), column(rows, "prediction", str)
    macro = {"average": "macro", "zero_division": 0}
    return {
        "accuracy": sk.accuracy_score(truth, guess),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, guess),
        "precision_macro": sk.precision_score(truth, guess, **macro),
        "recall_macro": sk.recall_score(truth, guess, **macro),
        "f1_macro": sk.f1_score(truth, guess, **macro),
        "examples": len(rows),
    }


def regression(rows):
    truth, guess = column(rows, "label"), column(rows, "prediction")
    return {
        "rmse": sk.root_mean_squared_error(truth, guess),
        "mae": sk.mean_absolute_error(truth, guess),
        "r2": sk.r2_score(truth, guess),
        "examples": len(rows),
    }


def slices(rows, by, measure):
    return {f"{name}={value}": measure([row for row in rows if row[name] == value]) for name in by for value in sorted({row[name] for row in rows})}


def bias(rows, by):
    truth, guess = column(rows, "label", int), column(rows, "prediction", int)
    groups = {"sensitive_features": column(rows, by, str)}
    return {
        "demographic-parity": {
            "difference": fair.demographic_parity_difference(truth, guess, **groups),
            "ratio": fair.demographic_parity_ratio(truth, guess, **groups),
        },
        "equalised-odds": {
            "difference": fair.equalized_odds_difference(truth, guess, **groups),
            "ratio": fair.equalized_odds_ratio(truth, guess, **groups),
        },
        "equal-opportunity": {
            "difference": fair.equal_opportunity_difference(truth, guess, **groups),
            "ratio": fair.equal_opportunity_ratio(truth, guess, **groups),
        },
    }


def intervals(ours, theirs, metrics, measure, resampling):
    """Percentile intervals of each metric, and of the difference between both on the same examples."""

    def in_order(rows):
        name = lambda row: int.from_bytes(hashlib.sha256(str(row["id"]).encode()).digest()[:8], "little")
        return sorted(rows, key=name)

    ours, theirs = in_order(ours), in_order(theirs)
    below = drawn(resampling["seed"])
    found = {metric: ([], []) for metric in metrics}
    for _ in range(resampling["resamples"]):
        places = [below(len(ours)) for _ in ours]
        one, other = measure([ours[place] for place in places]), measure([theirs[place] for place in places])
        for metric in metrics:
            found[metric][0].append(one[metric])
            found[metric][1].append(one[metric] - other[metric])
    tail = 100 * (1 - resampling["confidence"]) / 2
    ends = lambda values: dict(zip(("low", "high"), np.percentile(values, [tail, 100 - tail])))
    return {
        metric: {
            "value": measure(ours)[metric],
            "theirs": measure(theirs)[metric],
            "interval": ends(values),
            "difference": ends(differences),
        }
        for metric, (values, differences) in found.items()
    }


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    number = float(value)
    return "NaN" if math.isnan(number) else number


def main():
    FOLDER.mkdir(exist_ok=True)
    random = np.random.default_rng(20261126)

    def scored(truth, noise):
        # Two decimals, so that many scores are equal.
        return np.clip(np.round(0.5 + 0.25 * (2 * truth - 1) + random.normal(0, noise, len(truth)), 2), 0, 1)

    size = 160
    truth = random.integers(0, 2, size)
    country = random.choice(["DE", "FR", "a, \"quoted\" name"], size)
    sex = random.choice(["F", "M"], size)

    def binary_rows(noise, threshold):
        scores = scored(truth, noise)
        return [
            {"id": f"row-{row}", "label": int(truth[row]), "prediction": int(scores[row] >= threshold), "score": float(scores[row]), "country": str(country[row]), "sex": str(sex[row])}
            for row in range(size)
        ]

    ours, theirs = binary_rows(0.28, 0.5), binary_rows(0.36, 0.45)
    write("binary.csv", ours)
    write("binary-rival.csv", list(reversed(theirs)))

    kinds = ["ant", "bee", "cat", "dog"]
    kind = random.choice(kinds, 90)
    wrong = random.choice(["ant", "bee", "cat"], 90)
    classified = [{"label": str(kind[row]), "prediction": str(kind[row] if random.random() < 0.6 and kind[row] != "dog" else wrong[row])} for row in range(90)]
    write("multiclass.csv", classified)

    values = np.round(random.normal(100, 20, 80), 3)
    predict = lambda noise: [{"id": row, "label": float(values[row]), "prediction": float(np.round(values[row] + random.normal(0, noise), 3))} for row in range(80)]
    numbers, others = predict(5), predict(7)
    write("regression.csv", numbers)
    write("regression-rival.csv", others)

    resampling = {"resamples": 200, "confidence": 0.9, "seed": 7}
    times = [float(time) for time in np.round(random.lognormal(2, 0.6, 37), 4)]
    expected = {
        "binary": {"metrics": binary(ours), "slices": slices(ours, ["country", "sex"], binary)},
        "bias": {by: bias(ours, by) for by in ["country", "sex"]},
        "multiclass": {"metrics": multiclass(classified)},
        "regression": {"metrics": regression(numbers)},
        "resampling": resampling,
        "certainty": {
            "binary": intervals(ours, theirs, ["accuracy", "f1", "auc", "log_loss"], binary, resampling),
            "regression": intervals(numbers, others, ["rmse", "mae", "r2"], regression, resampling),
        },
        "times": {"timesMs": times, "p50": np.percentile(times, 50), "p95": np.percentile(times, 95), "p99": np.percentile(times, 99)},
    }
    (FOLDER / "expected.json").write_text(json.dumps(plain(expected), indent=2) + "\n")


main()
