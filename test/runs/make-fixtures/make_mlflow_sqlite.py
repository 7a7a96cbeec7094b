"""MLflow's database: at rest; in WAL mode with a run that is in -wal alone; and with frames of a transaction that wasn't committed."""

import shutil
import sqlite3

import mlflow
from mlflow_client import describe, train
from fixture import begin, keep

begin("mlflow-sqlite")
mlflow.set_tracking_uri("sqlite:///mlflow.db")
expected = describe(train())
shutil.copy("mlflow.db", "at-rest.db")

reader = sqlite3.connect("mlflow.db")
reader.execute("PRAGMA journal_mode=WAL")
# As long as somebody reads, nothing is moved into the main file.
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM runs").fetchall()
with mlflow.start_run(run_name="in the wal") as late:
    for step in range(10):
        mlflow.log_metric("auc", step / 10, step=step)
    mlflow.log_param("depth", 3)
expected["late"] = describe([late.info.run_id])["runs"][0]
shutil.copy("mlflow.db", "wal.db")
shutil.copy("mlflow.db-wal", "wal.db-wal")

writer = sqlite3.connect("mlflow.db")
# Pages that don't fit into so small a cache go to -wal before the commit.
writer.execute("PRAGMA cache_size=2")
writer.execute("BEGIN")
writer.execute("UPDATE latest_metrics SET value = 99")
writer.executemany(
    "INSERT INTO params VALUES (?, ?, ?)", [(f"p{n}", "x" * 500, late.info.run_id) for n in range(200)]
)
writer.execute("UPDATE runs SET name = 'never'")
shutil.copy("mlflow.db", "uncommitted.db")
shutil.copy("mlflow.db-wal", "uncommitted.db-wal")
writer.rollback()
keep("mlflow-sqlite", [], expected, zipped=["at-rest.db", "wal.db", "wal.db-wal", "uncommitted.db-wal"])
same = open("wal.db", "rb").read() == open("uncommitted.db", "rb").read()
assert same, "the main file has changed"
