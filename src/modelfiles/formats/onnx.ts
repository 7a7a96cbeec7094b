import { filesWith } from '../cached-heads.ts';
import { judgeLocations } from '../danger/graph-operations.ts';
import { dangerReport } from '../danger/report.ts';
import type { DangerFinding, ModelFacts, TensorFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { type FileSet, withFile } from '../file-set.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { TensorList } from '../tensors.ts';
import { type OnnxModel, type OnnxTensor, readOnnxModel } from './onnx-model.ts';

const MAX_PROBLEMS = 20;
const isModel = (path: string) => path.endsWith('.onnx');
/** The names that exporters give to files of weights beside a model. */
const isWeights = (path: string) => /\.onnx[._]data(-\d+)?$|\.onnx_data_\d+$/.test(path);

/** A graph with its weights, in one file or with some of them in files beside it. */
export const onnx: ModelFormat = { id: 'onnx', label: 'ONNX', recognise, completeness, facts };

async function recognise(set: FileSet): Promise<readonly string[] | undefined> {
  const models = await filesWith(set, isModel);
  return models && [...models, ...set.files.map(({ path }) => path).filter(isWeights)].sort();
}

async function completeness(set: FileSet, paths: readonly string[]): Promise<Completeness> {
  for (const path of paths.filter(isModel)) {
    const model = await withFile(set, path, (source) => readOnnxModel(source, path));
    // Written behind the graph, and required of every model.
    if (!model.hasGraph || model.opsets.length === 0)
      return { kind: 'incomplete', path, why: 'it has no graph or doesn’t say of which operators' };
    for (const tensor of model.initializers) {
      const why = tensor.outside && missingOutside(set, path, tensor);
      if (why !== undefined) return { kind: 'incomplete', path: tensor.outside?.location ?? path, why };
    }
  }
  return { kind: 'complete' };
}

async function facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  const tensors = new TensorList();
  const problems = new Set<string>();
  const models: OnnxModel[] = [];
  const findings: DangerFinding[] = [];
  for (const path of paths.filter(isModel)) {
    const model = await withFile(set, path, (source) => readOnnxModel(source, path));
    models.push(model);
    findings.push(
      ...judgeLocations(
        model.initializers.flatMap(({ outside }) => outside?.location ?? []),
        path,
      ),
    );
    if (!model.hasGraph) problems.add(`${path} has no graph`);
    for (const tensor of model.initializers) {
      tensors.add(placed(set, path, tensor));
      const why = tensor.outside && missingOutside(set, path, tensor);
      if (why !== undefined && problems.size < MAX_PROBLEMS) problems.add(`${tensor.outside?.location}: ${why}`);
    }
  }
  const [first] = models;
  return factsFrom('onnx', {
    formatVersion: first?.irVersion === undefined ? undefined : `IR ${first.irVersion}`,
    framework: first?.producer
      ? { name: first.producer, ...(first.producerVersion ? { version: first.producerVersion } : {}) }
      : undefined,
    ...tensors.facts(),
    // Of several models that work together, each has inputs of its own.
    inputs: models.length === 1 ? first?.inputs : undefined,
    outputs: models.length === 1 ? first?.outputs : undefined,
    metadata: models.flatMap(metadata),
    danger: findings.length > 0 ? dangerReport(findings) : undefined,
    problems: [...problems, ...tensors.problems()],
  });
}

function metadata({ graphName, opsets, nodeCount, metadata: own }: OnnxModel): readonly (readonly [string, string])[] {
  return [
    ...(graphName ? ([['graph', graphName]] as const) : []),
    ['nodes', String(nodeCount)],
    ...opsets.map(([domain, version]) => [`opset ${domain || 'ai.onnx'}`, String(version)] as const),
    ...own,
  ];
}

function placed(set: FileSet, path: string, { name, dtype, shape, inside, outside }: OnnxTensor): TensorFacts {
  if (inside) return { name, dtype, shape, place: { path, ...inside } };
  const file = outside && fileBeside(set, path, outside.location);
  if (!file || !outside) return { name, dtype, shape };
  const sizeBytes = outside.sizeBytes ?? Math.max(0, file.sizeBytes - outside.offset);
  if (outside.offset + sizeBytes > file.sizeBytes) return { name, dtype, shape };
  return { name, dtype, shape, place: { path: file.path, offset: outside.offset, sizeBytes } };
}

/** Why a tensor's bytes aren't where they should be; undefined where they are. */
function missingOutside(set: FileSet, path: string, { name, outside }: OnnxTensor): string | undefined {
  if (!outside) return undefined;
  const file = fileBeside(set, path, outside.location);
  if (!file) return `weights of ${path} should be in it, and it isn't beside it`;
  if (outside.offset + (outside.sizeBytes ?? 0) > file.sizeBytes)
    return `it ends before the weights ${name.slice(0, 100)} of ${path}`;
  return undefined;
}

/** A file by the name that a model gives it. What isn't in the set isn't there, so that no name leads anywhere else. */
function fileBeside(set: FileSet, path: string, location: string) {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const wanted = `${folder}${location.replace(/^\.\//, '')}`;
  return set.files.find((file) => file.path === wanted);
}
