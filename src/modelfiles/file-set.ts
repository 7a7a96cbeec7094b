/** Random access to the bytes of one file. */
export interface ByteSource {
  readonly sizeBytes: number;
  /**
   * The bytes from `offset`, fewer where the file ends before. Throws `RangeError` for a length over `MAX_READ_BYTES`: whoever needs
   * more reads in windows. They may be put into `into`, where that is long enough, and stand there then.
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The most bytes that one read may ask for. */
export const MAX_READ_BYTES = 2 ** 25;

export interface FileInSet {
  /** Relative to the set's root, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * The files that belong together: one file, a folder that training wrote, or a version's artifact. Readers of formats know their files
 * through this alone, so that they work on all three, and can't reach anything else.
 */
export interface FileSet {
  /** Sorted by path. */
  readonly files: readonly FileInSet[];
  /** What isn't in the set although it may belong to the model, in sentences. */
  readonly problems: readonly string[];
  /**
   * The source opens its file with the first read. Throws `PATH_NOT_FOUND` for a path that the set doesn't have: what a hostile file
   * names is never opened.
   */
  open(path: string): Promise<ByteSource>;
}

/** Gives `use` a file of the set, and closes it afterwards. */
export async function withFile<T>(set: FileSet, path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const source = await set.open(path);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}
