/**
 * Modules and names that let a pickle run code, start programs, reach the network, or read and write files, with what they do. A module
 * stands for all that is in it, unless `known-imports.ts` names an exception.
 */
const reasons: readonly (readonly [why: string, paths: string])[] = [
  [
    'starts programs or changes the process',
    `os posix nt posixpath.os ntpath.os subprocess _posixsubprocess _winapi commands popen2 pty pexpect pipes multiprocessing _multiprocessing
     concurrent signal _signal sched winreg _winreg msvcrt webbrowser antigravity _osx_support _aix_support _pyrepl uuid platform
     sysconfig getpass crypt resource fcntl termios tty faulthandler psutil sh plumbum fabric invoke paramiko`,
  ],
  [
    'runs code that it is given',
    `builtins.eval builtins.exec builtins.execfile builtins.compile builtins.apply builtins.input builtins.breakpoint builtins.help code codeop
     runpy marshal types cProfile profile pdb bdb timeit trace doctest unittest test lib2to3 idlelib _interpreters _xxsubinterpreters
     concurrent.interpreters py_compile compileall symtable dis cgitb rlcompleter pydoc turtledemo this ast.literal_eval.__globals__
     IPython ipykernel sympy.sympify sympy.parsing numexpr jinja2 mako RestrictedPython execnet js2py nose pytest _pytest`,
  ],
  [
    'imports any module by its name',
    `builtins.__import__ importlib _frozen_importlib _frozen_importlib_external _imp imp pkgutil zipimport zipapp site modulefinder
     cloudpickle.cloudpickle.subimport numpy.core._ufunc_reconstruct numpy._core._ufunc_reconstruct pkg_resources setuptools distutils
     pip ensurepip venv virtualenv wheel conda poetry django.utils.module_loading six.moves six._import_module`,
  ],
  [
    'takes or sets any attribute of anything, and so reaches what runs code',
    `builtins.getattr builtins.setattr builtins.delattr builtins.globals builtins.locals builtins.vars builtins.dir builtins.super
     builtins.classmethod builtins.staticmethod builtins.property builtins.__build_class__ builtins.__loader__ builtins.__spec__
     operator.attrgetter operator.methodcaller operator.call operator.setitem operator.delitem operator.iadd operator.ior _operator.attrgetter
     _operator.methodcaller _operator.call _operator.setitem _operator.delitem inspect gc sys weakref.finalize atexit
     copyreg.pickle copyreg.add_extension copyreg.constructor copyreg.dispatch_table functools.reduce builtins.map builtins.filter
     itertools.starmap itertools.accumulate functools.singledispatch functools.wraps functools.update_wrapper functools.cached_property
     threading _thread contextlib contextvars asyncio _asyncio tkinter _tkinter turtle curses`,
  ],
  [
    'calls functions of native libraries, or touches memory directly',
    'ctypes _ctypes cffi _cffi_backend mmap numpy.ctypeslib ctypeslib pyximport Cython numba llvmlite weave pythonnet clr win32api win32com',
  ],
  [
    'reads or writes files',
    `builtins.open io.open io.FileIO io.open_code io.OpenWrapper _io.open _io.FileIO _io.open_code _pyio codecs.open shutil tempfile fileinput
     linecache glob filecmp difflib tarfile zipfile gzip bz2 lzma shelve dbm sqlite3 _sqlite3 mailbox mailcap netrc configparser
     logging.FileHandler logging.handlers logging.config logging.basicConfig logging.Handler logging.StreamHandler syslog
     distutils.file_util wave aifc sunau plistlib numpy.load numpy.save numpy.savez numpy.savetxt numpy.loadtxt numpy.genfromtxt
     numpy.fromfile numpy.memmap numpy._core.memmap numpy.core.memmap numpy.DataSource numpy.lib.npyio numpy.lib._npyio_impl
     numpy.lib._datasource numpy.lib.format numpy.ndarray.tofile numpy.ndarray.dump pandas.io pandas.read_pickle pandas.HDFStore
     pandas.ExcelWriter pandas.read_csv pandas.read_table pandas.read_json pandas.read_html pandas.read_xml pandas.read_parquet
     pandas.read_hdf pandas.read_sql torch.save torch.serialization.save torch.from_file torch.UntypedStorage.from_file h5py
     pyarrow.fs pyarrow.dataset pyarrow.parquet pyarrow.csv pyarrow.json pyarrow.orc pyarrow.feather pyarrow.flight pyarrow.hdfs pyarrow.cffi
     pyarrow.memory_map pyarrow.lib.memory_map pyarrow.lib.OSFile pyarrow.lib.foreign_buffer pyarrow.OSFile
     fsspec smart_open lmdb`,
  ],
  [
    'reaches the network',
    `socket _socket ssl _ssl http httplib urllib urllib2 urllib3 urlparse requests aiohttp httpx httpcore websocket websockets smtplib smtpd
     imaplib ftplib poplib telnetlib nntplib xmlrpc xmlrpclib socketserver SocketServer SimpleHTTPServer BaseHTTPServer asyncore asynchat
     select selectors wsgiref cgi pycurl twisted tornado boto3 botocore s3fs gcsfs huggingface_hub wandb.init mlflow.pyfunc zmq grpc
     torch.distributed torch.TCPStore sklearn.datasets.fetch_openml`,
  ],
  [
    'loads another pickle, from bytes or from a file, which can run code of its own',
    `pickle _pickle cPickle pickletools dill _dill cloudpickle joblib.load joblib.dump joblib.numpy_pickle.load
     joblib.numpy_pickle.NumpyUnpickler joblib.numpy_pickle_compat joblib.memory joblib.Memory joblib.externals joblib.parallel joblib.pool
     sklearn.externals.joblib torch.load torch.serialization.load torch.serialization._load torch.serialization._legacy_load
     torch.jit.load torch.jit._serialization torch.package torch.multiprocessing torch.export.load
     torch.utils.data.datapipes.utils.decoder torch.utils._config_module jsonpickle hickle klepto shelve yaml ruamel
     catboost.core.CatBoost.load_model skops.io keras.models.load_model keras.src.saving.saving_api.load_model tensorflow.keras.models
     transformers.pipeline transformers.pipelines.pipeline sentence_transformers.SentenceTransformer pandas.compat.pickle_compat`,
  ],
  [
    'compiles or runs code that it is given, or downloads and runs it',
    `torch.hub torch.compile torch._dynamo torch._inductor torch._higher_order_ops torch.jit
     torch.jit.CompilationUnit torch._C torch._classes torch._ops torch.ops torch.fx torch.utils.bottleneck torch.utils.collect_env
     torch.jit torch.utils.cpp_extension torch.utils.model_dump torch.utils.benchmark torch.testing torch.classes torch.cuda.jiterator
     torch._export torch._functorch torch.onnx torch._sources torch.distributed.run torch.autograd.profiler torch.profiler
     numpy.testing numpy.f2py numpy.distutils numpy._pytesttester numpy.core._internal.eval numpy.vectorize numpy.frompyfunc
     numpy.apply_along_axis numpy.apply_over_axes numpy.piecewise numpy.fromfunction numpy.fromiter scipy._lib._ccallback
     scipy._lib._pep440 scipy._lib.deprecation pandas.eval pandas.core.computation pandas.core.frame.DataFrame.eval
     pandas.core.frame.DataFrame.query pandas.util._tester sklearn.utils._testing sklearn.utils._mocking sklearn.conftest
     tensorflow.py_function tensorflow.numpy_function tensorflow.io tensorflow.raw_ops keras.layers.Lambda
     nltk.data nltk.downloader spacy.cli langchain llama_cpp mlflow.projects lightning.app`,
  ],
  [
    'is a program that looks for danger in pickles, which a pickle has no reason to change',
    'picklescan fickling modelscan modelaudit model_unpickler saferpickle',
  ],
];

const whyByPath: ReadonlyMap<string, string> = new Map(
  reasons.flatMap(([why, paths]) =>
    paths
      .trim()
      .split(/\s+/)
      .map((path) => [path, why] as const),
  ),
);

/** Names that do the same wherever they were imported from. */
const dangerousNames: ReadonlyMap<string, string> = new Map(
  (
    [
      [
        'runs code or starts programs, to judge by its name',
        `eval exec execfile system popen popen2 popen3 popen4 Popen spawn check_output check_call getoutput getstatusoutput run_code _run_code
         runcode runsource runcommand runctx runstring run_module run_path exec_module exec_code execWrapper run_cprofile run_autograd_prof
         run_command shell compile_file debug_script getlincoef __import__ import_module load_module load_source load_dynamic
         resolve_name import_string locate _run_pip script_helper pipepager`,
      ],
      [
        'reaches programs, files, the network or pickles, wherever it was imported from',
        `FunctionType CodeType MethodType ModuleType _CodeOnlyModule GraphModule Process Pool ThreadPool ThreadPoolExecutor ProcessPoolExecutor Thread
         Client Listener Connection NamedTemporaryFile TemporaryDirectory TemporaryFile GzipFile BZ2File LZMAFile ZipFile TarFile FileIO FileHandler
         Request urlopen urlretrieve Pickler Unpickler NumpyUnpickler Memory CDLL WinDLL PyDLL LibraryLoader PyTorchFileReader PyTorchFileWriter
         CompilationUnit ScriptModule ScriptFunction IMAP4_stream InteractiveInterpreter InteractiveConsole GuardBuilder ShapeEnv ConfigModule`,
      ],
      [
        'loads another file or downloads one, to judge by its name',
        'from_pretrained load_from_checkpoint from_hub hub_load read_pickle',
      ],
      [
        'reaches what is inside of a function or class',
        `__globals__ __builtins__ __subclasses__ __code__ __closure__ __func__ __self__ __getattribute__ __getattr__ __setattr__ __dict__
         __class__ __bases__ __base__ __mro__ __loader__ __spec__ __call__ __reduce__ __reduce_ex__ __init_subclass__ __set_name__
         __class_getitem__ __wrapped__ gi_frame f_globals f_builtins f_locals f_back tb_frame cr_frame func_globals im_func mro`,
      ],
    ] as const
  ).flatMap(([why, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, why] as const),
  ),
);

/** Modules that others import, so that `numpy.lib.os` is `os`. */
const reachable: ReadonlySet<string> = new Set(
  'os sys subprocess builtins __builtin__ posix nt importlib ctypes shutil socket pty runpy pickle _pickle marshal imp pip requests'.split(
    ' ',
  ),
);

/**
 * Why an import can run code; undefined where nothing says so. `path` is module and name with dots; `names` is what stands in the name,
 * which a pickle may use to reach through one thing to another.
 */
export function whyDangerous(path: string, names: readonly string[]): string | undefined {
  for (let end = path.length; end !== -1; end = path.lastIndexOf('.', end - 1)) {
    const why = whyByPath.get(path.slice(0, end));
    if (why !== undefined) return why;
    if (end === 0) break;
  }
  for (const name of names) {
    if (reachable.has(name)) return `reaches the module ${name} through another`;
    const why = dangerousNames.get(name);
    if (why !== undefined) return why;
  }
  return undefined;
}
