import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { RowproofError } from '../core/errors.js';
import type { TlsSettings } from './connection-settings.js';
import { withoutPlace } from './server-key.js';

/** Whom a connection is made to, by the name or address that the user gave, and how it is proved. */
export interface TlsPeer {
  readonly host: string;
  readonly tls: TlsSettings;
}

/** Errors of the way to the server, which say nothing about its certificate. */
const NETWORK_ERRORS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** What is wrong with a certificate, by Node's name for it; completes "its certificate …". */
const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself and not by the certificate authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from another certificate authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from another certificate authority',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from another certificate authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from another certificate authority',
  CERT_SIGNATURE_FAILURE: 'comes from another certificate authority',
  INVALID_CA: 'comes from an authority that may not sign certificates',
  INVALID_PURPOSE: 'is not meant for servers',
};

/** Whether a mode asks for a certificate of an authority that is trusted. */
export function verifiesCertificate({ mode }: TlsSettings): boolean {
  return mode === 'verify-ca' || mode === 'verify-full';
}

/**
 * Whether nobody else can be at the other end: the name was checked, or the authority is one that the user named. An
 * authority that anybody may ask for a certificate proves nothing about who has it.
 */
export function provesPeer({ mode, caPath }: TlsSettings): boolean {
  return mode === 'verify-full' || (mode === 'verify-ca' && caPath !== null);
}

/**
 * Turns a connected socket into an encrypted one, before anything that is secret was said on it.
 *
 * The host is checked here, by name and by address alike: without one, Node would check a certificate against
 * `localhost`. No session is resumed, because a resumed one is not checked again.
 */
export function secureSocket(socket: Socket, { host, tls }: TlsPeer): Promise<TLSSocket> {
  const verifies = verifiesCertificate(tls);
  const options: ConnectionOptions = {
    socket,
    rejectUnauthorized: verifies,
    checkServerIdentity: (_name, certificate) =>
      tls.mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...readKeyFiles(tls),
  };
  return new Promise((resolve, reject) => {
    const secure = connect(options);
    const onError = (error: Error): void => {
      socket.destroy();
      reject(describeTlsError(error, host));
    };
    secure.once('error', onError);
    secure.once('secureConnect', () => {
      if (verifies && !secure.authorized) return onError(secure.authorizationError);
      secure.removeListener('error', onError);
      resolve(secure);
    });
  });
}

/** Reads the files that the TLS options of a URL name; one that cannot be used is a `usage` error. */
export function readKeyFiles(tls: TlsSettings): Pick<ConnectionOptions, 'ca' | 'cert' | 'key'> {
  const { caPath, certificatePath, keyPath } = tls;
  return {
    ...(caPath === null ? {} : { ca: readPem(caPath, 'CERTIFICATE') }),
    ...(certificatePath === null ? {} : { cert: readPem(certificatePath, 'CERTIFICATE') }),
    ...(keyPath === null ? {} : { key: readPem(keyPath, 'PRIVATE KEY') }),
  };
}

/** Reads a file that must hold something: of one that does not, Node would take what it trusts by itself. */
function readPem(path: string, content: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw unusableFile(path, withoutPlace(error as Error), error);
  }
  if (!new RegExp(`-----BEGIN [A-Z0-9 ]*${content}-----`).test(bytes.toString('latin1')))
    throw unusableFile(path, `it holds no ${content.toLowerCase()} in PEM form`);
  return bytes;
}

function unusableFile(path: string, reason: string, cause?: unknown): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `The file ${path} cannot be used for TLS: ${reason}.`,
    hint: 'Check the files that the TLS options of the URL name.',
    cause,
  });
}

function describeTlsError(error: Error, host: string): Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (error instanceof RowproofError || NETWORK_ERRORS.has(code)) return error;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new RowproofError({
      code: 'connect',
      message: `The server's certificate is not for ${host}.`,
      hint: 'Connect by a name or address that the certificate lists. If it should be listed, somebody else may be answering.',
      cause: error,
    });
  }
  const fault = CERTIFICATE_FAULTS[code] ?? CERTIFICATE_FAULTS[error.message];
  return new RowproofError({
    code: 'connect',
    message:
      fault === undefined ? `TLS failed: ${error.message.trim()}.` : `The server's certificate ${fault}.`,
    hint:
      fault === undefined
        ? 'Check that the port speaks the protocol of this database, and the TLS options of the URL.'
        : 'Name the authority of the server in the URL. If it is named, somebody else may be answering.',
    cause: error,
  });
}

/** A server that does not encrypt, where the URL says that it must. */
export function noTls(): RowproofError {
  return new RowproofError({
    code: 'connect',
    message: 'The server offers no TLS, and the URL asks for it.',
    hint: 'Turn TLS on at the server. If it is on, somebody between may have taken the offer away.',
  });
}

/** What comes unencrypted after TLS was agreed on was put there by somebody between. */
export function bytesBeforeTls(): RowproofError {
  return new RowproofError({
    code: 'connect',
    message: 'Unencrypted bytes came where TLS should have begun.',
    hint: 'Somebody between this machine and the server may be changing what is sent.',
  });
}
