import * as tls from 'node:tls';

let isDone = false;

/**
 * Trusts the certificates that this machine's system trusts, besides those that Node brings: an organisation's proxy that opens TLS
 * connections is usually among them. It takes a while, so it is done when a connection isn't trusted otherwise. True where that may have
 * changed something: once in a process, and never on a Node that can't.
 */
export function trustSystemCertificates(): boolean {
  if (isDone) return false;
  isDone = true;
  if (typeof tls.getCACertificates !== 'function' || typeof tls.setDefaultCACertificates !== 'function') return false;
  const known = new Set(tls.getCACertificates('default'));
  const before = known.size;
  for (const certificate of tls.getCACertificates('system')) known.add(certificate);
  if (known.size === before) return false;
  tls.setDefaultCACertificates([...known]);
  return true;
}
