import { createHash } from 'node:crypto';
import { withoutPassword } from './redact-passwords.js';
import type { RunConfig } from './run-config.js';

const DIGITS = 16;

/**
 * A short digest by which two runs can be told to have asked the same. Passwords do not go in: a rotated password asks
 * for nothing new, and a digest of a weak one could be guessed.
 */
export function hashConfig(config: RunConfig): string {
  const entries = Object.entries({
    ...config,
    sourceUrl: withoutPassword(config.sourceUrl),
    targetUrl: withoutPassword(config.targetUrl),
  }).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries, encode)).digest('hex').slice(0, DIGITS);
}

function encode(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return [...value].sort(([one], [other]) => (one < other ? -1 : 1));
  return value;
}
