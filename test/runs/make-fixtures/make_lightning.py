"""Lightning: with its CSV logger, the best two checkpoints and the last; and with what it does unless told otherwise."""

import csv
import os

import lightning
import torch
from fixture import begin, keep
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from torch.utils.data import DataLoader, TensorDataset


class Line(lightning.LightningModule):
    def __init__(self, lr: float = 0.05, layers=(1, 1), note: str = "a: b"):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch, _):
        loss = torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, _):
        # Best in the middle, so that the best checkpoint isn't the last one.
        self.log("val_loss", abs(self.current_epoch - 2) + 0.5)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), self.hparams.lr)


def fit(logger, callback):
    torch.manual_seed(0)
    x = torch.linspace(0, 1, 40).unsqueeze(1)
    loader = DataLoader(TensorDataset(x, 2 * x), batch_size=10)
    trainer = lightning.Trainer(max_epochs=5, logger=logger, callbacks=[callback] if callback else [], log_every_n_steps=2, enable_progress_bar=False, enable_model_summary=False, accelerator="cpu")
    trainer.fit(Line(), loader, loader)
    used = trainer.checkpoint_callback
    return {
        "metrics": {name: float(value) for name, value in trainer.logged_metrics.items()},
        "best": os.path.relpath(used.best_model_path) if used.best_model_path else None,
        "last": os.path.relpath(used.last_model_path) if used.last_model_path else None,
        "score": None if used.best_model_score is None else float(used.best_model_score),
        "monitor": used.monitor,
    }


begin("lightning")
expected = {
    "csv": fit(CSVLogger(".", flush_logs_every_n_steps=1), ModelCheckpoint(monitor="val_loss", save_top_k=2, save_last=True)),
    "tensorboard": fit(TensorBoardLogger(".", name="tb_logs"), None),
}
with open("lightning_logs/version_0/metrics.csv") as rows:
    expected["rows"] = list(csv.DictReader(rows))
keep("lightning", ["lightning_logs", "tb_logs"], expected)
