import { protobufFields, protobufNumber, protobufText } from '../../base/protobuf.ts';
import type { RunStatus } from '../run-record.ts';

/** What the hparams plugin of TensorBoard keeps (tensorboard/plugins/hparams/plugin_data.proto). */
export interface HParams {
  readonly values: readonly (readonly [string, string | number | boolean])[];
  readonly status?: RunStatus;
}

/** HParamsPluginData: 3 session_start_info, 4 session_end_info. Throws `ProtobufInvalid`. */
export function parseHParams(content: Uint8Array): HParams {
  const values: (readonly [string, string | number | boolean])[] = [];
  let status: RunStatus | undefined;
  for (const field of protobufFields(content)) {
    if (field.kind !== 'bytes') continue;
    if (field.number === 3) values.push(...startValues(field.bytes));
    else if (field.number === 4) status = endStatus(field.bytes);
  }
  return { values, ...(status === undefined ? {} : { status }) };
}

/** SessionStartInfo: 1 hparams, a map of google.protobuf.Value. */
function* startValues(info: Uint8Array): Generator<readonly [string, string | number | boolean]> {
  for (const field of protobufFields(info)) {
    if (field.number !== 1 || field.kind !== 'bytes') continue;
    let name = '';
    let value: string | number | boolean | undefined;
    for (const part of protobufFields(field.bytes)) {
      if (part.number === 1) name = protobufText(part) ?? '';
      else if (part.number === 2 && part.kind === 'bytes') value = plainValue(part.bytes);
    }
    if (value !== undefined) yield [name, value];
  }
}

function plainValue(bytes: Uint8Array): string | number | boolean | undefined {
  for (const field of protobufFields(bytes)) {
    if (field.number === 2) return protobufNumber(field);
    if (field.number === 3) return protobufText(field);
    if (field.number === 4) return field.kind === 'varint' && field.value !== 0n;
  }
  return undefined;
}

/** SessionEndInfo: 1 status; 1 success, 2 failure, 3 running. */
function endStatus(info: Uint8Array): RunStatus | undefined {
  for (const field of protobufFields(info)) {
    if (field.number !== 1) continue;
    return ({ 1: 'finished', 2: 'failed', 3: 'running' } as const)[protobufNumber(field) ?? 0];
  }
  return undefined;
}
