"""Keras with its CSV logger and its TensorBoard callback."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from fixture import begin, keep
import keras
import numpy

begin("keras")
keras.utils.set_random_seed(0)
features = numpy.random.default_rng(0).random((64, 3))
labels = features.sum(axis=1)
model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2), keras.layers.Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
history = model.fit(features, labels, validation_split=0.25, epochs=4, verbose=0, callbacks=[keras.callbacks.CSVLogger("training.log"), keras.callbacks.TensorBoard("logs/fit", write_graph=False)])
keep("keras", ["training.log", "logs"], {"history": history.history})
