import { type ProtobufField, protobufFields, protobufNumber, protobufText } from '../../base/protobuf.ts';
import { scalarOfTensor, textOfTensor } from './tensor-value.ts';

/** What is of interest in one Event of TensorBoard (tensorboard/compat/proto/event.proto, summary.proto). */
export interface TensorBoardEvent {
  readonly wallTimeMs: number;
  readonly step: number;
  readonly values: readonly SummaryValue[];
}

export interface SummaryValue {
  readonly tag: string;
  readonly scalar?: number;
  readonly text?: string;
  readonly plugin?: string;
  /** What the plugin keeps there: hyperparameters. */
  readonly pluginContent?: Uint8Array;
}

/** Throws `ProtobufInvalid`. */
export function parseEvent(bytes: Uint8Array): TensorBoardEvent {
  let wallTimeMs = 0;
  let step = 0;
  const values: SummaryValue[] = [];
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) wallTimeMs = Math.round((protobufNumber(field) ?? 0) * 1000);
    else if (field.number === 2) step = protobufNumber(field) ?? 0;
    else if (field.number === 5 && field.kind === 'bytes')
      for (const value of protobufFields(field.bytes))
        if (value.number === 1 && value.kind === 'bytes') values.push(summaryValue(value.bytes));
  }
  return { wallTimeMs, step, values };
}

function summaryValue(bytes: Uint8Array): SummaryValue {
  let tag = '';
  let scalar: number | undefined;
  let text: string | undefined;
  let plugin: { readonly plugin?: string; readonly pluginContent?: Uint8Array } = {};
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) tag = protobufText(field) ?? '';
    else if (field.number === 2 && field.kind === 'fixed32') scalar = protobufNumber(field);
    else if (field.number === 8 && field.kind === 'bytes') {
      scalar = scalarOfTensor(field.bytes);
      text = textOfTensor(field.bytes);
    } else if (field.number === 9 && field.kind === 'bytes') plugin = pluginOf(field.bytes);
  }
  return {
    tag,
    ...(scalar === undefined ? {} : { scalar }),
    ...(text === undefined ? {} : { text }),
    ...plugin,
  };
}

/** SummaryMetadata's plugin_data. */
function pluginOf(metadata: Uint8Array): { readonly plugin?: string; readonly pluginContent?: Uint8Array } {
  const data = fieldsOf(metadata).find(({ number }) => number === 1);
  if (data?.kind !== 'bytes') return {};
  let plugin: string | undefined;
  let pluginContent: Uint8Array | undefined;
  for (const field of protobufFields(data.bytes)) {
    if (field.number === 1) plugin = protobufText(field);
    else if (field.number === 2 && field.kind === 'bytes') pluginContent = field.bytes;
  }
  return { ...(plugin === undefined ? {} : { plugin }), ...(pluginContent === undefined ? {} : { pluginContent }) };
}

function fieldsOf(bytes: Uint8Array): readonly ProtobufField[] {
  return [...protobufFields(bytes)];
}
