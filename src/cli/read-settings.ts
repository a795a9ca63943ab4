import { statSync } from 'node:fs';
import { whyNotRead } from '../config/file-reason.js';
import { optionError, type RawFlags, readSwitch, readText, usageError } from '../config/raw-flags.js';
import { refuseWhereCounted, resolveFlags } from '../config/resolve-flags.js';
import type { RunConfig } from '../config/run-config.js';
import type { CliIo } from './cli-io.js';
import { readTextFile } from './read-text-file.js';

/** The files of which the one that is there is read where no `--config` names one; the first is what `init` writes. */
export const DEFAULT_CONFIG_PATHS = ['rowproof.yaml', 'rowproof.yml'] as const;

/** What a command was told by flags and config file. */
export interface Settings {
  readonly config: RunConfig;
  /** Those of the command line, and those that the file stands for. */
  readonly flags: RawFlags;
  /** The config file that was read; null where there was none. */
  readonly path: string | null;
  /** Makes an error about a flag that nobody typed one about the key of the file. */
  readonly explain: (error: unknown) => unknown;
}

interface Request {
  readonly flags: RawFlags;
  readonly io: Pick<CliIo, 'stderr' | 'env'>;
  /** Told what holds passwords that are not on the command line, so that they can be kept out of messages. */
  readonly keepSecret: (text: string) => void;
}

/**
 * Reads the config file, if there is one, and resolves the flags over it.
 *
 * The first line on stderr says which file it was, for whoever asked for quiet too: a file that was only found in the working
 * folder may be a stranger's, and decide where the run connects and what it writes.
 */
export async function readSettings({ flags: given, io, keepSecret }: Request): Promise<Settings> {
  const { 'no-config': noConfig, ...flags } = given;
  const named = readText(flags, 'config');
  const path = choosePath(named, readSwitch({ 'no-config': noConfig }, 'no-config'));
  if (path === null) return { ...resolveAlone(flags), path, explain: (error) => error };
  const text = readConfigText(path);
  // Loaded late: most runs have no file, and YAML and its checks take their time to load.
  const { parseConfigFile } = await import('../config/parse-config-file.js');
  const { explainFault } = await import('../config/explain-fault.js');
  const { mergeSettings } = await import('../config/merge-settings.js');
  const replaced = ['source', 'target'].filter((side) => flags[side] !== undefined);
  const file = parseConfigFile({ path, text, variables: io.env, replaced });
  const explain = (error: unknown) => explainFault(error, flags, file);
  io.stderr.write(`Settings from ${path}\n`);
  try {
    const merged = mergeSettings(flags, file);
    keepSecret(merged.config.sourceUrl);
    keepSecret(merged.config.targetUrl);
    return { ...merged, path, explain };
  } catch (error) {
    throw explain(error);
  }
}

function resolveAlone(flags: RawFlags): Pick<Settings, 'config' | 'flags'> {
  const config = resolveFlags(flags);
  refuseWhereCounted(config);
  return { config, flags };
}

function choosePath(named: string | undefined, noConfig: boolean): string | null {
  if (named !== undefined && noConfig) {
    throw optionError({
      option: '--config',
      message: 'Expected --config or --no-config, got both.',
      hint: 'Leave one of them out.',
    });
  }
  if (named !== undefined || noConfig) return named ?? null;
  const found = findConfigFiles();
  if (found.length > 1) {
    throw usageError(
      `Expected one config file, found ${found.join(' and ')}.`,
      'Remove one, or say which with --config.',
    );
  }
  return found[0] ?? null;
}

/** Config files of the working folder. What is no file, such as a pipe, would be waited for. */
export function findConfigFiles(): string[] {
  return DEFAULT_CONFIG_PATHS.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

/** No config file comes near it, and YAML takes its time. */
const MOST_CONFIG_BYTES = 1 << 20;

function readConfigText(path: string): string {
  try {
    return readTextFile(path, MOST_CONFIG_BYTES);
  } catch (error) {
    throw usageError(
      `Cannot read the config file ${path}: ${whyNotRead(error)}.`,
      'rowproof init writes one.',
    );
  }
}
