import { readDatabaseUrl } from '../config/database-url.js';
import { RUN_OPTIONS } from '../config/options/options.js';
import { optionError, type RawFlags, readSwitch, readText, usageError } from '../config/raw-flags.js';
import { readQuantity } from '../config/read-option.js';
import type { RunConfig } from '../config/run-config.js';
import { formatCounted, formatDuration } from '../words/number-text.js';
import { visibleLine } from '../words/visible-text.js';
import { readJournalPlace } from './journal-folder.js';
import { readSaved } from './run-report.js';
import { type VerifyCommand, verifySettings } from './run-verify.js';

interface ResumeCommand extends VerifyCommand {
  /** The run to go on with; null for the only one that waits. */
  readonly run: string | null;
}

/**
 * Does what `rowproof resume` was asked to. What to compare comes from the journal, never from a config file, which may have changed;
 * where results go too, unless it is said again.
 */
export function runResume(command: ResumeCommand): Promise<number> {
  return goOn(command, { keepsOutputs: true });
}

/**
 * Does what `rowproof verify --only RUN.json` was asked to: reads again what differed in a run that came to its end, or stayed open. Results go where
 * they are told to go now.
 */
export async function runOnly(command: VerifyCommand): Promise<number> {
  const { only, ...flags } = command.flags;
  const path = readText({ only }, 'only') ?? '';
  const stray = Object.entries(flags).find(([name, value]) => value !== undefined && !BESIDE_ONLY.has(name));
  if (stray !== undefined) {
    throw optionError({
      option: `--${stray[0]}`,
      message: `Expected --only or --${stray[0]}, got both.`,
      hint: 'What is compared is what that run compared.',
    });
  }
  const { parseSavedResult } = await import('../report/saved-result.js');
  const { run } = parseSavedResult(readSaved(path), path);
  if (run === undefined)
    throw usageError(
      `Nothing was kept of the run in ${path}.`,
      'Run it with --journal DIR, so that --only can read again what differed.',
    );
  return goOn({ ...command, flags, run }, { keepsOutputs: false });
}

async function goOn(
  command: ResumeCommand,
  { keepsOutputs }: { readonly keepsOutputs: boolean },
): Promise<number> {
  const { flags, io, run } = command;
  const { folder } = readJournalPlace(flags, io.env);
  if (folder === null)
    throw usageError(
      'No home folder is known in which runs are kept.',
      'Name the folder with --journal DIR.',
    );
  // Loaded late: no other command reads journals.
  const { openKeptRun } = await import('../app/saved-runs.js');
  const { readAsk } = await import('../app/open-sitting.js');
  const earlier = openKeptRun(folder, run);
  const asked = readAsk(earlier);
  const config = readAgain(asked.config, flags);
  const { facts, startedAt, sitting } = earlier.head;
  const age = formatDuration(Date.now() - Date.parse(startedAt));
  for (const line of [
    `Going on with run ${earlier.head.run}, begun ${age} ago, after ${formatCounted(sitting, 'sitting')}`,
    `  source ${facts.sides.source.url}, schema ${facts.sides.source.schema}`,
    `  target ${facts.sides.target.url}, schema ${facts.sides.target.schema}`,
  ])
    io.stderr.write(`${visibleLine(line)}\n`);
  const { 'same-data': sameData, source, target, 'max-runtime': maxRuntime, ...outputs } = flags;
  const settings = {
    config,
    flags: { ...(keepsOutputs ? (asked.outputs as RawFlags) : {}), ...withoutUndefined(outputs) },
    path: null,
    explain: (error: unknown) => error,
  };
  return verifySettings(
    {
      settings,
      earlier,
      isSameData: readSwitch({ 'same-data': sameData }, 'same-data'),
      share: asked.share,
      parts: null,
      rotation: null,
    },
    command,
  );
}

const BESIDE_ONLY = new Set([
  ...['source', 'target', 'journal', 'max-runtime', 'same-data', 'no-config'],
  ...['report', 'differences', 'repair', 'log', 'quiet', 'no-color', 'show-values', 'hide-values'],
]);

/** What may be said again: where the sides are, with their passwords, and for how long. */
function readAgain(config: RunConfig, flags: RawFlags): RunConfig {
  const source = readText(flags, 'source');
  const target = readText(flags, 'target');
  return {
    ...config,
    sourceUrl: source === undefined ? config.sourceUrl : readDatabaseUrl(source, 'source'),
    targetUrl: target === undefined ? config.targetUrl : readDatabaseUrl(target, 'target'),
    maxRuntimeMs: readQuantity(flags, RUN_OPTIONS.maxRuntime) ?? config.maxRuntimeMs,
  };
}

function withoutUndefined(flags: RawFlags): RawFlags {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}
