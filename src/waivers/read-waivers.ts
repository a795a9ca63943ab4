import { LEAST_SECRET_BYTES, Secret } from '../secrets/secret.js';
import { WaiverBook } from './waiver-book.js';
import { waiversError } from './waivers-error.js';
import { parseWaivers } from './waivers-file.js';

/** The text of a waivers file, and what a program knows beside it. */
export interface WaiversSource {
  /** For messages. */
  readonly path: string;
  readonly text: string;
  /** The secret with which rows were hashed, at least 16 bytes; none unless given. */
  readonly secret?: string | Uint8Array;
  /** The moment whose UTC day decides what has expired; now unless given. */
  readonly now?: Date;
}

/** Reads differences that were accepted, for `verify(config, { waivers })`; throws a `usage` error as the command line does. */
export function readWaivers({ path, text, secret, now = new Date() }: WaiversSource): WaiverBook {
  const today = now.toISOString().slice(0, 10);
  const file = parseWaivers({ path, text, today });
  return WaiverBook.open({ file, secret: secret === undefined ? null : secretOf(secret), today });
}

function secretOf(secret: string | Uint8Array): Secret {
  const bytes = Buffer.from(secret as Uint8Array);
  if (bytes.length >= LEAST_SECRET_BYTES) return new Secret(bytes);
  throw waiversError(
    `The secret holds ${bytes.length} bytes, and a secret has ${LEAST_SECRET_BYTES} at least.`,
    'Make one of 32 random bytes.',
  );
}
