import { constants, createHash, createPublicKey, type KeyObject, publicEncrypt } from 'node:crypto';
import { RowproofError } from '../../core/errors.js';
import type { PasswordGate } from '../clear-password.js';
import type { PasswordSettings } from '../connection-settings.js';
import { readServerKey } from '../server-key.js';

/** Answers what a server says during a login, in turn; null is no answer. */
type LoginStep = (data: Buffer) => Buffer | null;
/** How mysql2 takes a way to log in; one step function is made for each login. */
export type LoginPlugin = () => LoginStep;

/** What the ways to log in need to know. */
export interface LoginFacts {
  readonly password: string;
  readonly settings: PasswordSettings;
  readonly gate: PasswordGate;
}

const SCRAMBLE_BYTES = 20;
const FAST_LOGIN_WORKED = 3;
const FULL_LOGIN = 4;
const CACHING_SHA2_KEY_REQUEST = Buffer.from([2]);
const SHA256_KEY_REQUEST = Buffer.from([1]);

/**
 * The ways to log in that send a password rather than a proof of it. mysql2 has them too, but encrypts the password with
 * whatever public key it is handed, by whoever handed it.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/caching-sha2-pluggable-authentication.html
 */
export function loginPlugins(facts: LoginFacts): Readonly<Record<string, LoginPlugin>> {
  return {
    mysql_clear_password: () => () => sendClear(facts, 'mysql_clear_password'),
    sha256_password: () => sha256Login(facts),
    caching_sha2_password: () => cachingSha2Login(facts),
  };
}

function sendClear({ password, gate }: LoginFacts, method: string): Buffer {
  gate.assertClear(method);
  return withZero(password);
}

function sha256Login(facts: LoginFacts): LoginStep {
  let scramble: Buffer | null = null;
  return (data) => {
    if (scramble !== null) return encryptFor(keyFromServer(data), scramble, facts.password);
    scramble = data.subarray(0, SCRAMBLE_BYTES);
    if (facts.password === '') return Buffer.from([0]);
    // Through a unix socket the server wants a key as well, and there is nobody between who could swap it.
    if (facts.gate.isEncrypted) return sendClear(facts, 'sha256_password');
    return encryptOrAsk(facts, { scramble, method: 'sha256_password', request: SHA256_KEY_REQUEST });
  };
}

function cachingSha2Login(facts: LoginFacts): LoginStep {
  let scramble: Buffer | null = null;
  let awaitsKey = false;
  return (data) => {
    if (scramble === null) {
      scramble = data.subarray(0, SCRAMBLE_BYTES);
      return proveWithSha256(facts.password, scramble);
    }
    if (awaitsKey) {
      awaitsKey = false;
      return encryptFor(keyFromServer(data), scramble, facts.password);
    }
    if (data.length === 1 && data[0] === FAST_LOGIN_WORKED) return null;
    if (data.length !== 1 || data[0] !== FULL_LOGIN) throw unexpectedAnswer('caching_sha2_password');
    if (facts.gate.isPrivate) return sendClear(facts, 'caching_sha2_password');
    const answer = encryptOrAsk(facts, {
      scramble,
      method: 'caching_sha2_password',
      request: CACHING_SHA2_KEY_REQUEST,
    });
    awaitsKey = answer === CACHING_SHA2_KEY_REQUEST;
    return answer;
  };
}

interface KeyRequest {
  readonly scramble: Buffer;
  readonly method: string;
  readonly request: Buffer;
}

/** Encrypts for a key that the user named; asks the server for one only where that was allowed, or nobody is between. */
function encryptOrAsk(
  { password, settings, gate }: LoginFacts,
  { scramble, method, request }: KeyRequest,
): Buffer {
  if (settings.serverPublicKeyPath !== null)
    return encryptFor(readServerKey(settings.serverPublicKeyPath), scramble, password);
  if (gate.isPrivate || settings.requestsPublicKey) return request;
  throw new RowproofError({
    code: 'connect',
    message: `The server asks for the password, encrypted with a key of its own (${method}), on a connection without TLS: whoever listens there could have made that key.`,
    hint: 'Use TLS (ssl-mode=VERIFY_IDENTITY), name the key with server-public-key-path, or add get-server-public-key=true to the URL where nobody can listen.',
  });
}

function keyFromServer(data: Buffer): KeyObject {
  try {
    return createPublicKey(data);
  } catch (error) {
    throw new RowproofError({ code: 'connect', message: 'The server sent no public key.', cause: error });
  }
}

function encryptFor(key: KeyObject, scramble: Buffer, password: string): Buffer {
  if (scramble.length === 0) throw unexpectedAnswer('a public key');
  const hidden = withZero(password).map((byte, i) => byte ^ (scramble[i % scramble.length] as number));
  return publicEncrypt({ key, oaepHash: 'sha1', padding: constants.RSA_PKCS1_OAEP_PADDING }, hidden);
}

function proveWithSha256(password: string, scramble: Buffer): Buffer {
  if (password === '') return Buffer.alloc(0);
  const once = sha256(Buffer.from(password));
  const salted = sha256(Buffer.concat([sha256(once), scramble]));
  return Buffer.from(once.map((byte, i) => byte ^ (salted[i] as number)));
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function withZero(password: string): Buffer {
  return Buffer.from(`${password}\0`);
}

function unexpectedAnswer(method: string): RowproofError {
  return new RowproofError({
    code: 'connect',
    message: `The server did not keep to the login that it asked for (${method}).`,
  });
}
