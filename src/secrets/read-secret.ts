import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { whyNotRead } from '../config/file-reason.js';
import { optionError } from '../config/raw-flags.js';
import type { RowproofError } from '../core/errors.js';
import { LEAST_SECRET_BYTES, Secret } from './secret.js';

/** Variables of the environment that hold the secret, or name its file. */
export const SECRET_VARIABLES = { secret: 'ROWPROOF_KEY', file: 'ROWPROOF_KEY_FILE' } as const;

const MOST_SECRET_BYTES = 4096;
const HOW = `Make one with: (umask 077; head -c 32 /dev/urandom | base64 > ~/.rowproof-key), and name it with --key-file.`;

/** Folders in which files of hashes lie, and folders that are nothing but hashes. */
export interface ProtectedPlaces {
  readonly besides: readonly string[];
  readonly inside: readonly string[];
}

export interface SecretRequest {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The file that a flag names; null where none does. */
  readonly keyFile: string | null;
  /** Where the hashes lie that it protects: whoever is handed those must not be handed the secret with them. */
  readonly protects: ProtectedPlaces;
}

/**
 * Reads the secret from the environment or from a file that nobody else may read; null where there is none. Throws a
 * `usage` error, which never holds any of it, where it is too short, given twice or not kept well.
 */
export function readSecret({ variables, keyFile, protects }: SecretRequest): Secret | null {
  const text = orNull(variables[SECRET_VARIABLES.secret]);
  const path = keyFile ?? orNull(variables[SECRET_VARIABLES.file]);
  if (text !== null && path !== null) {
    throw keyError(
      `Expected one secret, got ${SECRET_VARIABLES.secret} and ${keyFile === null ? SECRET_VARIABLES.file : '--key-file'}.`,
      'Leave one of them out.',
    );
  }
  if (path !== null) return secretOf(readKeyFile(path, protects), `The key file ${path}`);
  return text === null ? null : secretOf(Buffer.from(text), SECRET_VARIABLES.secret);
}

function orNull(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

function secretOf(bytes: Buffer, name: string): Secret {
  if (bytes.length >= LEAST_SECRET_BYTES) return new Secret(bytes);
  throw keyError(
    `${name} holds ${bytes.length} bytes, and a secret has ${LEAST_SECRET_BYTES} at least.`,
    HOW,
  );
}

/** The file is looked at by its handle, so that nobody can put another one in its place in between. */
function readKeyFile(path: string, protects: ProtectedPlaces): Buffer {
  const file = openKeyFile(path);
  try {
    const { mode, size } = fstatSync(file);
    if (!fstatSync(file).isFile()) throw keyError(`The key file ${path} is no regular file.`, HOW);
    // Windows keeps its rights elsewhere; the bits that Node shows there say nothing.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw keyError(`Others may read the key file ${path}.`, `Keep it to yourself: chmod 600 ${path}.`);
    if (size > MOST_SECRET_BYTES)
      throw keyError(`The key file ${path} is larger than ${MOST_SECRET_BYTES} bytes.`, HOW);
    refuseBesideHashes(path, protects);
    const bytes = Buffer.alloc(size);
    const length = readSync(file, bytes, 0, size, 0);
    return withoutLineEnd(bytes.subarray(0, length));
  } finally {
    closeSync(file);
  }
}

function openKeyFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw keyError(`Cannot read the key file ${path}: ${whyNotRead(error)}.`, HOW);
  }
}

/** An editor ends the line of a secret, and that is no part of it. */
function withoutLineEnd(bytes: Buffer): Buffer {
  let { length } = bytes;
  while (length > 0 && (bytes[length - 1] === 0x0a || bytes[length - 1] === 0x0d)) length--;
  return bytes.subarray(0, length);
}

/** A secret that lies beside the hashes that it is to protect is copied, mailed and uploaded with them. */
function refuseBesideHashes(path: string, { besides, inside }: ProtectedPlaces): void {
  const folder = realpathSync(dirname(resolve(path)));
  const holder =
    besides.find((each) => realPathOf(each) === folder) ?? inside.find((each) => isInside(folder, each));
  if (holder === undefined) return;
  throw keyError(
    `The key file ${path} lies in ${holder}, whose hashes it is to protect.`,
    'Keep it where it is not copied with them, such as your home folder.',
  );
}

function isInside(folder: string, other: string): boolean {
  const way = relative(realPathOf(other), folder);
  return way === '' || !(way.startsWith('..') || resolve(way) === way);
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // A folder that is not there yet holds no key file.
    return resolve(path);
  }
}

function keyError(message: string, hint: string): RowproofError {
  return optionError({ option: '--key-file', message, hint });
}
