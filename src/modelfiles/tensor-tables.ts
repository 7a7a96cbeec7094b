import { summariseFacts } from './facts-summary.ts';
import type { Inspection } from './inspect.ts';
import type { Inspector, InspectRequest } from './inspector.ts';
import { tensorTable } from './tensor-rows.ts';

/** Tables of tensors that are kept: each may have 100,000 rows. */
const KEPT = 4;

/** Answers `overview` and `tensorRows` through `inspect`; the tables that were looked at last are kept. */
export function tensorTables(
  inspect: (request: InspectRequest) => Promise<Inspection>,
): Pick<Inspector, 'overview' | 'tensorRows'> {
  const tables = new Map<string, ReturnType<typeof tensorTable>>();

  async function read(request: InspectRequest) {
    const { facts, ...found } = await inspect(request);
    const key = JSON.stringify(request);
    const table = tensorTable(facts?.tensors ?? []);
    tables.delete(key);
    tables.set(key, table);
    for (const oldest of [...tables.keys()].slice(0, -KEPT)) tables.delete(oldest);
    const label = found.formats.find(({ id }) => id === facts?.format)?.label ?? facts?.format ?? '';
    return { table, overview: { ...found, ...(facts ? { facts: summariseFacts(facts, label) } : {}) } };
  }

  return {
    overview: async (request) => (await read(request)).overview,
    async tensorRows(request, query) {
      const table = tables.get(JSON.stringify(request)) ?? (await read(request)).table;
      return table(query);
    },
  };
}
