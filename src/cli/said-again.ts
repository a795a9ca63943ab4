import { nameLostPassword } from '../app/lost-password.js';
import { readDatabaseUrl } from '../config/database-url.js';
import { flagOf } from '../config/options/option-names.js';
import { RUN_OPTIONS } from '../config/options/options.js';
import { optionError, type RawFlags, readSwitch, readText } from '../config/raw-flags.js';
import { readNumber, readQuantity } from '../config/read-option.js';
import { readShowValues } from '../config/resolve-flags.js';
import type { RunConfig } from '../config/run-config.js';
import type { Settings } from './read-settings.js';

/** The flags that say where results go. */
export const OUTPUT_FLAGS = [
  ...['report', 'differences', 'repair', 'log', 'quiet', 'no-color', 'show-values', 'hide-values'],
  ...['hash-keys', 'evidence', 'sign-with'],
] as const;

/** The flags that say what a result is held against. */
export const PAST_FLAGS = ['waivers', 'key-file', 'baseline', 'fail-on', 'history', 'history-keep'] as const;

/** The flags that say how gentle a run is with the servers, and nothing of what it compares. */
export const PACE_FLAGS = [
  ...['workers', 'chunk-time', 'max-rows-per-second', 'max-bytes-per-second', 'max-load'],
] as const;

/**
 * What was asked earlier, where the sides, the time and the pace may be said again: a URL with its password, or of a server that has moved.
 * More may be hidden than before, and nothing less.
 */
export function saidAgain(config: RunConfig, flags: RawFlags): RunConfig {
  const [source, target] = [readText(flags, 'source'), readText(flags, 'target')];
  return {
    ...config,
    ...readPace(config, flags),
    sourceUrl: source === undefined ? config.sourceUrl : readDatabaseUrl(source, 'source'),
    targetUrl: target === undefined ? config.targetUrl : readDatabaseUrl(target, 'target'),
    waitForServerMs:
      readText(flags, 'wait-for-server') === undefined
        ? config.waitForServerMs
        : readQuantity(flags, RUN_OPTIONS.waitForServer),
    // Whoever goes on with a table that was left wants the rest of it.
    maxDifferences: readNumber(flags, RUN_OPTIONS.maxDifferences),
    maxRuntimeMs: readQuantity(flags, RUN_OPTIONS.maxRuntime) ?? config.maxRuntimeMs,
    showValues: config.showValues && readShowValues(flags),
    hashKeys: config.hashKeys || readSwitch(flags, 'hash-keys'),
    keyFile: readText(flags, 'key-file') ?? config.keyFile,
  };
}

/** A rate or a number of workers that was too much for a server is no reason to begin anew. */
function readPace(
  { workers, fixesWorkers, chunkTimeMs, limits }: RunConfig,
  flags: RawFlags,
): Pick<RunConfig, 'workers' | 'fixesWorkers' | 'chunkTimeMs' | 'limits'> {
  const asked = readNumber(flags, RUN_OPTIONS.workers);
  // Where none was typed, it reads as the default.
  const isTimed = readText(flags, flagOf(RUN_OPTIONS.chunkTime.name)) !== undefined;
  return {
    workers: asked ?? workers,
    fixesWorkers: fixesWorkers || asked !== null,
    chunkTimeMs: isTimed ? readQuantity(flags, RUN_OPTIONS.chunkTime) : chunkTimeMs,
    limits: {
      maxRowsPerSecond: readNumber(flags, RUN_OPTIONS.maxRowsPerSecond) ?? limits.maxRowsPerSecond,
      maxBytesPerSecond: readQuantity(flags, RUN_OPTIONS.maxBytesPerSecond) ?? limits.maxBytesPerSecond,
      maxLoad: readNumber(flags, RUN_OPTIONS.maxLoad) ?? limits.maxLoad,
    },
  };
}

/** Settings that come from no config file, but from what was kept of what was asked earlier. */
export function settingsOf(config: RunConfig, flags: RawFlags): Settings {
  return { config, flags, path: null, explain: (error) => nameLostPassword(error, config) };
}

/** Refuses flags beside one that says what they would say too. */
export function refuseBeside(flag: string, flags: RawFlags, { allowed, hint }: Beside): void {
  const stray = Object.entries(flags).find(([name, value]) => value !== undefined && !allowed.includes(name));
  if (stray === undefined) return;
  throw optionError({
    option: `--${stray[0]}`,
    message: `Expected ${flag} or --${stray[0]}, got both.`,
    hint,
  });
}

interface Beside {
  readonly allowed: readonly string[];
  readonly hint: string;
}
