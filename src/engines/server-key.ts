import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RowproofError } from '../core/errors.js';

/** Reads the public key of a server, by which a password is hidden where there is no TLS. */
export function readServerKey(path: string): KeyObject {
  try {
    return createPublicKey(readFileSync(path));
  } catch (error) {
    throw new RowproofError({
      code: 'usage',
      message: `Cannot use ${path} as the server's public key: ${withoutPlace(error as Error)}.`,
      hint: 'server-public-key-path names a public key in PEM form, such as public_key.pem of the server.',
      cause: error,
    });
  }
}

/** Node's own words about a file without the code before them and the path behind them. */
export function withoutPlace({ message }: Error): string {
  return message.replace(/^[A-Z]+: /, '').replace(/, \w+(?: '.*')?$/s, '');
}
