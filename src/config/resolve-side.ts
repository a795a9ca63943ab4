import { RowproofError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';
import type { ConnectionSettings, Environment } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';
import { engineFor } from '../engines/registry.js';
import { readServerKey } from '../engines/server-key.js';
import { readKeyFiles } from '../engines/tls.js';
import { readDatabaseUrl } from './database-url.js';
import { processEnvironment } from './environment.js';
import { optionError } from './raw-flags.js';

/** How to connect to a side, before anything is connected. */
export interface ResolvedSide {
  readonly engine: Engine;
  readonly settings: ConnectionSettings;
}

/** A side, and the URL that was given for it. */
export interface SideUrl {
  readonly side: Side;
  readonly url: string;
}

/** Reads the URL of a side; a `usage` error says of which side it is, and quotes no password. */
export function resolveSide({
  side,
  url,
  environment,
}: SideUrl & { readonly environment: Environment }): ResolvedSide {
  const parsed = new URL(readDatabaseUrl(url, side));
  return ofSide(side, () => {
    const engine = engineFor(parsed.protocol.slice(0, -1));
    return { engine, settings: engine.resolveConnection(parsed, environment) };
  });
}

/** Refuses files of the TLS options that are not there, or are not what they should be, before anybody is connected to. */
export function assertTlsFiles(side: Side, { tls, password }: ConnectionSettings): void {
  ofSide(side, () => {
    readKeyFiles(tls);
    if (password.serverPublicKeyPath !== null) readServerKey(password.serverPublicKeyPath);
  });
}

/** Refuses a URL that no engine takes, before a command writes anything. */
export function assertUrls(
  sides: readonly SideUrl[],
  { looksAtFiles }: { readonly looksAtFiles: boolean },
): void {
  // Whoever connects is warned of what else is wrong.
  const environment = processEnvironment(() => undefined);
  for (const { side, url } of sides) {
    const { settings } = resolveSide({ side, url, environment });
    if (looksAtFiles) assertTlsFiles(side, settings);
  }
}

function ofSide<Result>(side: Side, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RowproofError) || error.code !== 'usage') throw error;
    throw optionError({
      option: `--${side}`,
      message: `Cannot use --${side}: ${error.message}`,
      hint: error.hint,
    });
  }
}
