import { createHmac, hkdfSync } from 'node:crypto';

/** What keys are derived for. A purpose never changes its meaning: it is part of every hash that lies in a file. */
export type Purpose = 'waivers' | 'history' | 'hash-keys';

const KEY_BYTES = 32;
/** Shorter ones are found by trying. */
export const LEAST_SECRET_BYTES = 16;

/**
 * A secret that never leaves this object but as a key of one purpose, derived as RFC 5869 says
 * (https://nodejs.org/api/crypto.html#cryptohkdfsyncdigest-ikm-salt-info-keylen). Printed or serialized, it is empty.
 */
export class Secret {
  readonly #bytes: Buffer;

  /** `bytes` are at least `LEAST_SECRET_BYTES`; whoever reads them has checked that. */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  /** Makes the function that hashes a text with the key of a purpose, as HMAC-SHA256. */
  hasherFor(purpose: Purpose): (text: string) => Buffer {
    const key = Buffer.from(hkdfSync('sha256', this.#bytes, '', `rowproof/${purpose}@1`, KEY_BYTES));
    return (text) => createHmac('sha256', key).update(text).digest();
  }
}
