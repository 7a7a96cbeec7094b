import * as v from 'valibot';
import { jsonIfAny } from '../../base/json-if-any.ts';
import type { SignatureEntry } from '../facts.ts';

const columnSchema = v.object({
  name: v.fallback(v.optional(v.string()), undefined),
  type: v.string(),
  'tensor-spec': v.fallback(v.optional(v.object({ dtype: v.string(), shape: v.array(v.number()) })), undefined),
});

/** A signature's columns and tensors, which stand as JSON in the YAML (mlflow/types/schema.py). */
export function signatureOf(signature: { readonly inputs?: string; readonly outputs?: string } | undefined): {
  readonly inputs?: readonly SignatureEntry[];
  readonly outputs?: readonly SignatureEntry[];
} {
  const inputs = entriesOf(signature?.inputs);
  const outputs = entriesOf(signature?.outputs);
  return { ...(inputs ? { inputs } : {}), ...(outputs ? { outputs } : {}) };
}

function entriesOf(text: string | undefined): readonly SignatureEntry[] | undefined {
  if (text === undefined) return undefined;
  const parsed = v.safeParse(v.array(columnSchema), jsonIfAny(text));
  if (!parsed.success) return undefined;
  return parsed.output.map(({ name, type, 'tensor-spec': tensor }, index) => ({
    name: name ?? String(index),
    ...(tensor
      ? { dtype: tensor.dtype, shape: tensor.shape.map((length) => (length < 0 ? null : length)) }
      : { dtype: type }),
  }));
}
