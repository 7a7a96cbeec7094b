import { dvcReader } from './dvc/dvc.ts';
import { dvcliveReader } from './dvc/dvclive.ts';
import { huggingFaceReader } from './huggingface.ts';
import { lightningReader } from './lightning/lightning.ts';
import { mlflowDatabaseReader } from './mlflow/database.ts';
import { mlflowFilesReader } from './mlflow/file-store.ts';
import { conventionalFilesReader } from './plain/conventional-files.ts';
import { evaluationsReader } from './plain/evaluations.ts';
import { trainingLogReader } from './plain/training-log.ts';
import type { RunReader } from './run-reader.ts';
import { tensorBoardReader } from './tensorboard/tensorboard.ts';
import { wandbReader } from './wandb/wandb.ts';

/**
 * Everything that runs are read from. Of equally good accounts of one run, the one listed first is taken: trackers that give a run an
 * identity, then trainers, then plain files.
 */
export const runReaders: readonly RunReader[] = [
  mlflowDatabaseReader,
  mlflowFilesReader,
  wandbReader,
  huggingFaceReader,
  lightningReader,
  dvcliveReader,
  dvcReader,
  tensorBoardReader,
  trainingLogReader,
  evaluationsReader,
  conventionalFilesReader,
];
