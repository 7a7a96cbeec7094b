import type { PagedReader } from './paged-reader.ts';

const MAX_TEXT_BYTES = 100_000;

/**
 * A table of a FlatBuffer, read without its schema (https://flatbuffers.dev/internals/). Fields go by their number in the schema, and are
 * undefined where the table doesn't have them. Throws `MODEL_FILE_INVALID` where pointers lead out of the file.
 */
export class FlatTable {
  readonly #reader: PagedReader;
  readonly #at: number;
  readonly #slots: readonly number[];

  private constructor(reader: PagedReader, at: number, slots: readonly number[]) {
    this.#reader = reader;
    this.#at = at;
    this.#slots = slots;
  }

  static async root(reader: PagedReader): Promise<FlatTable> {
    return FlatTable.at(reader, await reader.u32(0));
  }

  private static async at(reader: PagedReader, at: number): Promise<FlatTable> {
    const directory = at - (await reader.i32(at));
    const size = await reader.u16(directory);
    if (size < 4 || size % 2 !== 0) throw reader.invalid(`at byte ${directory} is no directory of a table`);
    const view = await reader.view(directory, size);
    if (at + view.getUint16(2, true) > reader.sizeBytes) throw reader.invalid(`it ends within a table at byte ${at}`);
    const slots = Array.from({ length: (size - 4) / 2 }, (_, index) => view.getUint16(4 + 2 * index, true));
    return new FlatTable(reader, at, slots);
  }

  async u8(field: number): Promise<number | undefined> {
    const place = this.#place(field);
    return place === undefined ? undefined : this.#reader.u8(place);
  }

  async u32(field: number): Promise<number | undefined> {
    const place = this.#place(field);
    return place === undefined ? undefined : this.#reader.u32(place);
  }

  async u64(field: number): Promise<number | undefined> {
    const place = this.#place(field);
    return place === undefined ? undefined : this.#reader.u64(place);
  }

  async text(field: number): Promise<string | undefined> {
    const bytes = await this.vector(field, 1);
    if (!bytes) return undefined;
    return this.#reader.text(bytes.offset, Math.min(bytes.length, MAX_TEXT_BYTES));
  }

  async numbers(field: number, max: number): Promise<readonly number[]> {
    const items = await this.vector(field, 4);
    if (!items) return [];
    if (items.length > max) throw this.#reader.invalid(`a list in it has more than ${max} numbers`);
    const view = await this.#reader.view(items.offset, 4 * items.length);
    return Array.from({ length: items.length }, (_, index) => view.getInt32(4 * index, true));
  }

  /** Where the items of a list are, which lie within the file. */
  async vector(
    field: number,
    itemBytes: number,
  ): Promise<{ readonly offset: number; readonly length: number } | undefined> {
    const place = this.#place(field);
    if (place === undefined) return undefined;
    const at = place + (await this.#reader.u32(place));
    const length = await this.#reader.u32(at);
    if (at + 4 + length * itemBytes > this.#reader.sizeBytes)
      throw this.#reader.invalid(`it ends within a list of ${length} items at byte ${at}`);
    return { offset: at + 4, length };
  }

  async table(field: number): Promise<FlatTable | undefined> {
    const place = this.#place(field);
    return place === undefined ? undefined : FlatTable.at(this.#reader, place + (await this.#reader.u32(place)));
  }

  async tables(field: number, max: number): Promise<readonly FlatTable[]> {
    const items = await this.vector(field, 4);
    if (!items) return [];
    if (items.length > max) throw this.#reader.invalid(`it has more than ${max} of something`);
    const tables: FlatTable[] = [];
    for (let index = 0; index < items.length; index += 1) {
      const pointer = items.offset + 4 * index;
      tables.push(await FlatTable.at(this.#reader, pointer + (await this.#reader.u32(pointer))));
    }
    return tables;
  }

  #place(field: number): number | undefined {
    const slot = this.#slots[field];
    return slot === undefined || slot === 0 ? undefined : this.#at + slot;
  }
}
