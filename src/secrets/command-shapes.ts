/**
 * Sources of patterns for secrets that commands and requests carry: options, settings and headers. A secret is marked by the group
 * `secret`, else it is the whole match. No pattern backtracks over more than a line.
 */

/** Names that say that their value is a secret. A `pwd` that is a path is a folder. */
export const SECRET_NAMES =
  '(?:[a-z0-9]{1,64}[_.-]){0,12}(?:pass(?:wd|word|phrase)|pwd(?!["\']?\\s*[ =:]\\s*["\']?(?:~|\\.{1,2})?/)|secret|api[_.-]?key|apikey|access[_.-]?key|account[_.-]?key|private[_.-]?key|secret[_.-]?(?:access[_.-]?)?key|client[_.-]?secret|(?:auth|access|api|bearer|refresh|session|oauth|bot|hf|hub|wandb|id)[_.-]?token|credentials?|connection[_.-]?string|sas[_.-]?token)';

/** Not in the middle of a word or option. */
const B = '(?<![\\w-])';
/** A word as a shell takes it, quotes and all. */
const WORD = `(?=\\S{3}|["'][^"'\\n]{3})(?:(?:\\\\.|'[^'\\n]{0,1000}'|"(?:\\\\.|[^"\\\\\\n]){0,1000}"|[^\\s"'\\\\])+|["']?[^\\s"']{3,1000})`;
/** The rest of what stands between single quotes, with `'\''` for a quote within. */
const REST_OF_QUOTED = `(?:[^'\\n]|'\\\\''){3,1000}(?=')`;
const OPTION = `--?(?:${SECRET_NAMES}|token)`;
/** Of a program that takes who logs in as NAME:PASSWORD; of containers it is NAME:GROUP. */
const NOT_OF_CONTAINERS = '(?<!\\b(?:docker|podman|nerdctl|chown|kubectl)\\b[^|;&\\n]{0,1000})';
const LOGIN = `[^\\s:'"/\\\\=]{1,64}:(?!//)(?<secret>[^\\s'"\\\\/][^\\s'"]{2,500})`;
/** Programs with a password attached to `-p`. */
const ASKING_P = '\\b(?:mysql\\w*|mariadb\\w*|mariadb-\\w+|mycli|mongo\\w*|sshpass|7z\\w?|unrar|rar)\\b';
const HEADER_NAME =
  '(?:(?:proxy-)?authorization|(?:set-)?cookie|(?:[a-z0-9]{1,64}-){0,8}(?:api-?key|(?:access|secret|private|subscription|function|functions|master)-?key|token|secret|password|signature))';
const SCHEME = '(?:(?:bearer|basic|token|digest|apikey|key|negotiate)\\s+)?';

/** What it looks like, its pattern, and whether capitals matter (`g` and `d` are set for all). */
export const COMMAND_SHAPES: readonly (readonly [what: string, source: string, flags?: string])[] = [
  ['a secret option of a command', `(?<=')${OPTION}\\s*=\\s*(?<secret>${REST_OF_QUOTED})`, 'i'],
  ['a secret option of a command', `${B}${OPTION}(?:[ =]|\\s*=\\s*)(?<secret>${WORD})`, 'i'],
  // A list of arguments, as params of a run have it.
  ['a secret option of a command', `["']${OPTION}["']\\s*,\\s*["'](?<secret>[^"'\\n]{3,1000})["']`, 'i'],
  [
    'a secret that is set',
    `(?<=')(?:\\+{0,2}(?:[\\w-]{1,64}\\.){0,10})${SECRET_NAMES}=(?<secret>${REST_OF_QUOTED})`,
    'i',
  ],
  // Settings by their path, as Hydra takes them. Code that sets `self.token` to a name has no digit or capital there.
  [
    'a secret that is set',
    `(?<![\\w.-])(?!(?:self|cls|this)\\.)\\+{0,2}(?:\\w[\\w-]{0,100}\\.){0,10}(?:token|TOKEN)=(?=[^\\s"']*[A-Z0-9])(?<secret>[^\\s"',;&|()<>{}\\[\\]]{6,1000})`,
  ],
  [
    'a name with its password',
    `${B}(?:-[uU]|--(?:proxy-)?user)(?=[ ="'])${NOT_OF_CONTAINERS}(?:[ =]|["']\\s*,\\s*)["']?${LOGIN}`,
  ],
  ['a name with its password', `\\bcurl\\b[^|;&\\n]{0,1000}?\\s-[uU]${LOGIN}`],
  ['a password of a command', `${ASKING_P}[^|;&\\n]{0,500}?\\s["']?-p(?<secret>[^\\s'"]{2,500})`],
  ['a password of a command', `\\bsshpass\\s+-p\\s+(?<secret>${WORD})`],
  ['a password of a command', `\\bredis-cli\\b[^|;&\\n]{0,500}?\\s-a\\s+(?<secret>${WORD})`],
  // Of any program: a word of letters with a capital and a digit is no name of an option.
  [
    'a password of a command',
    `(?<=\\s|^|')-p(?=[^\\s'"=/]*[A-Z])(?=[^\\s'"=/]*\\d)(?<secret>[^\\s'"=/_.]{6,500})(?=[\\s'"]|$)`,
  ],
  [
    'a secret header',
    `(?<![\\w-])(?:-H|--header)(?:[ =]\\s*)?["']?${HEADER_NAME}\\s*:\\s*${SCHEME}(?<secret>[^"'\\n]{3,1000})`,
    'i',
  ],
  ['a secret header', `(?<=')--header[= ]["']?${HEADER_NAME}\\s*:\\s*${SCHEME}(?<secret>[^"'\\n]{3,1000})`, 'i'],
  [
    'an Authorization header',
    '\\bauthorization["\']?\\s*:\\s*["\']?(?:bearer|basic|token|digest|apikey)\\s+(?<secret>(?=[^\\s"\']*\\d)[^\\s"\']{4,1000}|[^\\s"\']{6,1000}(?=["\'\\n]|$))',
    'i',
  ],
  [
    'a secret header',
    `(?<=["'])x-(?:[a-z0-9]{1,64}-){0,8}(?:key|token|secret)\\s*:\\s*(?<secret>[^"'\\n]{3,1000})(?=["'])`,
    'i',
  ],
];
