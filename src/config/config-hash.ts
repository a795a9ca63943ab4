import { createHash } from 'node:crypto';
import type { ConfigHashes } from '../core/result.js';
import { RUN_OPTIONS } from './options/options.js';
import { withoutPassword } from './redact-passwords.js';
import type { RunConfig } from './run-config.js';

type Options = typeof RUN_OPTIONS;
type OptionWithPart = {
  readonly [Name in keyof Options]: Options[Name] extends { readonly part: string } ? Name : never;
}[keyof Options];

/** A field of a config that has another name than the option that says it. */
type Renamed = Exclude<keyof RunConfig, OptionWithPart>;

/** Those options; of the three that say `limits` one. */
const OPTION_OF: Readonly<Record<Renamed, OptionWithPart>> = {
  sourceUrl: 'source',
  targetUrl: 'target',
  keys: 'key',
  tableModes: 'mode',
  tableMinRows: 'minRows',
  chunkTimeMs: 'chunkTime',
  maxRuntimeMs: 'maxRuntime',
  waitForServerMs: 'waitForServer',
  limits: 'maxLoad',
  fixesWorkers: 'workers',
  recheckForMs: 'recheckFor',
  maxSnapshotAgeMs: 'maxSnapshotAge',
  pauseReplicaMs: 'pauseReplica',
  maxLagMs: 'maxLag',
  maxLagWaitMs: 'maxLagWait',
};

const isRenamed = (field: keyof RunConfig): field is Renamed => Object.hasOwn(OPTION_OF, field);

function partOf(field: keyof RunConfig): 'asked' | 'how' {
  return RUN_OPTIONS[isRenamed(field) ? OPTION_OF[field] : field].part;
}

const DIGITS = 16;

/**
 * Short digests by which runs can be told to have asked the same, and to have gone about it in the same way: what is asked
 * does not hang on the machine, while the number of workers follows its cores. Passwords do not go in: a rotated password
 * asks for nothing new, and a digest of a weak one could be guessed.
 */
export function hashConfig(config: RunConfig): ConfigHashes {
  const entries = Object.entries({
    ...config,
    sourceUrl: withoutPassword(config.sourceUrl),
    targetUrl: withoutPassword(config.targetUrl),
  }).sort(([one], [other]) => (one < other ? -1 : 1));
  const hashPart = (part: 'asked' | 'how'): string =>
    digest(entries.filter(([name]) => partOf(name as keyof RunConfig) === part));
  return { askedHash: hashPart('asked'), howHash: hashPart('how') };
}

function digest(entries: readonly (readonly [string, unknown])[]): string {
  return createHash('sha256').update(JSON.stringify(entries, encode)).digest('hex').slice(0, DIGITS);
}

function encode(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return [...value].sort(([one], [other]) => (one < other ? -1 : 1));
  return value;
}
