import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  filesOfUrls,
  type PlannedFile,
  refuseInputsAsOutputs,
  refuseSharedFiles,
} from '../config/file-place.js';
import { whyNotRead } from '../config/file-reason.js';
import { optionError, type RawFlags, readList, readSwitch, readText } from '../config/raw-flags.js';
import type { RunConfig } from '../config/run-config.js';
import type { AcceptedFinding } from '../core/gate/accepted-finding.js';
import type { Phase } from '../core/gate/check.js';
import type { Side } from '../core/pairing.js';
import type { RunResult } from '../core/result.js';
import type { CliIo } from './cli-io.js';
import { type OutputPlan, plannedFiles, planOutput } from './output-plan.js';
import type { Settings } from './read-settings.js';
import { readTextFile } from './read-text-file.js';
import { readSavedRun } from './saved-run.js';
import { refuseTakenStdout } from './taken-stdout.js';

/** What `rowproof preflight` or `rowproof cutover` was asked. */
export interface GateSettings {
  readonly config: RunConfig;
  readonly phase: Phase;
  readonly isDeep: boolean;
  readonly isStrict: boolean;
  readonly accepted: readonly AcceptedFinding[];
  readonly earlier: RunResult | null;
  readonly application: string | null;
  /** The text of the file of leftovers; empty for none. */
  readonly leftovers: string;
  /** Whether only the grants are to be printed. */
  readonly wantsGrants: boolean;
  readonly fixes: Readonly<Record<Side, string>> | null;
  readonly runbook: string | null;
  readonly plan: OutputPlan;
  /** Every file that is written. */
  readonly outputs: readonly PlannedFile[];
  /** Those of the command line, and those that a config file stands for. */
  readonly flags: RawFlags;
  /** Whether a waivers file is looked for where none is named. */
  readonly looksForWaivers: boolean;
}

const OUTPUTS = ['log', 'quiet', 'no-color', 'report'];

/** Reads what the gate is asked, and refuses what could not be written. */
export function readGateSettings(
  { config, flags, path }: Settings,
  command: 'preflight' | 'cutover',
  { env }: Pick<CliIo, 'env'>,
): GateSettings {
  const plan = planOutput(Object.fromEntries(OUTPUTS.map((name) => [name, flags[name]])), env);
  const folder = readText(flags, 'fixes') ?? null;
  if (folder !== null) assertFolder(folder);
  const fixes =
    folder === null
      ? null
      : { source: join(folder, 'fixes.source.sql'), target: join(folder, 'fixes.target.sql') };
  const runbook = readText(flags, 'runbook') ?? null;
  const rows = readText(flags, 'rows') ?? null;
  const files = [
    ...plannedFiles(plan),
    ...Object.values(fixes ?? {}).map((each) => ({ flag: '--fixes', path: each })),
    ...(runbook === null ? [] : [{ flag: '--runbook', path: runbook }]),
  ];
  refuseSharedFiles(files);
  if (plan.stdout !== null && plan.stdout !== 'table') refuseTakenStdout(files, plan.stdout);
  const inputs = filesOfUrls([config.sourceUrl, config.targetUrl], env);
  refuseInputsAsOutputs(files, [...inputs, ...[path, rows].filter((each) => each !== null)]);
  const isAfter = readSwitch(flags, 'after');
  if (isAfter && rows !== null)
    throw optionError({
      option: '--rows',
      message: 'Expected --rows or --after, got both.',
      hint: 'After the switch the sides part on purpose: leave --rows out.',
    });
  return {
    config,
    phase: command === 'preflight' ? 'preflight' : isAfter ? 'after' : 'cutover',
    isDeep: readSwitch(flags, 'deep'),
    isStrict: readSwitch(flags, 'strict'),
    accepted: readList(flags, 'accept').map(readAcceptance),
    earlier: rows === null ? null : readSavedRun(resolve(rows)),
    application: readText(flags, 'application') ?? null,
    leftovers: readLeftovers(readText(flags, 'leftovers') ?? null),
    wantsGrants: readSwitch(flags, 'grants'),
    ...{ fixes, runbook, plan },
    outputs: files,
    flags,
    looksForWaivers: true,
  };
}

/** `CHECK:SUBJECT=REASON`; the subject holds no `=`, or the reason begins behind the last one that blanks stand around. */
function readAcceptance(text: string): AcceptedFinding {
  const [, check, subject, reason] = /^([a-z][a-z-]*):(.+?)=(.*\S.*)$/s.exec(text) ?? [];
  if (check === undefined || subject === undefined || reason === undefined)
    throw optionError({
      option: '--accept',
      message: `Expected --accept CHECK:SUBJECT=REASON, got ${text}.`,
      hint: "For example --accept 'leftovers:public._orders_gho=drop on Monday', with the names that the report has.",
    });
  return { check, subject, reason: reason.trim(), owner: null, expires: null, evidence: null };
}

/** No list of names comes near it. */
const MOST_LEFTOVERS_BYTES = 1 << 20;

function readLeftovers(path: string | null): string {
  if (path === null) return '';
  try {
    return readTextFile(path, MOST_LEFTOVERS_BYTES);
  } catch (cause) {
    throw optionError({
      option: '--leftovers',
      message: `Cannot read --leftovers ${path}: ${whyNotRead(cause)}.`,
      hint: 'Name a file of lines such as: table _{table}_copy our copier.',
      cause,
    });
  }
}

function assertFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw optionError({
    option: '--fixes',
    message: `Cannot write --fixes ${path}: it is no folder.`,
    hint: 'Name a folder that exists: fixes.source.sql and fixes.target.sql are written there.',
  });
}
