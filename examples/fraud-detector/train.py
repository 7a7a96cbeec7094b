"""Trains a fraud detector on seeded, made-up card transactions. Needs nothing but Python 3's standard library.

    python3 train.py [--config configs/baseline.json]

Reads (and makes, where they are missing) data/train.csv and data/test.csv. Writes params.yaml, reports/metrics.json and, last,
models/fraud/model.safetensors. The same configuration gives the same bytes.
"""

import argparse
import csv
import json
import math
import os
import random
import struct

COUNTRIES = ["DE", "FR", "NL", "PL"]
RISK = {"DE": -0.3, "FR": 0.0, "NL": 0.2, "PL": 0.5}
FEATURES = ["log_amount", "night", "foreign", "new_device", "velocity", "night_foreign", "velocity_amount"]
COLUMNS = ["amount", "hour", "country", "foreign", "new_device", "velocity", "fraud"]


def make_transactions(path, count, seed):
    """Writes `count` transactions whose fraud depends on the features, two of their products, and chance."""
    rng = random.Random(seed)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for _ in range(count):
            amount = math.exp(rng.gauss(3.5, 1.1))
            hour = rng.randrange(24)
            country = rng.choice(COUNTRIES)
            foreign = int(rng.random() < 0.2)
            new_device = int(rng.random() < 0.15)
            velocity = min(9, int(rng.expovariate(0.7)))
            night = int(hour < 6)
            score = (
                -4.6
                + 0.35 * (math.log(amount) - 3.5)
                + 0.5 * night
                + 0.6 * foreign
                + 1.1 * new_device
                + 0.25 * velocity
                + 2.2 * night * foreign
                + 0.35 * velocity * max(0.0, math.log(amount) - 4.0)
                + RISK[country]
            )
            fraud = int(rng.random() < 1 / (1 + math.exp(-score)))
            writer.writerow([f"{amount:.2f}", hour, country, foreign, new_device, velocity, fraud])


def read_transactions(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def features_of(row, names):
    log_amount = math.log(float(row["amount"])) - 3.5
    night = 1.0 if int(row["hour"]) < 6 else 0.0
    foreign = float(row["foreign"])
    velocity = float(row["velocity"]) / 3
    values = {
        "log_amount": log_amount,
        "night": night,
        "foreign": foreign,
        "new_device": float(row["new_device"]),
        "velocity": velocity,
        "night_foreign": night * foreign,
        "velocity_amount": velocity * max(0.0, log_amount - 0.5),
    }
    return [values[name] for name in names]


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def train(rows, params):
    """Logistic regression by gradient descent over mini-batches, in a seeded order."""
    names = params["features"]
    xs = [features_of(row, names) for row in rows]
    ys = [int(row["fraud"]) for row in rows]
    positives = sum(ys)
    weight_of_fraud = params["fraud_weight"]
    weights = [0.0] * len(names)
    bias = math.log(positives / (len(ys) - positives))
    rng = random.Random(params["seed"])
    order = list(range(len(xs)))
    for epoch in range(params["epochs"]):
        rng.shuffle(order)
        rate = params["learning_rate"] / (1 + epoch * params["decay"])
        for start in range(0, len(order), params["batch_size"]):
            batch = order[start : start + params["batch_size"]]
            gradient = [0.0] * len(names)
            gradient_of_bias = 0.0
            for index in batch:
                x = xs[index]
                predicted = sigmoid(bias + sum(w * v for w, v in zip(weights, x)))
                error = (predicted - ys[index]) * (weight_of_fraud if ys[index] else 1.0)
                gradient_of_bias += error
                for place, value in enumerate(x):
                    gradient[place] += error * value
            bias -= rate * gradient_of_bias / len(batch)
            for place in range(len(weights)):
                weights[place] -= rate * (gradient[place] / len(batch) + params["l2"] * weights[place])
    return weights, bias


def auc(ys, scores):
    """Area under the ROC curve, by ranks; ties count half."""
    ranked = sorted(zip(scores, ys))
    positives = sum(ys)
    negatives = len(ys) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    total, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        mean_rank = (place + 1 + end) / 2
        total += mean_rank * sum(y for _, y in ranked[place:end])
        place = end
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def log_loss(ys, scores):
    return -sum(math.log(max(1e-12, s if y else 1 - s)) for y, s in zip(ys, scores)) / len(ys)


def accuracy(ys, scores):
    """Share of transactions on the right side of one half."""
    return sum((s >= 0.5) == (y == 1) for y, s in zip(ys, scores)) / len(ys)


def calibration_error(ys, scores, bins=10):
    """Expected calibration error over bins of equal width."""
    error = 0.0
    for place in range(bins):
        members = [(y, s) for y, s in zip(ys, scores) if min(bins - 1, int(s * bins)) == place]
        if members:
            gap = sum(y for y, _ in members) - sum(s for _, s in members)
            error += abs(gap) / len(ys)
    return error


def evaluate(rows, names, weights, bias):
    ys = [int(row["fraud"]) for row in rows]
    scores = [sigmoid(bias + sum(w * v for w, v in zip(weights, features_of(row, names)))) for row in rows]

    def metrics(places):
        chosen = [ys[place] for place in places], [scores[place] for place in places]
        return {
            "auc": round(auc(*chosen), 6),
            "accuracy": round(accuracy(*chosen), 6),
            "log_loss": round(log_loss(*chosen), 6),
            "calibration_error": round(calibration_error(*chosen), 6),
        }

    slices = {
        country: metrics([place for place, row in enumerate(rows) if row["country"] == country]) for country in COUNTRIES
    }
    return {**metrics(range(len(rows))), "slices": slices}


def write_safetensors(path, tensors, metadata):
    """https://github.com/huggingface/safetensors: a header of JSON with its length before it, then the tensors' bytes."""
    header, body = {"__metadata__": metadata}, b""
    for name in sorted(tensors):
        values = tensors[name]
        data = struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": [len(values)], "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header, separators=(",", ":"), sort_keys=True).encode()
    text += b" " * (-len(text) % 8)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # Written under another name first, so that nobody reads half a model.
    with open(path + ".tmp", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)
    os.replace(path + ".tmp", path)


def write_params(path, params):
    with open(path, "w") as file:
        for name in sorted(params):
            value = params[name]
            file.write(f"{name}: {json.dumps(value)}\n")


def main():
    parser = argparse.ArgumentParser(description="Trains the fraud detector.")
    parser.add_argument("--config", default="configs/baseline.json")
    config = parser.parse_args().config
    with open(config) as file:
        params = json.load(file)
    for path, count, seed in [("data/train.csv", 6000, 1), ("data/test.csv", 4000, 2)]:
        if not os.path.exists(path):
            make_transactions(path, count, seed)

    weights, bias = train(read_transactions("data/train.csv"), params)
    metrics = evaluate(read_transactions("data/test.csv"), params["features"], weights, bias)

    write_params("params.yaml", params)
    os.makedirs("reports", exist_ok=True)
    with open("reports/metrics.json", "w") as file:
        json.dump(metrics, file, indent=2)
        file.write("\n")
    metadata = {"features": ",".join(params["features"]), "model": "logistic regression"}
    write_safetensors("models/fraud/model.safetensors", {"weights": weights, "bias": [bias]}, metadata)
    print(f"{config}: auc {metrics['auc']:.4f}, log loss {metrics['log_loss']:.4f}")


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    main()
