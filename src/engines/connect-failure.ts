import type { ConnectionSettings } from './connection-settings.js';
import type { Engine } from './engine.js';

/** What is said of a connection that could not be made. */
export interface ConnectFailure {
  /** Why, without a full stop. */
  readonly sentence: string;
  readonly hint: string;
}

interface FailedOpening {
  readonly engine: Pick<Engine, 'connectHints'>;
  readonly settings: ConnectionSettings;
}

/** Says why nobody answers at an address, and what to do about it; each cause has advice of its own. Null for other causes. */
export function explainConnectFailure(
  error: unknown,
  { engine, settings }: FailedOpening,
): ConnectFailure | null {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  const hint = Object.hasOwn(engine.connectHints, code) ? engine.connectHints[code] : undefined;
  if (hint !== undefined) return { sentence: message, hint };
  const explain = Object.hasOwn(NETWORK, code) ? NETWORK[code] : undefined;
  return explain === undefined ? null : explain(settings, message);
}

/** Codes with which servers refuse a login for its password, or for having none. */
const PASSWORD_CODES: ReadonlySet<unknown> = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  '28P01',
]);

/** Whether a server that answered did not take the password, or was given none. */
export function isPasswordRefused(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && PASSWORD_CODES.has(cause.code)) return true;
  return false;
}

/** Whether the network or the machine failed, and no server said anything about the login. */
export function isNetworkFailure(error: unknown): boolean {
  return Object.hasOwn(NETWORK, (error as { code?: string } | null)?.code ?? '');
}

type Explain = (settings: ConnectionSettings, message: string) => ConnectFailure;

const noName: Explain = ({ host }) => ({
  sentence: `the host name ${host} is not known here`,
  hint: 'Check how the host is spelled in the URL, and the name service of this machine.',
});

const noWay: Explain = ({ host }) => ({
  sentence: `no way leads from this machine to ${host}`,
  hint: 'Check the host of the URL, and the network or VPN of this machine.',
});

const cutOff: Explain = (_settings, message) => ({
  sentence: message === '' ? 'the server closed the connection before the login' : message,
  hint: 'Check that the port is that of the database, and what lies between: a proxy or firewall may close connections.',
});

const NETWORK: Readonly<Record<string, Explain>> = {
  ENOTFOUND: noName,
  EAI_AGAIN: noName,
  EAI_NONAME: noName,
  ECONNREFUSED: ({ port, socketPath, host }) =>
    socketPath === null
      ? {
          sentence: `nothing listens on port ${port} of ${host}`,
          hint: 'Check the port of the URL, and that the server runs and listens on that address.',
        }
      : {
          sentence: `nothing listens on the socket ${socketPath}`,
          hint: 'Check that the server runs on this machine.',
        },
  ENOENT: ({ socketPath }) => ({
    sentence: `there is no socket at ${socketPath}`,
    hint: 'Check the path of the socket in the URL, and that the server runs on this machine.',
  }),
  EACCES: ({ socketPath, host }) => ({
    sentence: `this account may not connect to ${socketPath ?? host}`,
    hint: 'Check the permissions of the socket and of its folder.',
  }),
  EHOSTUNREACH: noWay,
  ENETUNREACH: noWay,
  ECONNRESET: cutOff,
  EPIPE: cutOff,
  PROTOCOL_CONNECTION_LOST: cutOff,
  ETIMEDOUT: (_settings, message) => ({
    sentence: message,
    hint: 'Check host and port: a firewall may swallow what is sent. Where the server is slow, raise connect-timeout in the URL.',
  }),
};
