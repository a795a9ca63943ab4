import { redactPasswords } from '../config/redact-passwords.js';
import { RowproofError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';
import { explainConnectFailure } from '../engines/connect-failure.js';
import type { ConnectionSettings } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';

/** What failed at the beginning of a side. */
export interface SideFailure {
  readonly side: Side;
  readonly engine: Engine;
  readonly settings: ConnectionSettings;
  readonly error: unknown;
  readonly what: 'connect to' | 'read the catalog of' | 'go on asking';
}

/** Makes an error of a driver or a server one that names the side and the server, never the password. */
export function describeSideFailure(failure: SideFailure): RowproofError {
  const { side, engine, settings, error, what } = failure;
  const place = `${what} the ${side} ${describeServer(settings)}`;
  if (error instanceof RowproofError) {
    if (error.code === 'interrupted') return error;
    const { code, hint, message } = error;
    return new RowproofError({ code, hint, message: `Cannot ${place}: ${message}`, cause: error });
  }
  const { code } = engine.classifyError(error);
  const known = what === 'connect to' ? explainConnectFailure(error, { engine, settings }) : null;
  return new RowproofError({
    code: code === 'permission' ? 'permission' : what === 'connect to' ? 'connect' : 'catalog',
    message: `Cannot ${place}: ${explainReason(failure)}.`,
    hint: known?.hint ?? 'Check host, port, account, password and TLS options of the URL.',
    cause: error,
  });
}

/** Why a step of a side failed, as a part of a sentence that ends without a full stop. */
export function explainReason({ engine, settings, error, what }: SideFailure): string {
  if (error instanceof RowproofError) return error.message.replace(/\.$/, '');
  const known = what === 'connect to' ? explainConnectFailure(error, { engine, settings }) : null;
  return redactPasswords(known?.sentence ?? engine.classifyError(error).message).replace(/\.$/, '');
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
