import { mergeSettings } from '../../src/config/merge-settings.js';
import { parseConfigFile } from '../../src/config/parse-config-file.js';
import type { RawFlags } from '../../src/config/raw-flags.js';
import type { RunConfig } from '../../src/config/run-config.js';
import { RowproofError } from '../../src/core/errors.js';

interface FileAndFlags {
  readonly flags?: RawFlags;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Two URLs, for files that are about something else. */
export const URL_LINES = 'source: mysql://old/shop\ntarget: postgres://new/shop\n';

/** What a file and flags come to. */
export function resolveFile(text: string, { flags = {}, variables = {} }: FileAndFlags = {}): RunConfig {
  return mergeSettings(flags, parseConfigFile({ path: 'rowproof.yaml', text, variables })).config;
}

/** The error that a file ends with. */
export function faultOfFile(text: string, given: FileAndFlags = {}): RowproofError {
  try {
    resolveFile(text, given);
  } catch (error) {
    if (error instanceof RowproofError) return error;
    throw error;
  }
  throw new Error('The file was accepted.');
}
