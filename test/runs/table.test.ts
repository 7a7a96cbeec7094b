import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTable } from '../../src/runs/table.ts';

describe('a table', () => {
  it('comes back as it was written, whatever its fields hold', () => {
    const field = fc.string({ maxLength: 8 }).map((text) => text.replaceAll('\0', ''));
    const name = fc.stringMatching(/^[a-z]{1,6}$/);
    const table = fc.integer({ min: 2, max: 4 }).chain((columns) =>
      fc.record({
        columns: fc.array(name, { minLength: columns, maxLength: columns }),
        rows: fc.array(fc.array(field, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 5 }),
        separator: fc.constantFrom(',', ';', '\t'),
        end: fc.constantFrom('\n', '\r\n'),
      }),
    );
    fc.assert(
      fc.property(table, ({ columns, rows, separator, end }) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = [columns.join(separator), ...rows.map((row) => row.map(quoted).join(separator))];
        expect(parseTable(lines.join(end) + end)).toEqual({ columns, rows });
      }),
    );
  });

  it('of any text is one with rows as long as its head, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '1', ',', ';', '\t', '"', '\n', '\r', ' ') }), (text) => {
        const table = parseTable(text);
        for (const row of table?.rows ?? []) expect(row).toHaveLength(table?.columns.length ?? 0);
      }),
    );
  });
});
