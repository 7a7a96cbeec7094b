"""MLflow's registry in a database in WAL mode: the alias and the stages are in the write-ahead log alone."""

import shutil
import sqlite3

from kept import begin, drop, keep
import mlflow
from mlflow_registry import fill

begin("import-mlflow-database")
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.search_experiments()
connection = sqlite3.connect("mlflow.db")
connection.execute("PRAGMA journal_mode=WAL")
# As long as somebody reads, nothing is moved into the main file.
connection.execute("BEGIN")
connection.execute("SELECT count(*) FROM runs").fetchall()
expected = fill()
shutil.copy("mlflow.db", "kept.db")
shutil.copy("mlflow.db-wal", "kept.db-wal")
drop("mlruns/*/models/*/artifacts/*.y*ml", "mlruns/*/models/*/artifacts/*.txt")
keep("mlflow-database", ["mlruns"], expected, zipped=["kept.db", "kept.db-wal"])
