import { existsSync, readFileSync } from 'node:fs';
import { type RawFlags, readText, usageError } from '../config/raw-flags.js';
import { resolveConfig } from '../config/resolve-config.js';
import type { RunConfig } from '../config/run-config.js';
import type { CliIo } from './cli-io.js';

/** The file that is read where no `--config` names one. */
export const DEFAULT_CONFIG_PATH = 'rowproof.yaml';

/** What a command was told by flags and config file. */
export interface Settings {
  readonly config: RunConfig;
  /** Those of the command line, and those that the file stands for. */
  readonly flags: RawFlags;
  /** Makes an error about a flag that nobody typed one about the key of the file. */
  readonly explain: (error: unknown) => unknown;
}

interface Request {
  readonly flags: RawFlags;
  readonly io: Pick<CliIo, 'stderr' | 'env'>;
  /** Told what holds passwords that are not on the command line, so that they can be kept out of messages. */
  readonly keepSecret: (text: string) => void;
}

/** Reads the config file, if there is one, and resolves the flags over it; says on stderr which file it was. */
export async function readSettings({ flags, io, keepSecret }: Request): Promise<Settings> {
  const path = readText(flags, 'config') ?? (existsSync(DEFAULT_CONFIG_PATH) ? DEFAULT_CONFIG_PATH : null);
  if (path === null) return { config: resolveConfig(flags), flags, explain: (error) => error };
  const text = readConfigText(path);
  // Loaded late: most runs have no file, and YAML and its checks take their time to load.
  const { parseConfigFile } = await import('../config/parse-config-file.js');
  const { explainFault, mergeSettings } = await import('../config/merge-settings.js');
  const replaced = ['source', 'target'].filter((side) => flags[side] !== undefined);
  const file = parseConfigFile({ path, text, variables: io.env, replaced });
  const explain = (error: unknown) => explainFault(error, flags, file);
  try {
    const merged = mergeSettings(flags, file);
    keepSecret(merged.config.sourceUrl);
    keepSecret(merged.config.targetUrl);
    if (merged.flags.quiet === undefined) io.stderr.write(`Settings from ${path}\n`);
    return { ...merged, explain };
  } catch (error) {
    throw explain(error);
  }
}

function readConfigText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(`Cannot read the config file: ${reason}.`, 'rowproof init writes one.');
  }
}
