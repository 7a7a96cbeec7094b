import { join } from 'node:path';
import * as v from 'valibot';
import { RegistryError } from '../../base/errors.ts';
import { readRegular } from '../../storage/regular-file.ts';
import { replaceFile } from '../../storage/replace-file.ts';
import { isAbsent, reading, writing } from '../../storage/system-errors.ts';
import type { Retention, RetentionChange } from '../api/space.ts';

const DEFAULT_WINDOW_DAYS = 90;

const retentionSchema = v.strictObject({
  candidateBudgetBytes: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  rollbackWindowDays: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(36_500))),
  cacheLimitBytes: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});
const configSchema = v.looseObject({ retention: v.optional(retentionSchema) });

/** Reads the rule from `config.json`. Throws `CONFIG_INVALID`. */
export async function readRetention(dir: string): Promise<Retention> {
  const { retention } = await readConfig(dir);
  return { rollbackWindowDays: DEFAULT_WINDOW_DAYS, ...retention, isChosen: retention !== undefined };
}

/** Changes what is given, keeps the rest. A budget or limit of `null` is none. */
export async function writeRetention(dir: string, change: RetentionChange): Promise<Retention> {
  const config = await readConfig(dir);
  const { candidateBudgetBytes, rollbackWindowDays, cacheLimitBytes } = change;
  const { candidateBudgetBytes: budgetBefore, cacheLimitBytes: limitBefore, ...others } = config.retention ?? {};
  const budget = candidateBudgetBytes === undefined ? budgetBefore : (candidateBudgetBytes ?? undefined);
  const limit = cacheLimitBytes === undefined ? limitBefore : (cacheLimitBytes ?? undefined);
  const retention = v.safeParse(retentionSchema, {
    ...others,
    ...(budget === undefined ? {} : { candidateBudgetBytes: budget }),
    ...(limit === undefined ? {} : { cacheLimitBytes: limit }),
    ...(rollbackWindowDays === undefined ? {} : { rollbackWindowDays }),
  });
  if (!retention.success) {
    throw new RegistryError(
      'RETENTION_INVALID',
      'A budget or limit is a whole number of bytes, a window 0 to 36500 days. Nothing was changed.',
    );
  }
  const file = join(dir, 'config.json');
  const text = `${JSON.stringify({ ...config, retention: retention.output }, undefined, 2)}\n`;
  await writing(file, () => replaceFile(file, text));
  return readRetention(dir);
}

async function readConfig(dir: string): Promise<v.InferOutput<typeof configSchema>> {
  const file = join(dir, 'config.json');
  const text = await reading(file, async () => {
    try {
      return await readRegular(file);
    } catch (error) {
      if (isAbsent(error)) return '{}';
      throw error;
    }
  });
  let parsed: v.SafeParseResult<typeof configSchema> | undefined;
  try {
    parsed = v.safeParse(configSchema, JSON.parse(text));
  } catch {
    // Not JSON.
  }
  if (parsed?.success) return parsed.output;
  throw new RegistryError(
    'CONFIG_INVALID',
    `${file} isn't a valid configuration. Correct it, or delete it to begin with the defaults.`,
  );
}
