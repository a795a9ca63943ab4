import { hkdfSync } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { RowproofError } from '../core/errors.js';

/** The variable that holds the secret. */
export const SECRET_VARIABLE = 'ROWPROOF_KEY';
/** A shorter secret can be guessed, and with it every key that was hashed. */
const LEAST_BYTES = 16;
const MOST_BYTES = 4096;
const KEY_BYTES = 32;
const READABLE_BY_OTHERS = 0o077;

/** What a key is for. Keys of two purposes say nothing of each other. */
export type KeyPurpose = 'waivers' | 'history' | 'hash-keys';

interface SecretRequest {
  readonly env: NodeJS.ProcessEnv;
  /** The file that holds the secret; null where none was named. It wins over the variable. */
  readonly keyFile: string | null;
  /** Folders whose contents the secret protects: a secret that lies in one of them protects nothing. */
  readonly protects: readonly string[];
}

/**
 * Reads the secret from its file or from `ROWPROOF_KEY`; null where neither is given. Throws a `usage` error where others
 * could read the file, where it lies beside what it protects, or where the secret is short enough to be guessed.
 */
export function readSecret({ env, keyFile, protects }: SecretRequest): Buffer | null {
  if (keyFile !== null) return assertLong(readKeyFile(keyFile, protects), keyFile);
  const text = env[SECRET_VARIABLE] ?? '';
  return text === '' ? null : assertLong(Buffer.from(text, 'utf8'), SECRET_VARIABLE);
}

/** The key for one purpose (HKDF with SHA-256), 32 bytes. */
export function deriveKey(secret: Buffer, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `rowproof ${purpose}`, KEY_BYTES));
}

function readKeyFile(path: string, protects: readonly string[]): Buffer {
  const content = readPrivate(path);
  const folder = dirname(realpathSync(path));
  const inside = protects.find((each) => isWithin(folder, resolve(each)));
  if (inside !== undefined)
    throw refused(`The key file ${path} lies in ${inside}, which it protects.`, 'Keep it elsewhere.');
  // An editor ends a file with a line break, which is no part of the secret.
  return Buffer.from(content.toString('latin1').replace(/\r?\n$/, ''), 'latin1');
}

function readPrivate(path: string): Buffer {
  try {
    const { mode, size } = statSync(path);
    // Windows keeps its rights elsewhere.
    const isOpen = process.platform !== 'win32' && (mode & READABLE_BY_OTHERS) !== 0;
    if (isOpen) throw refused(`Others may read the key file ${path}.`, `Run chmod 600 ${path}.`);
    if (size > MOST_BYTES) throw refused(`The key file ${path} is too large.`, 'A secret has one line.');
    return readFileSync(path);
  } catch (error) {
    if (error instanceof RowproofError) throw error;
    throw refused(`Cannot read the key file ${path}.`, 'Name a file that you may read.', error);
  }
}

function isWithin(folder: string, outer: string): boolean {
  return folder === outer || folder.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

function assertLong(secret: Buffer, where: string): Buffer {
  if (secret.length >= LEAST_BYTES) return secret;
  throw refused(
    `The secret of ${where} has ${secret.length} bytes, and could be guessed.`,
    `Make one of ${LEAST_BYTES} bytes or more, for example with: openssl rand -hex 32`,
  );
}

function refused(message: string, hint: string, cause?: unknown): RowproofError {
  return new RowproofError({ code: 'usage', message, hint, cause });
}
