import { createHash } from 'node:crypto';

/**
 * Shapes of real tokens, each made up from its published format: none was ever valid, and none stands here as such, so that no scanner
 * takes this file for a leak.
 */
export interface CorpusEntry {
  readonly name: string;
  /** The secret. */
  readonly secret: string;
  /** A text that holds it, where it isn't recognised alone. */
  readonly text?: string;
}

const ALPHABETS = {
  hex: '0123456789abcdef',
  digits: '0123456789',
  upper: 'ABCDEFGHJKLMNPQRSTUVWXYZ234567',
  lower: 'abcdefghijkmnpqrstuvwxyz0123456789',
  word: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
} as const;

/** The same characters at every run, different for every place. */
function made(place: string, alphabet: keyof typeof ALPHABETS, length: number): string {
  const letters = ALPHABETS[alphabet];
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of createHash('sha256').update(`${place} ${block}`).digest())
      text += letters[byte % letters.length];
  }
  return text.slice(0, length);
}

const w = (place: string, length: number) => made(place, 'word', length);
const h = (place: string, length: number) => made(place, 'hex', length);
const d = (place: string, length: number) => made(place, 'digits', length);

const base64url = (text: string) => Buffer.from(text).toString('base64url');
const jwt = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url('{"sub":"ada","iat":1700000000}')}.${w('jwt', 43)}`;
const pem = (kind: string) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${w(`pem ${kind}`, 64)}\n${w(`pem2 ${kind}`, 64)}\n-----END ${kind}PRIVATE KEY-----`;

export const CORPUS: readonly CorpusEntry[] = [
  { name: 'GitHub personal token', secret: `ghp_${w('ghp', 36)}` },
  { name: 'GitHub OAuth token', secret: `gho_${w('gho', 36)}` },
  { name: 'GitHub server token', secret: `ghs_${w('ghs', 36)}` },
  { name: 'GitHub fine-grained token', secret: `github_pat_${w('pat', 22)}_${w('pat2', 59)}` },
  { name: 'GitLab personal token', secret: `glpat-${w('glpat', 20)}` },
  { name: 'GitLab deploy token', secret: `gldt-${w('gldt', 20)}` },
  { name: 'Atlassian token', secret: `ATATT3${w('atatt', 60)}` },
  { name: 'Hugging Face token', secret: `hf_${w('hf', 34)}` },
  { name: 'Hugging Face organisation token', secret: `api_org_${w('hforg', 34)}` },
  { name: 'Weights & Biases key', secret: h('wandb', 40), text: `wandb login ${h('wandb', 40)}` },
  { name: 'Weights & Biases variable', secret: h('wandb2', 40), text: `WANDB_API_KEY=${h('wandb2', 40)}` },
  { name: 'Kaggle key', secret: h('kaggle', 32), text: `{"username":"ada","key":"${h('kaggle', 32)}"}` },
  { name: 'Kaggle token', secret: `KGAT_${h('kgat', 32)}` },
  { name: 'Replicate token', secret: `r8_${w('r8', 37)}` },
  { name: 'Pinecone key', secret: `pcsk_${w('pcsk', 60)}` },
  { name: 'LangSmith key', secret: `lsv2_pt_${h('lsv2', 32)}_${h('lsv2b', 10)}` },
  { name: 'Comet key', secret: w('comet', 25), text: `COMET_API_KEY=${w('comet', 25)}` },
  { name: 'Neptune token', secret: w('neptune', 80), text: `neptune_api_token: ${w('neptune', 80)}` },
  { name: 'MLflow password', secret: 'sup3r-secret', text: 'MLFLOW_TRACKING_PASSWORD=sup3r-secret python train.py' },
  { name: 'NVIDIA key', secret: `nvapi-${w('nvapi', 64)}` },
  { name: 'OpenAI key', secret: `sk-${w('sk', 48)}` },
  { name: 'OpenAI project key', secret: `sk-proj-${w('skproj', 64)}` },
  { name: 'Anthropic key', secret: `sk-ant-api03-${w('skant', 93)}AA` },
  { name: 'OpenRouter key', secret: `sk-or-v1-${h('skor', 64)}` },
  { name: 'xAI key', secret: `xai-${w('xai', 80)}` },
  { name: 'Groq key', secret: `gsk_${w('gsk', 52)}` },
  { name: 'Perplexity key', secret: `pplx-${w('pplx', 48)}` },
  { name: 'AWS access key', secret: `AKIA${made('akia', 'upper', 16)}` },
  { name: 'AWS session key', secret: `ASIA${made('asia', 'upper', 16)}` },
  { name: 'AWS secret key', secret: w('awssecret', 40), text: `aws_secret_access_key = ${w('awssecret', 40)}` },
  { name: 'Google API key', secret: `AIza${w('aiza', 35)}` },
  { name: 'Google OAuth token', secret: `ya29.${w('ya29', 60)}` },
  { name: 'Google client secret', secret: `GOCSPX-${w('gocspx', 28)}` },
  { name: 'Azure account key', secret: `${w('azkey', 86)}==` },
  {
    name: 'Azure connection string',
    secret: `${w('azconn', 86)}==`,
    text: `DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=${w('azconn', 86)}==;EndpointSuffix=core.windows.net`,
  },
  {
    name: 'Azure SAS',
    secret: `${w('sas', 43)}%3D`,
    text: `https://contoso.blob.core.windows.net/models?sv=2024-11-04&sp=rcl&sig=${w('sas', 43)}%3D`,
  },
  { name: 'Azure client secret', secret: `abc8Q~${w('azclient', 34)}` },
  { name: 'Databricks token', secret: `dapi${h('dapi', 32)}` },
  { name: 'Snowflake password in a URL', secret: 'Sn0wflake!', text: 'snowflake://ada:Sn0wflake!@contoso/db' },
  {
    name: 'Postgres password in a URL',
    secret: 'hunter22',
    text: 'postgresql://ada:hunter22@db.example.com:5432/features',
  },
  { name: 'MongoDB password in a URL', secret: 'p4ssw0rd', text: 'mongodb+srv://ada:p4ssw0rd@cluster0.example.net/x' },
  {
    name: 'password in a git URL',
    secret: w('giturl', 20),
    text: `https://ada:${w('giturl', 20)}@git.example.com/x.git`,
  },
  { name: 'JSON Web Token', secret: jwt },
  {
    name: 'Authorization header',
    secret: w('bearer', 32),
    text: `curl -H "Authorization: Bearer ${w('bearer', 32)}" https://example.com`,
  },
  { name: 'Basic authorization', secret: w('basic', 28), text: `Authorization: Basic ${w('basic', 28)}` },
  { name: 'RSA private key', secret: pem('RSA ') },
  { name: 'EC private key', secret: pem('EC ') },
  { name: 'OpenSSH private key', secret: pem('OPENSSH ') },
  { name: 'PKCS8 private key', secret: pem('') },
  { name: 'age key', secret: `AGE-SECRET-KEY-1${made('age', 'upper', 58)}` },
  { name: 'Slack bot token', secret: `xoxb-${d('xoxb', 12)}-${d('xoxb2', 13)}-${w('xoxb3', 24)}` },
  { name: 'Slack user token', secret: `xoxp-${d('xoxp', 12)}-${d('xoxp2', 12)}-${w('xoxp3', 32)}` },
  {
    name: 'Slack webhook',
    secret: `T${made('sl', 'upper', 8)}/B${made('sl2', 'upper', 8)}/${w('sl3', 24)}`,
    text: `https://hooks.slack.com/services/T${made('sl', 'upper', 8)}/B${made('sl2', 'upper', 8)}/${w('sl3', 24)}`,
  },
  {
    name: 'Discord webhook',
    secret: `${d('dw', 18)}/${w('dw2', 68)}`,
    text: `https://discord.com/api/webhooks/${d('dw', 18)}/${w('dw2', 68)}`,
  },
  { name: 'Telegram token', secret: `${`1${d('tg', 8)}`}:AA${w('tg2', 33)}` },
  { name: 'Stripe key', secret: `sk_live_${w('stripe', 24)}` },
  { name: 'Twilio key', secret: `SK${h('twilio', 32)}` },
  { name: 'SendGrid key', secret: `SG.${w('sg', 22)}.${w('sg2', 43)}` },
  { name: 'Mailgun key', secret: `key-${made('mailgun', 'lower', 32)}` },
  { name: 'PyPI token', secret: `pypi-AgEI${w('pypi', 120)}` },
  { name: 'npm token', secret: `npm_${w('npm', 36)}` },
  { name: 'Docker token', secret: `dckr_pat_${w('dckr', 27)}` },
  { name: 'Vault token', secret: `hvs.${w('hvs', 90)}` },
  { name: 'Terraform token', secret: `${w('tf', 14)}.atlasv1.${w('tf2', 67)}` },
  { name: 'Grafana token', secret: `glsa_${w('glsa', 32)}_${h('glsa2', 8)}` },
  { name: 'Sentry token', secret: `sntrys_${w('sntry', 80)}` },
  { name: 'New Relic key', secret: `NRAK-${made('nrak', 'upper', 27)}` },
  { name: 'Datadog key', secret: h('dd', 32), text: `DD_API_KEY=${h('dd', 32)}` },
  { name: 'DigitalOcean token', secret: `dop_v1_${h('dop', 64)}` },
  { name: 'Doppler token', secret: `dp.pt.${w('dp', 43)}` },
  { name: 'Postman key', secret: `PMAK-${h('pmak', 24)}-${h('pmak2', 34)}` },
  { name: 'Shopify token', secret: `shpat_${h('shpat', 32)}` },
  { name: 'Supabase token', secret: `sbp_${h('sbp', 40)}` },
  { name: 'option of a command', secret: 'opensesame', text: 'python train.py --password opensesame --epochs 3' },
  { name: 'option with an equals sign', secret: w('opt', 20), text: `python train.py --api-key=${w('opt', 20)}` },
  { name: 'variable before a command', secret: 's3cr3tvalue', text: 'DB_PASSWORD=s3cr3tvalue python train.py' },
  {
    name: 'setting in code',
    secret: 'correct horse battery',
    text: 'client = Client(password="correct horse battery")',
  },
  { name: 'setting in YAML', secret: 'tr0ub4dor', text: 'database:\n  password: "tr0ub4dor"' },
  { name: 'token in a query', secret: w('query', 24), text: `https://example.com/data.csv?token=${w('query', 24)}` },
  {
    name: 'signed S3 URL',
    secret: h('s3', 64),
    text: `https://b.s3.amazonaws.com/x?X-Amz-Expires=300&X-Amz-Signature=${h('s3', 64)}`,
  },
  {
    name: 'attached password of mysql',
    secret: `Zq${w('mysql', 8)}7`,
    text: `mysql -u root -pZq${w('mysql', 8)}7 shop`,
  },
  {
    name: 'attached password of another program',
    secret: `Zq${w('X-attached', 8)}7`,
    text: `python train.py -pZq${w('X-attached', 8)}7 --epochs 3`,
  },
  {
    name: 'name and password of curl',
    secret: `Zq${w('curlu', 8)}7`,
    text: `curl -u admin:Zq${w('curlu', 8)}7 https://example.com/x`,
  },
  {
    name: 'name and password, attached',
    secret: `Zq${w('curlu2', 8)}7`,
    text: `curl -uadmin:Zq${w('curlu2', 8)}7 https://example.com/x`,
  },
  {
    name: 'name and password of wget',
    secret: `Zq${w('curlu3', 8)}7`,
    text: `fetch --user=admin:Zq${w('curlu3', 8)}7 https://example.com/x`,
  },
  {
    name: 'header of curl',
    secret: `Zq${w('xapi', 8)}7`,
    text: `curl -H 'X-Api-Key: Zq${w('xapi', 8)}7' https://example.com`,
  },
  {
    name: 'header in one word',
    secret: `Zq${w('cookie', 8)}7`,
    text: `curl '--header=Cookie: session=Zq${w('cookie', 8)}7' https://example.com`,
  },
  {
    name: 'Cookie header',
    secret: `Zq${w('cookie2', 8)}7`,
    text: `curl -H 'Cookie: a=1; session=Zq${w('cookie2', 8)}7' https://example.com`,
  },
  {
    name: 'setting by its path',
    secret: `Zq${w('hydra', 8)}7`,
    text: `python train.py model.token=Zq${w('hydra', 8)}7 lr=0.1`,
  },
  {
    name: 'setting by its path that is added',
    secret: `Zq${w('hydra2', 8)}7`,
    text: `python train.py +model.token=Zq${w('hydra2', 8)}7`,
  },
  {
    name: 'short Authorization header',
    secret: `Zq${w('bearers', 8)}7`,
    text: `curl -H 'Authorization: Bearer Zq${w('bearers', 8)}7' https://example.com`,
  },
  {
    name: 'short Authorization header in code',
    secret: `Zq${w('bearers2', 8)}7`,
    text: `requests.get(url, headers={"Authorization": "Bearer Zq${w('bearers2', 8)}7"})`,
  },
  {
    name: 'quoted word of an option',
    secret: `Zq${w('pwdq', 8)}7`,
    text: `python train.py --pwd 'Zq${w('pwdq', 8)}7 x9y' --epochs 3`,
  },
  {
    name: 'option quoted with its value',
    secret: `Zq${w('pwdq2', 8)}7`,
    text: `python train.py '--password=Zq${w('pwdq2', 8)}7 x9y'`,
  },
  {
    name: 'quoted word with quotes in it',
    secret: `Zq${w('pwdq3', 8)}7`,
    text: `python train.py --password 'it'\\''s Zq${w('pwdq3', 8)}7 x9y'`,
  },
  {
    name: 'option of a bare token',
    secret: `Zq${w('baretoken', 8)}7`,
    text: `python train.py --token Zq${w('baretoken', 8)}7`,
  },
  {
    name: 'list of arguments in a text',
    secret: `Zq${w('listtoken', 8)}7`,
    text: `["--token","Zq${w('listtoken', 8)}7"]`,
  },
  {
    name: 'list with name and password',
    secret: `Zq${w('listu', 8)}7`,
    text: `["curl","-u","admin:Zq${w('listu', 8)}7"]`,
  },
  { name: 'sshpass', secret: `Zq${w('sshpass', 8)}7`, text: `sshpass -p Zq${w('sshpass', 8)}7 ssh host` },
];
