import { writeFileSync } from 'node:fs';
import { whyNotWritten } from '../config/file-reason.js';
import { type RawFlags, readText, usageError } from '../config/raw-flags.js';
import { resolveFlags } from '../config/resolve-flags.js';
import { sidesOf } from '../config/run-config.js';
import { EXIT_CODES } from '../core/verdict.js';
import type { CliIo } from './cli-io.js';
import { DEFAULT_CONFIG_PATHS, findConfigFiles } from './read-settings.js';

interface InitCommand {
  readonly flags: RawFlags;
  readonly io: CliIo;
}

/** Does what `rowproof init` was asked to: writes a config file for two URLs, without connecting to them. */
export async function runInit({ flags, io }: InitCommand): Promise<number> {
  const path = readText(flags, 'output') ?? choosePath();
  const config = resolveFlags(flags);
  const { assertUrls } = await import('../config/resolve-side.js');
  // Files that they name may be on another machine.
  assertUrls(sidesOf(config), { looksAtFiles: false });
  const { buildConfigTemplate } = await import('../config/file-template.js');
  const { text, variables } = buildConfigTemplate(config);
  writeNew(path, text);
  io.stdout.write(`Wrote ${path}.\n`);
  if (variables.length > 0) {
    io.stdout.write(
      `It takes ${variables.join(', ')} from the environment: set ${variables.length === 1 ? 'it' : 'them'} before rowproof verify.\n`,
    );
  }
  return EXIT_CODES.clean;
}

/** A second file beside one that is read would leave open which of them holds. */
function choosePath(): string {
  const [found] = findConfigFiles();
  if (found !== undefined) throw existsAlready(found);
  return DEFAULT_CONFIG_PATHS[0];
}

function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw existsAlready(path);
    throw usageError(
      `Cannot write ${path}: ${whyNotWritten(error)}.`,
      'Name a file in a folder that exists and that you may write to.',
    );
  }
}

function existsAlready(path: string): Error {
  return usageError(
    `Cannot write ${path}: there is such a file already.`,
    'Name another with --output, or remove it.',
  );
}
