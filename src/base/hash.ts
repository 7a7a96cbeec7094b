import { createHash } from 'node:crypto';

/** The lower-case hexadecimal SHA-256 of `bytes`. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const SHA256_HEX = /^[0-9a-f]{64}$/;

/** True for 64 lower-case hexadecimal digits. */
export function isSha256Hex(value: string): boolean {
  return SHA256_HEX.test(value);
}
