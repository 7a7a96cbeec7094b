"""Keras with its CSV logger, its TensorBoard callback and its checkpoint callback, which overwrites one file."""

import json
import os
import pathlib
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy

keras.utils.set_random_seed(0)
features = numpy.random.default_rng(0).random((64, 3))
labels = features.sum(axis=1)
pathlib.Path("models").mkdir()
model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2), keras.layers.Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
callbacks = [
    keras.callbacks.CSVLogger("training.log"),
    keras.callbacks.TensorBoard("logs", write_graph=False),
    keras.callbacks.ModelCheckpoint("models/net.keras"),
    keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: time.sleep(0.7)),
]
history = model.fit(features, labels, validation_split=0.25, epochs=4, verbose=0, callbacks=callbacks)
last = {name: values[-1] for name, values in history.history.items()}
print(json.dumps({"metrics": last, "params": {}, "files": ["net.keras"], "run": {"tracker": "tensorboard"}}))
