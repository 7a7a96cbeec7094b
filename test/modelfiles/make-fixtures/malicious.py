"""Pickles that would run code if they were loaded, of the kinds that picklescan and fickling publish. Python's standard library suffices.

Nothing here is ever loaded, and every payload is harmless: `true`, `pass`, or a name that doesn't exist. The opcodes are put together by
hand, so that no module is imported to make them.
"""

import bz2
import io
import json
import lzma
import pickle
import shutil
import struct
import zipfile
import zlib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "malicious"
COMMAND = "true"
CODE = "pass"
index = []


def text(value: str) -> bytes:
    data = value.encode()
    return pickle.BINUNICODE + struct.pack("<I", len(data)) + data


def short(value: str) -> bytes:
    return pickle.SHORT_BINUNICODE + bytes([len(value.encode())]) + value.encode()


def value(thing) -> bytes:
    """Opcodes that push a plain value; bytes that are given as `Raw` are opcodes already."""
    if isinstance(thing, Raw):
        return thing.opcodes
    if isinstance(thing, tuple):
        return pickle.MARK + b"".join(value(item) for item in thing) + pickle.TUPLE
    if isinstance(thing, list):
        return pickle.EMPTY_LIST + pickle.MARK + b"".join(value(item) for item in thing) + pickle.APPENDS
    if isinstance(thing, dict):
        pairs = b"".join(value(key) + value(entry) for key, entry in thing.items())
        return pickle.EMPTY_DICT + pickle.MARK + pairs + pickle.SETITEMS
    if isinstance(thing, bool):
        return pickle.NEWTRUE if thing else pickle.NEWFALSE
    if isinstance(thing, int):
        return pickle.BININT + struct.pack("<i", thing)
    if isinstance(thing, bytes):
        return pickle.BINBYTES + struct.pack("<I", len(thing)) + thing
    if thing is None:
        return pickle.NONE
    return text(thing)


class Raw:
    def __init__(self, opcodes: bytes):
        self.opcodes = opcodes


def named(module: str, name: str, protocol: int = 4) -> bytes:
    if protocol < 4:
        return pickle.GLOBAL + f"{module}\n{name}\n".encode()
    return short(module) + pickle.MEMOIZE + short(name) + pickle.MEMOIZE + pickle.STACK_GLOBAL + pickle.MEMOIZE


def called(callee: bytes, *args) -> bytes:
    return callee + value(args) + pickle.REDUCE


def whole(body: bytes, protocol: int = 4) -> bytes:
    start = pickle.PROTO + bytes([protocol]) if protocol >= 2 else b""
    return start + body + pickle.STOP


def calling(module: str, name: str, *args, protocol: int = 4) -> bytes:
    return whole(called(named(module, name, protocol), *args), protocol)


def put(file: str, data: bytes, kind: str, verdict: str = "dangerous") -> None:
    (FOLDER / file).write_bytes(data)
    index.append({"file": file, "kind": kind, "verdict": verdict})


shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir()

# What runs code, programs, or reaches files and the network, by one call.
CALLS = [
    ("builtins", "eval", CODE),
    ("builtins", "exec", CODE),
    ("builtins", "compile", CODE, "x", "exec"),
    ("builtins", "__import__", "os"),
    ("builtins", "getattr", Raw(named("os", "path")), "join"),
    ("builtins", "open", "/nowhere/at/all"),
    ("builtins", "breakpoint"),
    ("__builtin__", "eval", CODE),
    ("__builtin__", "execfile", "/nowhere/at/all"),
    ("__builtin__", "apply", None, []),
    ("os", "system", COMMAND),
    ("posix", "system", COMMAND),
    ("nt", "system", COMMAND),
    ("os", "popen", COMMAND),
    ("subprocess", "run", [COMMAND]),
    ("subprocess", "Popen", [COMMAND]),
    ("subprocess", "check_output", [COMMAND]),
    ("commands", "getoutput", COMMAND),
    ("_posixsubprocess", "fork_exec"),
    ("multiprocessing.util", "spawnv_passfds", COMMAND, [], []),
    ("concurrent.futures", "ProcessPoolExecutor"),
    ("sys", "exit", 0),
    ("sys", "modules"),
    ("runpy", "_run_code", CODE, {}),
    ("runpy", "run_path", "/nowhere/at/all"),
    ("importlib", "import_module", "os"),
    ("imp", "load_source", "x", "/nowhere/at/all"),
    ("pkgutil", "resolve_name", "os:system"),
    ("pty", "spawn", [COMMAND]),
    ("socket", "create_connection", ("localhost", 9)),
    ("ssl", "get_server_certificate", ("localhost", 9)),
    ("http.client", "HTTPSConnection", "localhost"),
    ("httplib", "HTTPSConnection", "localhost"),
    ("urllib.request", "urlopen", "file:///nowhere"),
    ("urllib2", "urlopen", "file:///nowhere"),
    ("requests.api", "get", "http://localhost:9"),
    ("requests", "get", "http://localhost:9"),
    ("aiohttp.client", "ClientSession"),
    ("httpx", "get", "http://localhost:9"),
    ("ftplib", "FTP", "localhost"),
    ("smtplib", "SMTP", "localhost"),
    ("imaplib", "IMAP4_stream", COMMAND),
    ("xmlrpc.client", "ServerProxy", "http://localhost:9"),
    ("socketserver", "TCPServer", ("localhost", 0), None),
    ("shutil", "rmtree", "/nowhere/at/all"),
    ("tempfile", "mktemp"),
    ("linecache", "getline", "/nowhere", 1),
    ("fileinput", "input", "/nowhere"),
    ("_io", "FileIO", "/nowhere"),
    ("io", "open", "/nowhere"),
    ("codecs", "open", "/nowhere"),
    ("logging", "FileHandler", "/nowhere/at/all"),
    ("logging.config", "dictConfig", {}),
    ("sqlite3", "connect", ":memory:"),
    ("distutils.file_util", "write_file", "/nowhere/at/all", []),
    ("webbrowser", "open", "about:blank"),
    ("ctypes", "CDLL", None),
    ("_ctypes", "dlopen", "", 0),
    ("operator", "attrgetter", "system"),
    ("operator", "methodcaller", "system", COMMAND),
    ("_operator", "methodcaller", "system", COMMAND),
    ("types", "CodeType", 0),
    ("types", "FunctionType", None, {}),
    ("marshal", "loads", b""),
    ("code", "InteractiveInterpreter.runcode", None, CODE),
    ("bdb", "Bdb.run", None, CODE),
    ("pdb", "run", CODE),
    ("profile", "run", CODE),
    ("profile", "Profile.runctx", None, CODE, {}, {}),
    ("cProfile", "runctx", CODE, {}, {}),
    ("timeit", "timeit", CODE, CODE),
    ("trace", "Trace.runctx", None, CODE, {}, {}),
    ("doctest", "debug_script", CODE, True),
    ("unittest.mock", "_importer", "os"),
    ("pydoc", "locate", "os"),
    ("pydoc", "pipepager", "", COMMAND),
    ("venv", "create", "/nowhere/at/all"),
    ("ensurepip", "_run_pip", []),
    ("pip", "main", ["--version"]),
    ("pip._internal.cli.main", "main", ["--version"]),
    ("lib2to3.pgen2.grammar", "Grammar.loads", None, b""),
    ("lib2to3.pgen2.pgen", "ParserGenerator.make_label", None, None, "x"),
    ("idlelib.debugobj", "ObjectTreeItem.SetText", None, CODE),
    ("idlelib.autocomplete", "AutoComplete.get_entity", None, CODE),
    ("idlelib.calltip", "get_entity", CODE),
    ("idlelib.run", "Executive.runcode", None, CODE),
    ("idlelib.pyshell", "ModifiedInterpreter.runcommand", None, CODE),
    ("asyncio.unix_events", "_UnixSubprocessTransport._start", None, COMMAND, True, None, None, None, 0),
    ("uuid", "_get_command_stdout", COMMAND),
    ("_osx_support", "_read_output", COMMAND),
    ("_aix_support", "_read_cmd_output", COMMAND),
    ("_pyrepl.pager", "pipe_pager", "", COMMAND),
    ("test.support.script_helper", "assert_python_ok", "-c", CODE),
    ("_interpreters", "run_string", 0, CODE),
    ("_xxsubinterpreters", "run_string", 0, CODE),
    ("signal", "raise_signal", 0),
    ("atexit", "register", None),
    ("threading", "Timer", 0, None),
    ("gc", "get_objects"),
    ("inspect", "getattr_static", None, "x"),
    ("pickle", "loads", whole(value(1))),
    ("_pickle", "loads", whole(value(1))),
    ("cPickle", "loads", whole(value(1))),
    ("dill", "loads", whole(value(1))),
    ("dill._dill", "_create_function", None),
    ("cloudpickle.cloudpickle", "_make_function", None, None, None, None, None),
    ("cloudpickle.cloudpickle", "_builtin_type", "CodeType"),
    ("cloudpickle.cloudpickle", "subimport", "os"),
    ("joblib", "load", "/nowhere"),
    ("shelve", "open", "/nowhere"),
    ("torch", "load", "/nowhere"),
    ("torch.serialization", "load", "/nowhere"),
    ("torch.hub", "load", "nowhere/nowhere", "x"),
    ("torch.jit", "load", "/nowhere"),
    ("torch.package", "PackageImporter", "/nowhere"),
    ("torch.fx.graph_module", "reduce_graph_module", {}, ""),
    ("torch.utils.cpp_extension", "load_inline", "x", ""),
    ("torch.utils.bottleneck.__main__", "run_cprofile", CODE, {}),
    ("torch.utils.bottleneck.__main__", "run_autograd_prof", CODE, {}),
    ("torch.utils.collect_env", "run", COMMAND),
    ("torch.utils.collect_env", "run_and_read_all", Raw(named("torch.utils.collect_env", "run")), COMMAND),
    ("torch.utils._config_module", "ConfigModule.load_config", None, b""),
    ("torch.utils.data.datapipes.utils.decoder", "basichandlers", "pickle", b""),
    ("torch._dynamo.guards", "GuardBuilder.get", None, CODE),
    ("torch._inductor.codecache", "compile_file", "", "", [COMMAND]),
    ("torch.fx.experimental.symbolic_shapes", "ShapeEnv.evaluate_guards_expression", None, CODE, []),
    ("torch.jit.unsupported_tensor_ops", "execWrapper", CODE, {}, {}),
    ("torch.distributed.rpc.internal", "_run_function", None),
    ("numpy.testing._private.utils", "runstring", CODE, {}),
    ("numpy.f2py.crackfortran", "getlincoef", CODE, []),
    ("numpy.distutils.exec_command", "exec_command", COMMAND),
    ("numpy.ctypeslib", "load_library", "x", "."),
    ("numpy", "load", "/nowhere"),
    ("numpy.core", "_ufunc_reconstruct", "os", "system"),
    ("numpy", "memmap", "/nowhere/at/all"),
    ("pandas", "read_pickle", "/nowhere"),
    ("pandas.core.computation.eval", "eval", CODE),
    ("transformers", "AutoModel.from_pretrained", "nowhere/nowhere"),
    ("picklescan.scanner", "_unsafe_globals"),
    ("fickling.fickle", "UNSAFE_IMPORTS"),
]
for module, name, *args in CALLS:
    put(f"call-{module}.{name}.pkl".replace("/", "_"), calling(module, name, *args), f"{module}.{name} is called")

# The same through every protocol, and every opcode that imports or calls.
for protocol in range(6):
    put(f"protocol-{protocol}.pkl", calling("os", "system", COMMAND, protocol=protocol), f"protocol {protocol}")
put("protocol-0-text.pkl", f"cos\nsystem\n(S'{COMMAND}'\ntR.".encode(), "text of protocol 0")
put("inst.pkl", f"(S'{CODE}'\ni__builtin__\nexec\n.".encode(), "INST")
put("obj.pkl", pickle.MARK + named("os", "system", 2) + text(COMMAND) + pickle.OBJ + pickle.STOP, "OBJ")
put("obj-popped.pkl", whole(pickle.MARK + named("os", "system", 2) + text(COMMAND) + pickle.OBJ + pickle.POP + pickle.NONE), "OBJ whose result is dropped")
put("newobj.pkl", whole(named("subprocess", "Popen") + value(([COMMAND],)) + pickle.NEWOBJ), "NEWOBJ")
put("newobj-ex.pkl", whole(named("subprocess", "Popen") + value(([COMMAND],)) + value({}) + pickle.NEWOBJ_EX), "NEWOBJ_EX")
put("uncalled.pkl", whole(named("os", "system")), "an import that nothing calls")

# Names that aren't where a quick look expects them.
strings = b"Vos\np2\n0Vsystem\np3\n0Vtorch\np0\n0VLongStorage\np1\n0g2\ng3\n"
put("names-in-memo.pkl", strings + pickle.STACK_GLOBAL + value((COMMAND,)) + pickle.REDUCE + pickle.STOP, "names that come from the memo, beside harmless ones")
put("names-in-memo-and-more.pkl", strings + pickle.STACK_GLOBAL + value((COMMAND,)) + pickle.REDUCE + pickle.STOP + b"\n\n\t\t", "the same, with bytes behind the pickle")
put("names-as-strings.pkl", b"S'os'\nS'system'\n" + pickle.STACK_GLOBAL + value((COMMAND,)) + pickle.REDUCE + pickle.STOP, "names as STRING")
put("names-escaped.pkl", b"S'\\x6fs'\nS'sys\\164em'\n" + pickle.STACK_GLOBAL + value((COMMAND,)) + pickle.REDUCE + pickle.STOP, "names with escapes")
put("names-escaped-unicode.pkl", b"V\\u006fs\nVsyste\\u006d\n" + pickle.STACK_GLOBAL + value((COMMAND,)) + pickle.REDUCE + pickle.STOP, "names with Unicode escapes")
computed = called(named("builtins", "str"), "os") + short("system") + pickle.STACK_GLOBAL
put("names-computed.pkl", whole(called(computed, COMMAND)), "a name that is the result of a call")
put("names-duplicated.pkl", whole(short("os") + pickle.DUP + pickle.POP + short("system") + pickle.STACK_GLOBAL + value((COMMAND,)) + pickle.REDUCE), "names under DUP and POP")
put("names-over-mark.pkl", whole(short("os") + short("system") + pickle.MARK + pickle.POP_MARK + pickle.STACK_GLOBAL + value((COMMAND,)) + pickle.REDUCE), "names over a mark")
put("names-spaced.pkl", b"c os \n system \n" + value((COMMAND,)) + pickle.REDUCE + pickle.STOP, "names with spaces around them")
put("names-carriage-return.pkl", b"cos\r\nsystem\r\n" + value((COMMAND,)) + pickle.REDUCE + pickle.STOP, "lines that end as on Windows")
put("dotted-name.pkl", calling("sklearn.utils", "os.system", COMMAND), "a dotted name that reaches through a harmless module")
put("dotted-module.pkl", calling("numpy.lib", "_datasource.os.popen", COMMAND), "a longer way through a harmless module")
put("dotted-dunder.pkl", calling("collections", "OrderedDict.__class__.__base__.__subclasses__"), "through the classes of classes")
put("dotted-globals.pkl", calling("sklearn.base", "clone.__globals__"), "through the globals of a function")
put("imported-module.pkl", whole(named("sklearn.utils", "os")), "a module that another imports")
put("globals.pkl", b"c__builtin__\nglobals\n(tRp1\n0c__builtin__\ngetattr\n(c__builtin__\ndict\nS'get'\ntRp2\n0c__builtin__\napply\n(g2\n(g1\nS'x'\nltR.", "globals, getattr and apply of Python 2")
getter = called(named("operator", "attrgetter"), "system")
put("attrgetter-chain.pkl", whole(called(called(getter, Raw(called(named("builtins", "__import__"), "os"))), COMMAND)), "attrgetter on an imported module")
put("getattr-chain.pkl", whole(called(called(named("builtins", "getattr"), Raw(called(named("importlib", "import_module"), "os")), "system"), COMMAND)), "getattr on an imported module")
put("getattr-on-class.pkl", whole(called(named("builtins", "getattr"), Raw(named("collections", "OrderedDict")), "__class__")), "getattr of a special name")
put("getattr-given-away.pkl", whole(called(named("functools", "partial"), Raw(named("builtins", "getattr")))), "getattr given to another function")
put("partial.pkl", whole(called(called(named("functools", "partial"), Raw(named("torch", "load")), "/nowhere"))), "partial of torch.load")
put("map.pkl", whole(called(named("builtins", "list"), Raw(called(named("builtins", "map"), Raw(named("os", "system")), [COMMAND])))), "map over a list")
put("build-on-class.pkl", whole(named("collections", "OrderedDict") + value({"x": 1}) + pickle.BUILD), "BUILD on an imported class")
put("sys-modules.pkl", whole(named("sys", "modules") + text("os") + value(None) + pickle.SETITEM), "a module that is replaced")
put("change-of-a-global.pkl", whole(named("torch.nn.functional", "relu") + value({"x": 1}) + pickle.BUILD), "BUILD on an imported function")

# Broken pickles run up to where they break.
broken = called(named("os", "system", 2), COMMAND)
put("broken-opcode.pkl", pickle.PROTO + b"\x02" + broken + b"\xff\xff", "a byte that is no opcode behind the call")
put("broken-truncated.pkl", pickle.PROTO + b"\x02" + broken + pickle.BINUNICODE + b"\xff\xff\xff\x7f", "cut off behind the call")
put("broken-no-stop.pkl", pickle.PROTO + b"\x04" + called(named("os", "system"), COMMAND), "without STOP")
put("broken-underflow.pkl", whole(broken + pickle.POP + pickle.POP + pickle.POP + pickle.TUPLE3, 2), "an empty stack behind the call")
put("broken-memo.pkl", whole(broken + pickle.POP + pickle.BINGET + b"\x63" + pickle.BINGET + b"\x64" + pickle.STACK_GLOBAL, 2), "a missing entry of the memo behind the call")
put("broken-types.pkl", whole(broken + pickle.POP + pickle.BININT1 + b"\x2a" + short("os") + pickle.STACK_GLOBAL, 4), "a number for a module's name behind the call")
put("broken-protocol.pkl", pickle.PROTO + b"\x09" + broken + pickle.STOP, "a protocol that doesn't exist")
put("broken-exec.pkl", b"cbuiltins\nexec\n(X>\n" + CODE.encode() + b"tRX.", "a text longer than the file", "dangerous")
hidden = b"cos\nsystem\n" + text(COMMAND) + pickle.TUPLE1 + pickle.REDUCE
put("torn-frame.pkl", pickle.PROTO + b"\x05" + pickle.FRAME + struct.pack("<Q", 2) + pickle.BINBYTES + struct.pack("<I", len(hidden)) + hidden + pickle.POP + pickle.NONE + pickle.STOP, "bytes that reach over their frame")
put("frame-in-frame.pkl", pickle.PROTO + b"\x05" + pickle.FRAME + struct.pack("<Q", 30) + pickle.NONE + pickle.FRAME + struct.pack("<Q", 2) + pickle.NONE + b"." * 40, "a frame within a frame")

# Pickles within and behind pickles.
inner = calling("os", "system", COMMAND)
put("second-pickle.pkl", pickle.dumps(["a", "b"]) + inner, "a second pickle behind a harmless one")
put("nested.pkl", calling("_pickle", "loads", inner), "a pickle in bytes that are loaded")
put("nested-in-torch.pkl", calling("torch.storage", "_load_from_bytes", inner), "a pickle in bytes that PyTorch loads")
put("nested-twice.pkl", calling("torch.storage", "_load_from_bytes", calling("torch.storage", "_load_from_bytes", inner)), "a pickle in a pickle in a pickle")
put("nested-latin1.pkl", calling("torch.storage", "_load_from_bytes", Raw(called(named("_codecs", "encode", 2), inner.decode("latin1"), "latin1")), protocol=2), "a pickle in text that is encoded")
put("nested-bytesio.pkl", whole(called(named("some_module", "read"), Raw(called(named("_io", "BytesIO"), inner)))), "a pickle in a file in memory")
wrapper = named("joblib.numpy_pickle", "NumpyArrayWrapper") + pickle.EMPTY_TUPLE + pickle.NEWOBJ
dtype = called(named("numpy", "dtype"), "i1", False, True)
state = {"subclass": Raw(named("numpy", "ndarray")), "shape": (len(broken) + 1,), "order": "C", "dtype": Raw(dtype), "allow_mmap": False}
put("joblib-array.joblib", pickle.PROTO + b"\x04" + wrapper + value(state) + pickle.BUILD + broken + pickle.STOP + pickle.STOP, "opcodes where joblib has elements of an array")
objects = {**state, "shape": (1,), "dtype": Raw(called(named("numpy", "dtype"), "O8", False, True))}
put("joblib-objects.joblib", pickle.PROTO + b"\x04" + wrapper + value(objects) + pickle.BUILD + inner + pickle.STOP, "a pickle where joblib has an array of objects")

# Packed.
put("joblib-zlib.joblib", zlib.compress(inner), "compressed by zlib")
put("gzip.pkl", __import__("gzip").compress(inner, mtime=0), "compressed by gzip")
put("bzip2.joblib", bz2.compress(inner), "compressed by bzip2", "unknown")
put("xz.joblib", lzma.compress(inner), "compressed by xz", "unknown")
put("lzma.joblib", lzma.compress(inner, lzma.FORMAT_ALONE), "compressed by lzma", "unknown")
put("lz4.joblib", b"\x04\x22\x4d\x18" + inner, "compressed by lz4", "unknown")
put("seven-zip.7z", b"7z\xbc\xaf\x27\x1c" + inner, "an archive of 7-Zip", "unknown")
put("seven-zip.pkl", b"7z\xbc\xaf\x27\x1c" + inner, "an archive of 7-Zip with the name of a pickle", "unknown")


def zipped(entries, compression=zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = compression
            archive.writestr(info, data)
    return buffer.getvalue()


harmless = pickle.dumps({"weight": 1}, protocol=2)
torch_zip = zipped([("model/data.pkl", inner), ("model/version", b"3\n")])
put("torch.pt", torch_zip, "PyTorch's archive")
put("torch.bin", torch_zip, "PyTorch's archive named .bin")
put("torch.pkl", torch_zip, "PyTorch's archive named .pkl")
put("torch-compressed.pt", zipped([("model/data.pkl", inner)], zipfile.ZIP_DEFLATED), "PyTorch's archive, compressed")
put("torch-twice.pt", zipped([("model/data.pkl", inner), ("model/data.pkl", harmless)]), "two entries of one name, the bad one first")
put("torch-twice-reversed.pt", zipped([("model/data.pkl", harmless), ("model/data.pkl", inner)]), "two entries of one name, the bad one last")
put("torch-two-roots.pt", zipped([("model/data.pkl", harmless), ("data.pkl", inner)]), "two pickles in one archive")
put("torch-deeper.pt", zipped([("a/b/data.pkl", inner)]), "a pickle deeper in the archive")
put("torch-hidden-entry.pt", zipped([("model/data.pkl", harmless), ("model/extra/notes.txt", inner)]), "a pickle with another name")
put("torch-crc.pt", torch_zip.replace(COMMAND.encode(), b"eurt", 1), "an archive with a wrong checksum")
put("torch-local-name.pt", torch_zip.replace(b"data.pkl", b"datap.kl", 1), "an entry with two different names")
for bit in (0x1, 0x20, 0x40):
    flagged = bytearray(torch_zip)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = flagged.find(signature)
        flagged[start + at] |= bit
    put(f"torch-flag-{bit:#x}.pt", bytes(flagged), f"an archive whose first entry has the flag {bit:#x}")
put("zip.zip", zipped([("data.txt", inner)]), "a pickle with another name in a zip archive")
put("zip-in-zip.zip", zipped([("inner.zip", torch_zip)]), "an archive within an archive", "unknown")
put("not-an-archive.pt", b"\x89PNG\r\n\x1a\n" + bytes(40), "a picture named .pt", "unknown")
magic = whole(pickle.LONG1 + b"\x0al\xfc\x9cF\xf9 j\xa8P\x19", 2)
computed_magic = calling("builtins", "eval", "0x1950A86A20F9469CFC6C", protocol=2)
rest = whole(value(1001), 2) + whole(value({}), 2)
put("torch-legacy.pt", magic + rest + calling("os", "system", COMMAND, protocol=2) + whole(value([]), 2), "PyTorch's old files")
put("torch-legacy-magic.pt", computed_magic + rest + whole(value([]), 2) + calling("os", "system", COMMAND, protocol=2) + whole(pickle.NONE, 2), "PyTorch's old files with a computed magic number")


def npy(body: bytes) -> bytes:
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += b" " * ((64 - (len(header) + 11) % 64) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


put("objects.npy", npy(calling("ssl", "get_server_certificate", ("localhost", 9))), "an array of objects")
put("objects.npz", zipped([("a.npy", npy(inner))]), "an archive of arrays of objects")
put("objects-compressed.npz", zipped([("a.npy", npy(inner))], zipfile.ZIP_DEFLATED), "a compressed archive of arrays of objects")

# Imports whose meaning is the loading program's.
put("extension.pkl", whole(pickle.EXT1 + b"\x07" + value((1,)) + pickle.REDUCE), "an extension code", "unknown")
put("unknown-module.pkl", calling("some_module", "some_function", 1), "a module that nobody knows", "unknown")

(FOLDER / "index.json").write_text(json.dumps(index, indent=1) + "\n")
print(f"{len(index)} files, {sum(path.stat().st_size for path in FOLDER.iterdir())} bytes")
