import { hashConfig } from '../config/config-hash.js';
import { processEnvironment } from '../config/environment.js';
import { resolveSide } from '../config/resolve-side.js';
import { type RunConfig, sidesOf } from '../config/run-config.js';
import type { Side } from '../core/pairing.js';
import { describeServer } from './side-failure.js';

/** What can be said of a run before a server has answered. */
export interface AskedRun extends Readonly<Record<Side, string>> {
  /** The digest of what was asked, as it was written: a result's is of the names that bare ones turned out to be. */
  readonly asked: string;
}

/** Names a run that may never get to a result, by the first server of each side as a result names it, without account and password. */
export function describeAsked(config: RunConfig): AskedRun {
  // Whoever connects is warned of what is wrong with it.
  const environment = processEnvironment(() => undefined);
  const [source = '', target = ''] = sidesOf(config).map(({ side, url }) =>
    describeServer(resolveSide({ side, url, environment }).candidates[0]),
  );
  return { source, target, asked: hashConfig(config).askedHash };
}
