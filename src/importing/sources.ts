import type { RunFiles } from '../runs/run-files.ts';
import { dvc } from './dvc/dvc.ts';
import type { FoundModel, SourceKind } from './found.ts';
import { huggingFace } from './huggingface.ts';
import { mlflowModels, mlflowPlaces } from './mlflow/mlflow.ts';
import { modelFiles } from './model-files.ts';
import type { WalkedFolder } from './walk.ts';
import { wandb } from './wandb.ts';

export interface SourceContext {
  readonly files: RunFiles;
  /** Files and folders that are some model's already. */
  readonly claimed: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
}

/** One way in which models are kept. Nothing is executed, unpickled or written, and nothing outside of the folder is read. */
export interface Source {
  readonly kind: SourceKind;
  /** Where a folder and its entries, by their names alone, say that there are models: relative to the root. */
  recognise(walked: WalkedFolder): readonly string[];
  /** Nothing else is looked for in what it recognises. */
  readonly isWhole: boolean;
  /** All places are read at once, because they make one model. */
  readonly readsTogether: boolean;
  read(
    places: readonly string[],
    context: SourceContext,
  ): Promise<{ readonly models: readonly FoundModel[]; readonly problems?: readonly string[] }>;
}

const mlflow: Source = {
  kind: 'mlflow',
  recognise: mlflowPlaces,
  isWhole: true,
  readsTogether: false,
  read: ([place = ''], { files, signal }) => mlflowModels(place, files, signal),
};

/** What is nearer to a registry comes first: what it has isn't taken for anything else afterwards. */
export const sources: readonly Source[] = [mlflow, dvc, wandb, huggingFace, modelFiles];
