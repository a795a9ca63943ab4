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
import { listHostUrls } from './url-hosts.js';

/** How to connect to a side, before anything is connected. */
export interface ResolvedSide {
  readonly engine: Engine;
  /** One for each server that the URL names, at least one, in the order in which they are tried. */
  readonly candidates: readonly [ConnectionSettings, ...ConnectionSettings[]];
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
  const [first, ...others] = listHostUrls(readDatabaseUrl(url, side));
  return ofSide(side, () => {
    const engine = engineFor(first.slice(0, first.indexOf(':')).toLowerCase());
    const [head, ...rest] = engine.spreadUrls([new URL(first), ...others.map((each) => new URL(each))]);
    const resolve = (each: URL): ConnectionSettings => engine.resolveConnection(each, environment);
    return { engine, candidates: [resolve(head), ...rest.map(resolve)] };
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
    // They differ by host and role only, not by the files that they name.
    const [settings] = resolveSide({ side, url, environment }).candidates;
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
