import type { ExpectedServer } from './server-identity.js';
import type { ServerRole } from './server-urls.js';

/** Where and how to connect. It holds the password: it may cross to a worker, never into output. */
export interface ConnectionSettings {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** A unix socket (MySQL) or the folder that holds it (PostgreSQL); null for TCP. */
  readonly socketPath: string | null;
  readonly user: string;
  readonly password: PasswordSettings;
  readonly database: string;
  readonly schema: string;
  readonly tls: TlsSettings;
  /** What the server must be; a session that finds another one is not opened. */
  readonly role: ServerRole;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** For the one statement that reads a whole table; as long as it takes, unless the user set a limit. */
  readonly wholeTableTimeoutMs: number;
  /** How long a server may send no row in the middle of a read, or before its first one. */
  readonly longestSilenceMs: number;
  /** The server that must answer, once it is known; a session that finds another one reads nothing. */
  readonly server?: ExpectedServer;
}

/** The password, and when it may be sent in a form that whoever gets it can read. */
export interface PasswordSettings {
  readonly text: string | null;
  /** Also on a connection without TLS. */
  readonly allowsClear: boolean;
  /** The public key of a MySQL server, to encrypt the password with where there is no TLS; null for none. */
  readonly serverPublicKeyPath: string | null;
  /** Whether a MySQL server is asked for its public key on a connection without TLS. */
  readonly requestsPublicKey: boolean;
}

/** TLS as the engines' own clients know it; `verify-full` checks the certificate and the host name. */
export interface TlsSettings {
  readonly mode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
  readonly caPath: string | null;
  readonly certificatePath: string | null;
  readonly keyPath: string | null;
}

/** What a run may read of the process around it. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readFile(path: string): string | null;
  /** The permission bits of a file; null where there are none, or no file. */
  fileMode?(path: string): number | null;
  /** Tells the user what is not done as asked. */
  warn?(sentence: string): void;
  readonly homeFolder: string;
  readonly userName: string;
}
