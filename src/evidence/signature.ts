import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { whyNotRead } from '../config/file-reason.js';
import { optionError } from '../config/raw-flags.js';

const MAKE_KEY = 'openssl genpkey -algorithm ed25519 -out sign.pem makes one.';

/** Reads the private key that `--sign-with` names; throws a `usage` error for anything but an Ed25519 key. */
export function readSigningKey(path: string): KeyObject {
  return readKey('--sign-with', path, createPrivateKey);
}

/** Reads the public key that `--public-key` names; a file with the private key holds it too. */
export function readPublicKey(path: string): KeyObject {
  return readKey('--public-key', path, createPublicKey);
}

/** An Ed25519 signature, 64 bytes. */
export function signBytes(bytes: Buffer, key: KeyObject): Buffer {
  return sign(null, bytes, key);
}

/** Whether a signature is of these bytes and by the key that belongs to the public one. */
export function isSignedBy(
  bytes: Buffer,
  { key, signature }: { key: KeyObject; signature: Buffer },
): boolean {
  return verify(null, bytes, key, signature);
}

function readKey(option: string, path: string, parse: (pem: Buffer) => KeyObject): KeyObject {
  const pem = readPem(option, path);
  let key: KeyObject;
  try {
    key = parse(pem);
  } catch (error) {
    throw refused(option, `${path} holds no key in PEM that can be read, or one with a passphrase.`, error);
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw refused(option, `${path} holds a key of the type ${key.asymmetricKeyType ?? 'unknown'}.`);
}

function readPem(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw refused(option, `${path} cannot be read: ${whyNotRead(error)}.`, error);
  }
}

function refused(option: string, why: string, cause?: unknown): Error {
  return optionError({
    option,
    message: `Expected ${option} to name an Ed25519 key: ${why}`,
    hint: option === '--sign-with' ? MAKE_KEY : 'openssl pkey -in sign.pem -pubout -out sign.pub writes it.',
    cause,
  });
}
