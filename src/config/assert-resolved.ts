import { usageError } from './raw-flags.js';
import type { RunConfig } from './run-config.js';

/** Refuses settings in the place of a config: nothing has checked their names yet, and no default is in them. */
export function assertResolved(config: RunConfig): void {
  if (typeof config?.sourceUrl === 'string' && typeof config.targetUrl === 'string') return;
  throw usageError(
    'Expected a config that resolveConfig returned, got something else.',
    'Write resolveConfig({ source, target }) around the settings.',
  );
}
