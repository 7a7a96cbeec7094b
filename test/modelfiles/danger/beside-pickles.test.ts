import { describe, expect, it } from 'vitest';
import { inspectModel } from '../../../src/modelfiles/inspect.ts';
import { localFileSet } from '../../../src/modelfiles/local-files.ts';
import { folderOf } from '../file-sets.ts';

async function dangerOf(files: Readonly<Record<string, Uint8Array | string>>) {
  const { facts } = await inspectModel(await localFileSet(await folderOf(files)));
  return {
    verdict: facts?.danger?.verdict,
    findings: facts?.danger?.findings.map(({ verdict, what, path }) => `${verdict} ${path}: ${what}`),
    problems: facts?.problems ?? [],
  };
}

/** A field of Protocol Buffers with bytes in it. */
function field(number: number, ...content: readonly (Uint8Array | string)[]): Buffer {
  const bytes = Buffer.concat(content.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

it('nothing is said of the danger in an empty file', async () => {
  expect(await dangerOf({ 'model.pkl': '' })).toEqual({
    verdict: undefined,
    findings: undefined,
    problems: ['model.pkl is empty: there is no pickle in it'],
  });
});

describe('danger beside pickles is found', () => {
  it('in operations of TensorFlow that touch files, in the graph and in its functions', async () => {
    const graph = (op: string) => field(2, field(1, field(1, 'node'), field(2, op)));
    const inFunction = field(2, field(2, field(1, field(3, field(1, 'node'), field(2, 'WriteFile')))));
    const model = (inner: Buffer) => ({
      'saved_model.pb': Buffer.concat([Buffer.from([0x08, 0x01]), field(2, inner)]),
    });
    expect(await dangerOf(model(graph('MatMul')))).toMatchObject({ verdict: 'none-found' });
    expect(await dangerOf(model(graph('ReadFile')))).toMatchObject({
      verdict: 'dangerous',
      findings: ['dangerous saved_model.pb: ReadFile'],
    });
    expect(await dangerOf(model(inFunction))).toMatchObject({ findings: ['dangerous saved_model.pb: WriteFile'] });
  });

  it('in weights of ONNX that lie outside of the folder', async () => {
    const tensor = field(
      5,
      Buffer.from([0x08, 0x01, 0x10, 0x01]),
      field(8, 'w'),
      field(13, field(1, 'location'), field(2, '../../etc/passwd')),
      Buffer.from([0x70, 0x01]),
    );
    const model = Buffer.concat([Buffer.from([0x08, 0x08]), field(7, tensor), field(8, Buffer.from([0x10, 0x11]))]);
    expect(await dangerOf({ 'model.onnx': model })).toMatchObject({
      verdict: 'dangerous',
      findings: ['dangerous model.onnx: ../../etc/passwd'],
    });
  });

  it('in the Python code that a model of Hugging Face brings', async () => {
    const config = {
      architectures: ['OwnModel'],
      model_type: 'own',
      auto_map: { AutoModel: 'modeling_own.OwnModel', AutoConfig: 'someone/else--config.OwnConfig' },
    };
    const { verdict, findings } = await dangerOf({ 'config.json': JSON.stringify(config), 'modeling_own.py': 'pass' });
    expect(verdict).toBe('unknown');
    expect(findings).toEqual([
      'unknown config.json: AutoModel: modeling_own.OwnModel',
      'unknown config.json: AutoConfig: someone/else--config.OwnConfig',
      'unknown modeling_own.py: Python code',
    ]);
  });

  it('in the modules and code that MLmodel names', async () => {
    const mlmodel = (loader: string, more = '') => ({
      MLmodel: `flavors:\n  python_function:\n    loader_module: ${loader}\n${more}`,
    });
    expect((await dangerOf(mlmodel('mlflow.sklearn'))).verdict).toBe('none-found');
    expect((await dangerOf(mlmodel('my_loader', '    code: code\n'))).findings).toEqual([
      'unknown MLmodel: my_loader',
      'unknown MLmodel: code: code',
    ]);
    expect((await dangerOf(mlmodel('subprocess'))).verdict).toBe('dangerous');
    expect((await dangerOf(mlmodel('mlflow.sklearn', '    data: ../../secrets\n'))).problems).toEqual([
      'MLmodel names ../../secrets, which is outside of the folder',
    ]);
  });

  it('in a library that an adapter wants imported', async () => {
    const adapter = (library: string) => ({
      'adapter_config.json': JSON.stringify({
        peft_type: 'LORA',
        auto_mapping: { base_model_class: 'X', parent_library: library },
      }),
    });
    expect((await dangerOf(adapter('transformers.models.bert'))).verdict).toBeUndefined();
    expect((await dangerOf(adapter('my_package.models'))).verdict).toBe('unknown');
    expect((await dangerOf(adapter('subprocess'))).verdict).toBe('dangerous');
  });
});
