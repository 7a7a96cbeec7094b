"""Scores one transaction with a model file, for example one that was restored from the registry.

    python3 predict.py models/fraud/model.safetensors --amount 240 --hour 3 --foreign --velocity 4
"""

import argparse
import json
import struct

from train import features_of, sigmoid


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            tensors[name] = struct.unpack(f"<{(end - begin) // 4}f", body[begin:end])
    return header["__metadata__"], tensors


def main():
    parser = argparse.ArgumentParser(description="Scores one transaction.")
    parser.add_argument("model")
    parser.add_argument("--amount", type=float, default=50.0)
    parser.add_argument("--hour", type=int, default=12)
    parser.add_argument("--velocity", type=int, default=0, help="transactions in the last hour")
    parser.add_argument("--foreign", action="store_true")
    parser.add_argument("--new-device", action="store_true")
    options = parser.parse_args()
    metadata, tensors = read_safetensors(options.model)
    row = {
        "amount": options.amount,
        "hour": options.hour,
        "foreign": int(options.foreign),
        "new_device": int(options.new_device),
        "velocity": options.velocity,
    }
    values = features_of(row, metadata["features"].split(","))
    score = sigmoid(tensors["bias"][0] + sum(w * v for w, v in zip(tensors["weights"], values)))
    print(f"Probability of fraud: {score:.4f}")


if __name__ == "__main__":
    main()
