import { statSync } from 'node:fs';
import { whyNotRead } from '../config/file-reason.js';
import type { ConfigFileContent } from '../config/file-schema.js';
import { type RawFlags, readSwitch, readText, usageError } from '../config/raw-flags.js';
import { resolveFlags } from '../config/resolve-flags.js';
import type { RunConfig } from '../config/run-config.js';
import type { CliIo } from './cli-io.js';
import { readTextFile } from './read-text-file.js';

/** The file that is read where no `--config` names one. */
export const DEFAULT_CONFIG_PATH = 'rowproof.yaml';

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
 * The first line on stderr says which file it was. Whoever asked for quiet reads it too where the file was only found in the
 * working folder, perhaps a stranger's, and sets where the run connects, what SQL it sends or what it writes.
 */
export async function readSettings({ flags: given, io, keepSecret }: Request): Promise<Settings> {
  const { 'no-config': noConfig, ...flags } = given;
  const named = readText(flags, 'config');
  const path = choosePath(named, readSwitch({ 'no-config': noConfig }, 'no-config'));
  if (path === null) return { config: resolveFlags(flags), flags, path, explain: (error) => error };
  const text = readConfigText(path);
  // Loaded late: most runs have no file, and YAML and its checks take their time to load.
  const { parseConfigFile } = await import('../config/parse-config-file.js');
  const { explainFault, mergeSettings } = await import('../config/merge-settings.js');
  const replaced = ['source', 'target'].filter((side) => flags[side] !== undefined);
  const file = parseConfigFile({ path, text, variables: io.env, replaced });
  const explain = (error: unknown) => explainFault(error, flags, file);
  const isQuiet = flags.quiet !== undefined || file.flags.quiet !== undefined;
  if (!isQuiet || (named === undefined && isPowerful(file.content, flags))) {
    io.stderr.write(`Settings from ${path}\n`);
  }
  try {
    const merged = mergeSettings(flags, file);
    keepSecret(merged.config.sourceUrl);
    keepSecret(merged.config.targetUrl);
    return { ...merged, path, explain };
  } catch (error) {
    throw explain(error);
  }
}

/** Whether a file decides where a run connects, what SQL it sends or what it writes. */
function isPowerful(content: ConfigFileContent, flags: RawFlags): boolean {
  const decides = (['source', 'target', 'report', 'differences', 'repair'] as const).some(
    (key) => content[key] !== undefined && flags[key] === undefined,
  );
  const tables = Object.values(content.tableSettings ?? {});
  return decides || tables.some(({ where, targetWhere }) => where !== undefined || targetWhere !== undefined);
}

function choosePath(named: string | undefined, noConfig: boolean): string | null {
  if (named !== undefined && noConfig) {
    throw usageError('Expected --config or --no-config, got both.', 'Leave one of them out.');
  }
  if (named !== undefined || noConfig) return named ?? null;
  // What is no file, such as a pipe, would be waited for.
  return statSync(DEFAULT_CONFIG_PATH, { throwIfNoEntry: false })?.isFile() === true
    ? DEFAULT_CONFIG_PATH
    : null;
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
