/** Names that look like classes. */
const CLASSES = /^_{0,2}[A-Z]\w*$/;

interface KnownModules {
  readonly why: string;
  /** Names by module; `.*` at the end of a module stands for all modules in it, too. */
  readonly modules: readonly (readonly [module: string, names: string | RegExp])[];
}

const NUMPY_SCALARS = `bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 longdouble complex64 complex128
  clongdouble str_ bytes_ void object_ datetime64 timedelta64 intc intp uintc uintp longlong ulonglong`;

const UFUNCS = `log log1p log2 log10 exp exp2 expm1 sqrt cbrt square absolute fabs sign reciprocal negative floor ceil rint trunc sin cos tan
  arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh add subtract multiply divide true_divide power maximum minimum isnan isfinite`;

/**
 * What frameworks put into the pickles of models and what these need: classes that hold data, and functions that put it together. None
 * of them runs what it is given. Everything else is unknown or dangerous.
 */
const known: readonly KnownModules[] = [
  {
    why: 'holds plain data',
    modules: [
      [
        'builtins',
        `set frozenset list dict tuple int float complex bool str bytes bytearray object slice range bytes long unicode basestring xrange NoneType
         Ellipsis NotImplemented len abs sum min max round sorted`,
      ],
      ['builtins', /^[A-Z]\w*(Error|Exception|Warning|Exit|Interrupt|Iteration)$|^BaseException$|^Exception$/],
      ['collections', 'OrderedDict defaultdict Counter deque ChainMap UserDict UserList UserString'],
      ['_collections', 'OrderedDict defaultdict deque'],
      ['copyreg', '_reconstructor __newobj__ __newobj_ex__'],
      ['_codecs', 'encode'],
      ['codecs', 'encode'],
      ['datetime', 'datetime date time timedelta timezone tzinfo'],
      ['zoneinfo', 'ZoneInfo ZoneInfo._unpickle'],
      ['pytz', '_UTC _p'],
      ['dateutil.tz.tz', 'tzutc tzlocal'],
      ['decimal', 'Decimal'],
      ['_decimal', 'Decimal'],
      ['fractions', 'Fraction'],
      ['uuid', 'UUID SafeUUID'],
      ['pathlib', 'Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath'],
      ['pathlib._local', 'Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath'],
      ['argparse', 'Namespace'],
      ['types', 'SimpleNamespace'],
      ['array', 'array _array_reconstructor'],
      ['io', 'BytesIO StringIO'],
      ['_io', 'BytesIO StringIO'],
      ['random', 'Random'],
      ['_random', 'Random'],
      ['re', '_compile'],
      ['typing', 'Any'],
      ['omegaconf.dictconfig', 'DictConfig'],
      ['omegaconf.listconfig', 'ListConfig'],
      ['omegaconf.base', 'ContainerMetadata Metadata'],
      ['omegaconf.nodes', CLASSES],
    ],
  },
  {
    why: 'is part of NumPy’s arrays',
    modules: [
      ['numpy', `ndarray dtype matrix ${NUMPY_SCALARS}`],
      ['numpy', `mean median std var sum min max abs clip ${UFUNCS}`],
      ['numpy.dtypes', CLASSES],
      ['numpy.core.multiarray', '_reconstruct scalar'],
      ['numpy._core.multiarray', '_reconstruct scalar'],
      ['numpy.core.numeric', '_frombuffer'],
      ['numpy._core.numeric', '_frombuffer'],
      ['numpy.core._multiarray_umath', UFUNCS],
      ['numpy._core._multiarray_umath', UFUNCS],
      ['numpy.ma', 'MaskedArray'],
      ['numpy.ma.core', '_mareconstruct MaskedArray MaskedConstant'],
      ['numpy.random._pickle', '__bit_generator_ctor __generator_ctor __randomstate_ctor'],
      ['numpy.random.bit_generator', /^(SeedSequence|ISeedSequence|__pyx_unpickle_\w+)$/],
      ['numpy.random.*', 'MT19937 PCG64 PCG64DXSM Philox SFC64 RandomState Generator'],
      ['ml_dtypes', /^(bfloat16|u?int[248]|float\w+)$/],
    ],
  },
  {
    why: 'is part of PyTorch’s tensors',
    modules: [
      ['torch', /^(Q?U?\w*Storage|\w*Tensor|Size|device|dtype|Generator)$/],
      [
        'torch',
        /^(b?float\d+\w*|u?int\d+|q?u?int\d+(x\d)?|qint\d+|quint\d+(x\d)?|b?complex\d+|bool|double|half|long|short|bits\w+|strided|sparse_\w+|per_\w+_affine\w*|per_\w+_symmetric|contiguous_format|channels_last\w*|preserve_format)$/,
      ],
      ['torch.cuda', /^\w*(Storage|Tensor)$/],
      ['torch.sparse', /^\w*Tensor$/],
      ['torch.cuda.sparse', /^\w*Tensor$/],
      [
        'torch._utils',
        /^_rebuild_(tensor(_v[123])?|parameter(_with_state)?|qtensor|sparse_tensor|sparse_csr_tensor|nested_tensor|meta_tensor_no_storage|wrapper_subclass|device_tensor_from_(cpu_tensor|numpy)|xla_tensor)$/,
      ],
      ['torch._tensor', '_rebuild_from_type_v2 _rebuild_from_type Tensor'],
      ['torch.storage', 'TypedStorage UntypedStorage _TypedStorage _UntypedStorage'],
      ['torch.serialization', '_get_layout'],
      ['torch.nn.parameter', 'Parameter Buffer UninitializedParameter'],
      ['torch.torch_version', 'TorchVersion'],
      ['torch.random', 'Generator'],
      [
        'torch.jit._pickle',
        'build_intlist build_tensorlist build_doublelist build_boollist build_tensor_from_id restore_type_tag',
      ],
    ],
  },
  {
    why: 'is a layer or optimiser of PyTorch',
    modules: [
      ['torch.nn.modules.*', CLASSES],
      [
        'torch.nn.functional',
        /^(relu6?|gelu|silu|elu|selu|celu|leaky_relu|prelu|softmax|log_softmax|softplus|tanh|sigmoid|hardswish|hardtanh|mish)$/,
      ],
      ['torch._C._nn', 'gelu'],
      ['torch.optim.*', CLASSES],
      ['torch.distributions.*', CLASSES],
      ['torchvision.models.*', CLASSES],
      ['torchvision.transforms.*', CLASSES],
      ['torchvision.ops.*', CLASSES],
    ],
  },
  {
    why: 'is a setting of a trainer',
    modules: [
      ['lightning.fabric.utilities.data', 'AttributeDict'],
      ['lightning_fabric.utilities.data', 'AttributeDict'],
      ['pytorch_lightning.utilities.parsing', 'AttributeDict'],
      ['lightning.pytorch.utilities.parsing', 'AttributeDict'],
      ['pytorch_lightning.callbacks.*', CLASSES],
      ['lightning.pytorch.callbacks.*', CLASSES],
      ['transformers.training_args', CLASSES],
      ['transformers.training_args_seq2seq', CLASSES],
      ['transformers.trainer_utils', CLASSES],
      ['transformers.trainer_pt_utils', 'AcceleratorConfig'],
      ['transformers.debug_utils', 'DebugOption'],
      ['transformers.configuration_utils', CLASSES],
      ['transformers.generation.configuration_utils', CLASSES],
      ['transformers.models.*', CLASSES],
      ['accelerate.state', CLASSES],
      ['accelerate.utils.dataclasses', CLASSES],
      ['accelerate.utils.deepspeed', CLASSES],
      ['peft.utils.peft_types', CLASSES],
      ['peft.tuners.*', /^\w*(Config|RuntimeConfig)$/],
    ],
  },
  {
    why: 'is how joblib keeps an array',
    modules: [['joblib.numpy_pickle', 'NumpyArrayWrapper']],
  },
  {
    why: 'is an estimator of scikit-learn or a part of one',
    modules: [
      [
        'sklearn.metrics.*',
        /^([a-z]\w*_(score|loss|error|kernel|distances|similarity|deviance|auc|curve|matrix|gain)|auc)$/,
      ],
      ['sklearn.feature_selection.*', /^(f_classif|f_regression|f_oneway|chi2|r_regression|mutual_info_\w+)$/],
      ['sklearn.cluster.*', /^_kmeans_single_\w+$/],
      ['sklearn.*', CLASSES],
      ['sklearn.*', /^(newObj|__pyx_unpickle_\w+)$/],
      ['imblearn.*', CLASSES],
      ['category_encoders.*', CLASSES],
    ],
  },
  {
    why: 'is part of SciPy’s matrices and functions',
    modules: [
      ['scipy.sparse.*', /^((bsr|coo|csc|csr|dia|dok|lil)_(matrix|array)|_?[A-Z]\w*)$/],
      ['scipy.special._ufuncs', /^[a-z]\w*$/],
      ['scipy.special', /^(?!test$)[a-z]\w*$/],
      ['scipy.spatial.*', CLASSES],
      ['scipy.spatial._ckdtree', 'cKDTree'],
      ['scipy.interpolate.*', /^(interp1d|interp2d|[A-Z]\w*)$/],
      ['scipy.optimize._optimize', 'OptimizeResult'],
      ['scipy._lib.array_api_compat.numpy._aliases', 'asarray'],
    ],
  },
  {
    why: 'is part of pandas’ tables',
    modules: [
      [
        'pandas',
        /^(DataFrame|Series|\w*Index|Categorical|\w+Dtype|Timestamp|Timedelta|Period|Interval|NaT|NA|DateOffset)$/,
      ],
      ['pandas.arrays', CLASSES],
      ['pyarrow.lib', '_restore_array type_for_alias py_buffer'],
      ['pandas.core.frame', 'DataFrame'],
      ['pandas.core.series', 'Series'],
      ['pandas.core.indexes.*', /^(_new_Index|_new_\w+Index|[A-Z]\w*)$/],
      ['pandas.core.arrays.*', CLASSES],
      ['pandas.core.dtypes.dtypes', CLASSES],
      ['pandas.core.internals.*', CLASSES],
      ['pandas._libs.internals', '_unpickle_block BlockPlacement BlockManager'],
      ['pandas._libs.arrays', /^__pyx_unpickle_\w+$/],
      ['pandas._libs.tslibs.*', /^(_unpickle_timestamp|_timedelta_unpickle|__pyx_unpickle_\w+|[A-Z]\w*)$/],
      ['pandas.tseries.offsets', CLASSES],
    ],
  },
  {
    why: 'is a model of gradient boosting',
    modules: [
      ['xgboost.sklearn', CLASSES],
      ['xgboost.core', 'Booster'],
      ['xgboost.callback', CLASSES],
      ['lightgbm.basic', 'Booster'],
      ['lightgbm.sklearn', CLASSES],
      ['catboost.core', CLASSES],
      ['sklearn.ensemble.*', CLASSES],
    ],
  },
];

interface Rule {
  readonly why: string;
  /** Whether the table has the name itself. */
  readonly isListed: boolean;
  readonly matches: (name: string) => boolean;
}

const exact = new Map<string, Rule[]>();
const below = new Map<string, Rule[]>();
for (const { why, modules } of known) {
  for (const [module, names] of modules) {
    const listed = typeof names === 'string' ? new Set(names.trim().split(/\s+/)) : undefined;
    const rule: Rule = {
      why,
      isListed: listed !== undefined,
      matches: (name) => (listed ? listed.has(name) : names instanceof RegExp && names.test(name)),
    };
    const isBelow = module.endsWith('.*');
    const rules = isBelow ? below : exact;
    const key = isBelow ? module.slice(0, -2) : module;
    rules.set(key, [...(rules.get(key) ?? []), rule]);
  }
}

/** Parts of these packages that models don't need, and that import much from elsewhere. */
const strangers =
  /^(sklearn\.(datasets|callback|externals|conftest|utils\.(parallel|estimator_checks|_testing|_available_if|fixes))|torchvision\.models\.(_api|feature_extraction))(\.|$)/;

/** Why an import that the table names with its very module is known; these go before the judgement on a package. */
export function whyNamed(module: string, name: string): string | undefined {
  return exact.get(module)?.find((rule) => rule.isListed && rule.matches(name))?.why;
}

/** Why an import is known by its kind: the module or package that it is from, and how its name looks. The name must stand in its module directly. */
export function whyOfKind(module: string, name: string): string | undefined {
  if (strangers.test(module)) return undefined;
  const here = exact.get(module)?.find((rule) => rule.matches(name));
  if (here !== undefined) return here.why;
  for (let end = module.length; end > 0; end = module.lastIndexOf('.', end - 1)) {
    const why = below.get(module.slice(0, end))?.find((rule) => rule.matches(name))?.why;
    if (why !== undefined) return why;
  }
  return undefined;
}
