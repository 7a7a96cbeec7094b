/** What a model's files say about it. Plain data: it crosses threads and is stored as JSON. */
export interface ModelFacts {
  /** Id of the format that tells most about the model: `safetensors`, `sklearn-pickle`, `huggingface` … */
  readonly format: string;
  /** Version of the format, where files say it. */
  readonly formatVersion?: string;
  /** What wrote or runs it. */
  readonly framework?: { readonly name: string; readonly version?: string };
  /** Architecture or estimator class: `BertForMaskedLM`, `sklearn.ensemble.RandomForestClassifier`. */
  readonly architecture?: string;
  /** Sum of the elements of all tensors. */
  readonly parameterCount?: number;
  readonly tensors?: readonly TensorFacts[];
  readonly inputs?: readonly SignatureEntry[];
  readonly outputs?: readonly SignatureEntry[];
  readonly baseModels?: readonly { readonly name: string; readonly revision?: string; readonly url?: string }[];
  readonly license?: string;
  /** What the files carry beside that, in their own words, shortened where it is long. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly danger?: DangerReport;
  /** What couldn't be read, in sentences for a person. */
  readonly problems?: readonly string[];
}

export interface TensorFacts {
  readonly name: string;
  /** As the format names it, in lower case: `float32`, `bfloat16`, `int8`, `q4_k`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /**
   * Where its elements are, little-endian and in row-major order, if they are as such in a file; of a type that packs elements into
   * blocks (`q4_k`, `int4`), where the blocks are.
   */
  readonly place?: { readonly path: string; readonly offset: number; readonly sizeBytes: number };
  /** Of these bytes, where somebody read them. */
  readonly sha256?: string;
}

export interface SignatureEntry {
  readonly name: string;
  readonly dtype?: string;
  /** A name or null stands for a dimension that isn't fixed. */
  readonly shape?: readonly (number | string | null)[];
}

/** What could run code when a file is loaded as its framework does it. There is no verdict "safe". */
export interface DangerReport {
  /** The worst of the findings; `none-found` isn't a promise. */
  readonly verdict: 'dangerous' | 'unknown' | 'none-found';
  readonly findings: readonly DangerFinding[];
}

export interface DangerFinding {
  readonly verdict: 'dangerous' | 'unknown' | 'known';
  /** What it is: `os.system`, `Lambda layer`. */
  readonly what: string;
  /** Why it is judged so, for a person. */
  readonly why: string;
  readonly path: string;
  /** Place of the opcode in the file or, in an archive, in its `member`. */
  readonly offset?: number;
  readonly member?: string;
  /** The opcode: `STACK_GLOBAL`. */
  readonly opcode?: string;
}
