import { redactPasswords } from '../config/redact-passwords.js';
import { assertTlsFiles, resolveSide } from '../config/resolve-side.js';
import { RowproofError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import { type Log, NO_LOG } from '../core/log.js';
import type { Side } from '../core/pairing.js';
import type { Catalog } from '../core/schema.js';
import { explainConnectFailure } from '../engines/connect-failure.js';
import type { ConnectionSettings, Engine, Environment, Session } from '../engines/engine.js';
import { openUnlessForeign } from '../engines/foreign-server.js';
import { makeLasting } from '../engines/lasting-session.js';
import { logEngine } from '../engines/log-sessions.js';
import { isSameInstance } from '../engines/server-identity.js';

/** One side of a run, connected, with its catalog. Who opens it closes its session. */
export interface OpenSide {
  readonly engine: Engine;
  readonly settings: ConnectionSettings;
  readonly session: Session;
  readonly catalog: Catalog;
  /** What the report must say of how the side was opened. */
  readonly findings: readonly Finding[];
}

/** Which side to open, and who may end that. */
export interface SideRequest {
  readonly side: Side;
  readonly url: string;
  readonly environment: Environment;
  readonly stop?: AbortSignal | undefined;
  readonly log?: Log | undefined;
}

/**
 * Connects to one side and reads its catalog; an error names the side and the server, never the password. The server
 * that answers first is the one that every later session of the side must be on.
 */
export async function openSide({
  side,
  url,
  environment,
  stop,
  log = NO_LOG,
}: SideRequest): Promise<OpenSide> {
  const { engine: quiet, settings: resolved } = resolveSide({ side, url, environment });
  keepSecret(log, url, resolved);
  const engine = logEngine(quiet, log.with({ side }));
  assertTlsFiles(side, resolved);
  log.info('side:open', () => ({ side, url: describeServer(resolved), tls: resolved.tls.mode }));
  const session = await openUnlessForeign(engine, resolved, stop).catch((error: unknown) => {
    throw describeFailure({ side, engine, settings: resolved, error, what: 'connect to' });
  });
  const settings = { ...resolved, server: { identity: session.server, isExact: false } };
  const cutOff = (): void => void session.close();
  stop?.addEventListener('abort', cutOff, { once: true });
  try {
    return {
      engine,
      settings,
      session,
      catalog: await engine.readCatalog(session, settings),
      findings: session.findings.map((finding) => ({
        ...finding,
        message: `${capitalize(side)}: ${finding.message}`,
      })),
    };
  } catch (error) {
    await session.close();
    if (stop?.aborted) throw interrupted();
    throw describeFailure({ side, engine, settings, error, what: 'read the catalog of' });
  } finally {
    stop?.removeEventListener('abort', cutOff);
  }
}

/** As the URL spells it, and as it is sent. */
function keepSecret({ secrets }: Log, url: string, { password }: ConnectionSettings): void {
  secrets.add(new URL(url).password);
  secrets.add(password.text ?? '');
}

function interrupted(): RowproofError {
  return new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' });
}

function capitalize(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** Makes a side good for the whole run: its session lasts, and none of its sessions is taken to the server of the other. */
export function makeReady(open: OpenSide, other: OpenSide): OpenSide {
  const identity = open.session.server;
  const isExact = identity.id === other.session.server.id && !isSameInstance(identity, other.session.server);
  const settings = { ...open.settings, server: { identity, isExact } };
  return { ...open, settings, session: makeLasting(open.session, open.engine, settings) };
}

function describeFailure(failure: {
  side: Side;
  engine: Engine;
  settings: ConnectionSettings;
  error: unknown;
  what: string;
}): RowproofError {
  const { side, engine, settings, error, what } = failure;
  const place = `${what} the ${side} ${describeServer(settings)}`;
  if (error instanceof RowproofError) {
    if (error.code === 'interrupted') return error;
    const { code, hint, message } = error;
    return new RowproofError({ code, hint, message: `Cannot ${place}: ${message}`, cause: error });
  }
  const { code, message } = engine.classifyError(error);
  const known = what === 'connect to' ? explainConnectFailure(error, { engine, settings }) : null;
  const sentence = redactPasswords(known?.sentence ?? message).replace(/\.$/, '');
  return new RowproofError({
    code: code === 'permission' ? 'permission' : what === 'connect to' ? 'connect' : 'catalog',
    message: `Cannot ${place}: ${sentence}.`,
    hint: known?.hint ?? 'Check host, port, account, password and TLS options of the URL.',
    cause: error,
  });
}

/** `mysql://host:3306/shop`: where a side is, without account and password. */
export function describeServer({
  scheme,
  host,
  port,
  socketPath,
  database,
  schema,
}: ConnectionSettings): string {
  const place = socketPath === null ? `${host.includes(':') ? `[${host}]` : host}:${port}` : 'localhost';
  const suffix = schema === database || schema === 'public' ? '' : `?schema=${encodeURIComponent(schema)}`;
  return `${scheme}://${place}/${encodeURIComponent(database)}${suffix}`;
}
