"""Lightning with its CSV logger and the best checkpoint by validation loss."""

import json
import os
import time
import warnings

warnings.filterwarnings("ignore")
import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch.utils.data import DataLoader, TensorDataset


class Line(lightning.LightningModule):
    def __init__(self, lr: float = 0.05):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch, _):
        return torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])

    def validation_step(self, batch, _):
        # Best in the middle, so that the best checkpoint isn't the last one.
        self.log("val_loss", abs(self.current_epoch - 2) + 0.5)
        time.sleep(0.3)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), self.hparams.lr)


torch.manual_seed(0)
x = torch.linspace(0, 1, 40).unsqueeze(1)
loader = DataLoader(TensorDataset(x, 2 * x), batch_size=20)
best = ModelCheckpoint(monitor="val_loss", save_top_k=2, save_last=True)
trainer = lightning.Trainer(max_epochs=5, logger=CSVLogger("."), callbacks=[best], log_every_n_steps=1, enable_progress_bar=False, enable_model_summary=False, accelerator="cpu")
trainer.fit(Line(), loader, loader)
print(json.dumps({"metrics": {"val_loss": float(best.best_model_score)}, "params": {"lr": 0.05}, "files": [os.path.basename(best.best_model_path)], "run": {"tracker": "lightning", "name": "version_0"}}))
