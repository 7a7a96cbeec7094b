"""MLflow's database: at rest; with the journal of a transaction that goes on; in WAL mode with a run that is in -wal alone; and with frames of a transaction that wasn't committed."""

import shutil
import sqlite3

import mlflow
from mlflow_client import describe, train
from fixture import begin, keep

begin("mlflow-sqlite")
mlflow.set_tracking_uri("sqlite:///mlflow.db")
expected = describe(train())
shutil.copy("mlflow.db", "at-rest.db")


def unfinished():
    """A transaction that goes on. Pages that don't fit into so small a cache are written before the commit."""
    connection = sqlite3.connect("mlflow.db")
    connection.execute("PRAGMA cache_size=2")
    connection.execute("BEGIN")
    connection.execute("UPDATE latest_metrics SET value = 99")
    run_id = expected["runs"][0]["id"]
    connection.executemany("INSERT INTO params VALUES (?, ?, ?)", [(f"p{n}", "x" * 500, run_id) for n in range(200)])
    connection.execute("UPDATE runs SET name = 'never'")
    return connection


writer = unfinished()
shutil.copy("mlflow.db", "journaled.db")
shutil.copy("mlflow.db-journal", "journaled.db-journal")
writer.rollback()
writer.close()
assert open("journaled.db", "rb").read() != open("at-rest.db", "rb").read(), "nothing was written"

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

writer = unfinished()
shutil.copy("mlflow.db", "uncommitted.db")
shutil.copy("mlflow.db-wal", "uncommitted.db-wal")
writer.rollback()
keep("mlflow-sqlite", [], expected, zipped=["at-rest.db", "wal.db", "wal.db-wal", "uncommitted.db-wal", "journaled.db", "journaled.db-journal"])
same = open("wal.db", "rb").read() == open("uncommitted.db", "rb").read()
assert same, "the main file has changed"
