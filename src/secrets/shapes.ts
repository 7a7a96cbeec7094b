import { COMMAND_SHAPES, SECRET_NAMES } from './command-shapes.ts';

/**
 * Shapes of secrets beside those of the rule set (`rule-set.ts`): what machine learning work meets that it doesn't know, and secrets that
 * only their surroundings give away. Each pattern marks the secret itself by the group `secret`, else it is the whole match. Published
 * formats of tokens; no pattern backtracks over more than a line.
 */
export interface SecretShape {
  /** For a person: what it looks like. */
  readonly what: string;
  readonly pattern: RegExp;
}

const shape = (what: string, source: string, flags = ''): SecretShape => ({
  what,
  pattern: new RegExp(source, `gd${flags}`),
});

/** Begin of a token that is no part of a longer word. */
const B = '(?<![A-Za-z0-9_-])';
/** End of one. */
const E = '(?![A-Za-z0-9_-])';

export const SECRET_SHAPES: readonly SecretShape[] = [
  shape('a JSON Web Token', `${B}eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}`),
  shape('an Authorization header', '\\b(?:Bearer|Basic|Token)\\s+(?<secret>[A-Za-z0-9+/._~=-]{20,})', 'i'),
  shape('the signature of an Azure SAS', '[?&;]sig=(?<secret>[A-Za-z0-9%+/]{20,}={0,2})', 'i'),
  shape(
    'an Azure account key',
    '\\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=(?<secret>[^;\\s"\']{16,})',
    'i',
  ),
  shape('an Azure account key', '(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])'),
  shape('an Azure client secret', `${B}[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])`),
  shape('a Google API key', `${B}AIza[A-Za-z0-9_-]{35}${E}`),
  shape('a Google OAuth token', `${B}(?:ya29\\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{28})`),
  shape('an AWS access key', `${B}(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}${E}`),
  shape(
    'an AWS secret key',
    '\\baws.{0,40}?[\\s:="\']{1,5}(?<secret>(?![0-9a-f]{40})[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])',
    'i',
  ),
  shape(
    'a private key',
    '-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\\s\\S]{0,10000}?(?:-----END[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)',
  ),
  shape('a private key', 'PuTTY-User-Key-File-\\d[\\s\\S]{0,10000}?Private-MAC: [0-9a-f]+'),
  shape('an age key', 'AGE-SECRET-KEY-1[0-9A-Z]{58}'),
  shape(
    'a password in a URL',
    '\\b[a-z][a-z0-9+.-]{1,20}://[^\\s:/?#@"\']{0,256}:(?<secret>[^\\s/?#@"\']{1,256})@',
    'i',
  ),
  shape('a Weights & Biases key', '\\bwandb\\b.{0,40}?(?<secret>(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f]))', 'i'),
  shape('a Weights & Biases key', `${B}wandb_v1_[A-Za-z0-9_]{40,}`),
  shape('a Hugging Face token', `${B}(?:hf_|api_org_)[A-Za-z0-9]{30,}${E}`),
  shape('a Kaggle key', `${B}KGAT_[0-9a-f]{32}${E}`),
  shape('a Kaggle key', '"key"\\s*:\\s*"(?<secret>[0-9a-f]{32})"'),
  shape('a Replicate token', `${B}r8_[A-Za-z0-9]{37,40}${E}`),
  shape('a Pinecone key', `${B}pcsk_[A-Za-z0-9_]{40,}`),
  shape('a LangSmith key', `${B}lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}${E}`),
  shape(
    'a Comet, Neptune or other tracking token',
    '\\b(?:comet|neptune|clearml|mlflow|dagshub)\\w*(?:key|token|secret|password)\\w*["\']?\\s*[:=]\\s*["\']?(?<secret>[^\\s"\',;]{8,})',
    'i',
  ),
  shape('an NVIDIA key', `${B}nvapi-[A-Za-z0-9_-]{60,}`),
  shape('an API key of a language model’s provider', `${B}sk-(?:or-v1-|proj-|svcacct-|admin-|ant-)?[A-Za-z0-9_-]{32,}`),
  shape('an xAI key', `${B}xai-[A-Za-z0-9]{60,}`),
  shape('a Perplexity key', `${B}pplx-[A-Za-z0-9]{40,}`),
  shape('a Groq key', `${B}gsk_[A-Za-z0-9]{40,}`),
  shape('a Stripe key', `${B}(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}`),
  shape('a webhook secret', `${B}whsec_[A-Za-z0-9+/=]{24,}`),
  shape('a Twilio key', `${B}(?:SK|AC)[0-9a-f]{32}${E}`),
  shape('a Mailgun key', `${B}key-[0-9a-z]{32}${E}`),
  shape('a Mailchimp key', `${B}[0-9a-f]{32}-us\\d{1,2}${E}`),
  shape('a PyPI token', `${B}pypi-AgEI[A-Za-z0-9_-]{50,}`),
  shape('an npm token', `${B}npm_[A-Za-z0-9]{36}${E}`),
  shape('a GitHub token', `${B}(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})`),
  shape('a GitLab token', `${B}gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt|ffct)-[A-Za-z0-9_-]{20,}`),
  shape('a Bitbucket or Atlassian token', `${B}AT(?:ATT3|BB|CTT3)[A-Za-z0-9_=-]{24,}`),
  shape('a Slack token', `${B}xox[abeoprs]-[A-Za-z0-9-]{10,}|${B}xapp-\\d-[A-Za-z0-9-]{20,}`),
  shape(
    'a Slack webhook',
    'https://hooks\\.slack\\.com/(?:services|workflows|triggers)/(?<secret>[A-Za-z0-9/_-]{20,})',
  ),
  shape(
    'a Discord webhook',
    'https://(?:ptb\\.|canary\\.)?discord(?:app)?\\.com/api/webhooks/(?<secret>\\d+/[A-Za-z0-9_-]{20,})',
  ),
  shape('a Teams webhook', 'https://[a-z0-9-]+\\.webhook\\.office\\.com/(?<secret>[A-Za-z0-9@/_-]{40,})'),
  shape('a Discord token', `${B}[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}${E}`),
  shape('a Telegram token', `${B}\\d{8,10}:AA[A-Za-z0-9_-]{33}${E}`),
  shape('a DigitalOcean token', `${B}do[opr]_v1_[0-9a-f]{64}${E}`),
  shape('a Databricks token', `${B}dapi[0-9a-f]{32}(?:-\\d)?${E}`),
  shape('a Vault token', `${B}hv[sbr]\\.[A-Za-z0-9_-]{24,}`),
  shape('a Terraform token', `${B}[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{60,}`),
  shape('a Grafana token', `${B}gl(?:c|sa)_[A-Za-z0-9+/_=]{32,}`),
  shape('a Sentry token', `${B}sntry[su]_[A-Za-z0-9+/=_]{40,}`),
  shape('a New Relic key', `${B}NRAK-[A-Z0-9]{27}${E}`),
  shape('a Datadog key', '\\b(?:dd|datadog)[_-]?(?:api|app)[_-]?key\\b.{0,5}?(?<secret>[0-9a-f]{32,40})', 'i'),
  shape('a Postman key', `${B}PMAK-[0-9a-f]{24}-[0-9a-f]{34}${E}`),
  shape('a Doppler token', `${B}dp\\.(?:pt|st|sa|ct|scim|audit)\\.[A-Za-z0-9.]{40,}`),
  shape(
    'a Netlify, Supabase, PlanetScale or Linear token',
    `${B}(?:nfp_[A-Za-z0-9]{36,}|sbp_[0-9a-f]{40,}|pscale_(?:tkn|oauth|pw)_[A-Za-z0-9=_.-]{32,}|lin_api_[A-Za-z0-9]{32,})`,
  ),
  shape('a Docker token', `${B}dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}`),
  shape('a Shopify token', `${B}shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}${E}`),
  shape('a SendGrid key', `${B}SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{32,}`),
  shape('a Figma or Notion token', `${B}(?:figd_[A-Za-z0-9_-]{36,}|ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43})`),
  shape('an Artifactory token', `${B}AKCp[0-9][A-Za-z0-9]{60,}|${B}cmVmd[A-Za-z0-9]{59}${E}`),
  shape(
    'a Square or PayPal token',
    `${B}(?:EAAA[A-Za-z0-9_-]{60}|sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}|access_token\\$production\\$[a-z0-9]{16}\\$[0-9a-f]{32})`,
  ),
  ...COMMAND_SHAPES.map(([what, source, flags]) => shape(what, source, flags)),
  shape(
    'a secret that is set',
    `(?<![A-Za-z0-9])${SECRET_NAMES}["']?\\s*(?:=|:)\\s*["'](?<secret>[^"'\\n]{3,1000})["']`,
    'i',
  ),
  shape('a secret that is set', `(?<![A-Za-z0-9])${SECRET_NAMES}=(?<secret>[^\\s"',;&|()<>{}\\[\\]]{6,1000})`, 'i'),
  shape(
    'a secret in a query',
    `[?&](?:access_token|token|api_key|apikey|key|password|secret|code|X-Amz-Signature|X-Goog-Signature)=(?<secret>[^&\\s"'#]{8,})`,
    'i',
  ),
];

/** Whether a param or field of this name holds a secret, whatever it looks like: `db.password`, `HF_TOKEN`, but not `max_tokens`. */
export function isSecretName(name: string): boolean {
  return NAMES_A_SECRET.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));
}

const NAMES_A_SECRET = new RegExp(`(?:^|[\\s./:_-])${SECRET_NAMES}$|^(?:token|auth)$`, 'i');
