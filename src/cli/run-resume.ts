import { existsSync } from 'node:fs';
import { type RawFlags, readSwitch, readText, usageError } from '../config/raw-flags.js';
import { redactPasswords } from '../config/redact-passwords.js';
import { formatCounted, formatDuration } from '../words/number-text.js';
import { visibleLine } from '../words/visible-text.js';
import { readJournalPlace } from './journal-folder.js';
import { type VerifyCommand, verifySettings } from './run-verify.js';
import { OUTPUT_FLAGS, PACE_FLAGS, PAST_FLAGS, refuseBeside, saidAgain, settingsOf } from './said-again.js';
import { readSavedRun } from './saved-run.js';

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
 * Does what `rowproof verify --only RUN` was asked to: reads again what differed in a run that came to its end, or stayed open. Results go where
 * they are told to go now.
 */
export async function runOnly(command: VerifyCommand): Promise<number> {
  const { only, ...flags } = command.flags;
  const named = readText({ only }, 'only') ?? '';
  refuseBeside('--only', flags, {
    allowed: BESIDE_ONLY,
    hint: 'What is compared is what that run compared.',
  });
  return goOn({ ...command, flags, run: findRun(named) }, { keepsOutputs: false });
}

/** The name of a run, which is no path of a file, or the one that a JSON result tells. */
function findRun(named: string): string {
  if (/^[\w-]+$/.test(named) && !existsSync(named)) return named;
  const { run } = readSavedRun(named);
  if (run !== undefined) return run;
  throw usageError(
    `Nothing was kept of the run in ${named}.`,
    'Run it with --journal DIR, so that --only can read again what differed.',
  );
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
  const config = saidAgain(asked.config, flags);
  const { facts, startedAt, sitting } = earlier.head;
  const age = formatDuration(Date.now() - Date.parse(startedAt));
  for (const line of [
    `Going on with run ${earlier.head.run}, begun ${age} ago, after ${formatCounted(sitting, 'sitting')}`,
    `  source ${placeOf(config.sourceUrl, facts.sides.source)}`,
    `  target ${placeOf(config.targetUrl, facts.sides.target)}`,
  ])
    io.stderr.write(`${visibleLine(line)}\n`);
  const {
    'same-data': sameData,
    source,
    target,
    'max-runtime': maxRuntime,
    'max-differences': maxDifferences,
    'wait-for-server': waitForServer,
    ...rest
  } = flags;
  const outputs = Object.fromEntries(Object.entries(rest).filter(([name]) => !isPaceFlag(name)));
  const { evidence, ...kept } = keepsOutputs ? (asked.outputs as RawFlags) : {};
  if (evidence !== undefined && outputs.evidence === undefined)
    io.stderr.write(
      `Evidence in ${visibleLine(String(evidence))} stays that of the sitting before: name another folder with --evidence DIR.\n`,
    );
  const settings = settingsOf(config, { ...kept, ...withoutUndefined(outputs) });
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

const BESIDE_ONLY = [
  ...['source', 'target', 'journal', 'max-runtime', 'max-differences', 'wait-for-server'],
  ...['same-data', 'no-config'],
  ...PACE_FLAGS,
  ...OUTPUT_FLAGS,
  ...PAST_FLAGS,
];

/** Where a side is now, and what of it is compared. */
function placeOf(url: string, { schema }: { readonly schema: string }): string {
  return `${redactPasswords(url)}, schema ${schema}`;
}

function isPaceFlag(name: string): boolean {
  return PACE_FLAGS.some((flag) => flag === name);
}

function withoutUndefined(flags: RawFlags): RawFlags {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}
