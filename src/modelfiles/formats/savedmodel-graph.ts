import type { SignatureEntry } from '../facts.ts';
import type { ByteSource } from '../file-set.ts';
import { ByteReader } from '../read/byte-reader.ts';
import { ProtoReader } from '../read/proto-reader.ts';
import { readSizes } from './tensorflow-bundle.ts';
import { tensorflowType } from './tensorflow-types.ts';

/** What `saved_model.pb` says; graphs are passed over (tensorflow/core/protobuf/{saved_model,meta_graph}.proto). */
export interface SavedModelGraph {
  readonly schemaVersion?: number;
  readonly tensorflowVersion?: string;
  readonly tags: readonly string[];
  readonly signatures: readonly NamedSignature[];
  readonly hasGraph: boolean;
  /** Operations, of the graph and of its functions. */
  readonly operations: ReadonlySet<string>;
}

export interface NamedSignature {
  readonly name: string;
  readonly inputs: readonly SignatureEntry[];
  readonly outputs: readonly SignatureEntry[];
}

const MAX_SIGNATURES = 1000;

export async function readSavedModelGraph(source: ByteSource, path: string): Promise<SavedModelGraph> {
  const told: { schemaVersion?: number; tensorflowVersion?: string } = {};
  const tags: string[] = [];
  const signatures: NamedSignature[] = [];
  const operations = new Set<string>();
  let hasGraph = false;
  const model = ProtoReader.over(new ByteReader(source, path));
  while (await model.next()) {
    if (model.field === 1) told.schemaVersion = model.number();
    if (model.field !== 2) continue;
    const graph = model.message();
    while (await graph.next()) {
      if (graph.field === 1) {
        const info = graph.message();
        while (await info.next()) {
          if (info.field === 4) tags.push(await info.text(200));
          else if (info.field === 5) told.tensorflowVersion = await info.text(200);
        }
      } else if (graph.field === 2) {
        hasGraph = true;
        await readOperations(graph.message(), operations);
      } else if (graph.field === 5 && signatures.length < MAX_SIGNATURES) {
        const [name, signature] = await graph.entry((entry) => readSignature(entry.message()));
        signatures.push({ name, ...(signature ?? { inputs: [], outputs: [] }) });
      }
    }
  }
  return { ...told, tags, signatures, hasGraph, operations };
}

const MAX_OPERATIONS = 10_000;

/** The names of the operations that a `GraphDef` has, its functions included (tensorflow/core/framework/graph.proto). */
async function readOperations(graph: ProtoReader, operations: Set<string>): Promise<void> {
  while (await graph.next()) {
    if (graph.field === 1) await readNode(graph.message(), operations);
    if (graph.field !== 2) continue;
    const library = graph.message();
    while (await library.next()) {
      if (library.field !== 1) continue;
      const definition = library.message();
      while (await definition.next()) if (definition.field === 3) await readNode(definition.message(), operations);
    }
  }
}

async function readNode(node: ProtoReader, operations: Set<string>): Promise<void> {
  while (await node.next()) {
    if (node.field === 2 && operations.size < MAX_OPERATIONS) operations.add(await node.text(200));
  }
}

async function readSignature(signature: ProtoReader): Promise<Omit<NamedSignature, 'name'>> {
  const inputs: SignatureEntry[] = [];
  const outputs: SignatureEntry[] = [];
  while (await signature.next()) {
    if (signature.field !== 1 && signature.field !== 2) continue;
    const [name, tensor] = await signature.entry((entry) => readTensorInfo(entry.message()));
    (signature.field === 1 ? inputs : outputs).push({ name, ...tensor });
  }
  const byName = (a: SignatureEntry, b: SignatureEntry) => (a.name < b.name ? -1 : 1);
  return { inputs: inputs.sort(byName), outputs: outputs.sort(byName) };
}

async function readTensorInfo(info: ProtoReader): Promise<Omit<SignatureEntry, 'name'>> {
  let dtype: string | undefined;
  let shape: readonly (number | null)[] | undefined;
  while (await info.next()) {
    if (info.field === 2) dtype = tensorflowType(info.number());
    else if (info.field === 3) shape = (await readSizes(info.message())).map((size) => (size < 0 ? null : size));
  }
  return { ...(dtype === undefined ? {} : { dtype }), ...(shape ? { shape } : {}) };
}
