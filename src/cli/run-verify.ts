import type { RunHooks, VerifyOutcome } from '../app/run-hooks.js';
import type { Sitting } from '../app/sitting.js';
import { optionError, type RawFlags, readSwitch, readText } from '../config/raw-flags.js';
import { hidesRows, type RunConfig, sidesOf } from '../config/run-config.js';
import { RowproofError } from '../core/errors.js';
import { exitCodeOfResult } from '../core/exit-code.js';
import type { Log } from '../core/log.js';
import { EXIT_CODES } from '../core/verdict.js';
import type { Annotation } from '../report/github/workflow-command.js';
import type { RunLabels } from '../report/prometheus/last-run.js';
import type { GuardedIo } from './cli-io.js';
import { describeOnly, describeResume, openCommandSitting, type SittingAsk } from './command-sitting.js';
import type { EvidenceOutput, openEvidence as OpenEvidence } from './evidence-output.js';
import { type Interruption, listenForInterrupts } from './interruption.js';
import { LOG_TO_STDERR, openLog } from './open-log.js';
import { type OutputPlan, plannedFiles, showsRows } from './output-plan.js';
import { openPartFiles, type PartFiles } from './part-files.js';
import { readPartSettings } from './part-settings.js';
import { openPast } from './past.js';
import type { Past } from './past-plan.js';
import { createProgress, createSilence, type Progress } from './progress.js';
import { readSettings } from './read-settings.js';
import { readRotation } from './rotation-settings.js';
import { describeNextStep, openRunOutput, type RunOutput } from './run-output.js';
import { tellBeside } from './taken-stdout.js';
import { turnSettings } from './turn-settings.js';
import { planVerifyOutputs } from './verify-outputs.js';
import { WritingWatch } from './writing-watch.js';

/** The run itself, handed in so that the command line can be tested without a database. */
export type Verify = (config: RunConfig, hooks: Required<RunHooks>) => Promise<VerifyOutcome>;

export interface VerifyCommand {
  readonly flags: RawFlags;
  readonly io: GuardedIo;
  readonly verify: Verify;
  /** Told what holds passwords that are not on the command line. */
  readonly keepSecret: (text: string) => void;
  /** Takes passwords out of a text. */
  readonly hideSecrets: (text: string) => string;
  /** The words of the command line. */
  readonly words: readonly string[];
}

const TICK_MS = 250;

/** Does what `rowproof verify` was asked to and returns the exit code; nothing is read before every output is open. */
export async function runVerify(command: VerifyCommand): Promise<number> {
  const { flags } = command;
  if (flags.plan !== undefined || flags.part !== undefined) {
    const request = await readPartSettings(flags, command.io);
    return verifySettings(
      { ...request, earlier: null, isSameData: readSwitch(flags, 'same-data'), parts: null, rotation: null },
      command,
    );
  }
  refuseWithoutPlan(flags);
  const settings = await turnSettings(await readSettings(command));
  const { config, rotation } = readRotation(settings);
  return verifySettings(
    {
      settings: { ...settings, config },
      earlier: null,
      isSameData: false,
      share: null,
      parts: null,
      rotation,
    },
    command,
  );
}

const NEEDS_PLAN = {
  output: 'A part of a plan is written there; --report FORMAT=PATH writes a result.',
  'same-data': 'It is about servers that are others than when a plan was made.',
} as const;

function refuseWithoutPlan(flags: RawFlags): void {
  for (const [name, hint] of Object.entries(NEEDS_PLAN)) {
    if (flags[name] === undefined) continue;
    throw optionError({
      option: `--${name}`,
      message: `Expected --plan PATH with --${name}, got none.`,
      hint,
    });
  }
}

/** Verifies what settings say, from wherever they come. */
export async function verifySettings(request: SittingAsk, command: VerifyCommand): Promise<number> {
  try {
    return await verifyAsked(request, command);
  } catch (error) {
    throw request.settings.explain(error);
  }
}

async function verifyAsked(request: SittingAsk, command: VerifyCommand): Promise<number> {
  const { settings } = request;
  const { config } = settings;
  const plan = planVerifyOutputs(settings, command.io);
  const io = tellBeside(command.io, plannedFiles(plan));
  const past = await openPast({
    flags: settings.flags,
    io,
    outputs: plan,
    showValues: config.showValues,
    looksForWaivers: command.flags['no-config'] === undefined,
  });
  // Loaded late, with the engines, which the run needs next.
  const { assertUrls } = await import('../config/resolve-side.js');
  assertUrls(sidesOf(config), { looksAtFiles: true });
  const { describeAsked } = await import('../app/asked-run.js');
  const labels = { ...describeAsked(config) };
  const evidence = await openEvidence({ plan, config, io });
  const logged = openLog({ path: plan.logPath, io, hidesValues: hidesRows(config), copy: evidence?.log });
  try {
    const run = { ...request, config, labels, plan, past, io, command, evidence, log: logged.log };
    return await logged.during(() => verifyLogged(run));
  } finally {
    logged.close();
    evidence?.close();
  }
}

/** Loaded late: most runs leave no evidence. */
async function openEvidence(request: Parameters<typeof OpenEvidence>[0]): Promise<EvidenceOutput | null> {
  if (request.plan.evidencePath === null) return null;
  return (await import('./evidence-output.js')).openEvidence(request);
}

async function verifyLogged(request: LoggedRun): Promise<number> {
  const { labels, plan, io, log } = request;
  const output = await openRunOutput({ plan, io });
  const partFiles = openPart(request);
  const giveUp = () => standInAfter({ output, labels, log });
  const progress = openProgress(plan, io);
  const sitting = await openCommandSitting(request, (sentence) => progress.say(sentence));
  const interruption = listenForInterrupts({
    io,
    say: progress.say,
    onSecond: () => endEarly({ output, log, giveUp, sitting }),
  });
  const timer = setInterval(() => progress.tick(), TICK_MS).unref();
  try {
    output.standIn('running', labels);
    return await runAndWrite({ ...request, output, progress, interruption, sitting, partFiles });
  } catch (error) {
    giveUp();
    progress.stop();
    output.sayUnwritten();
    if (plan.annotates) io.annotate(describeEnd(error, request.command.hideSecrets));
    throw error;
  } finally {
    clearInterval(timer);
    progress.stop();
    interruption.close();
    output.discard();
    partFiles?.discard();
  }
}

/** What a job shows at its head where there is no result to tell of. */
function describeEnd(error: unknown, hideSecrets: (text: string) => string): Annotation {
  const message =
    error instanceof RowproofError ? error.message : 'It is a bug in Rowproof; the log has more.';
  return { kind: 'error', title: 'Rowproof ended without a result', message: hideSecrets(message) };
}

interface EarlyEnd extends Pick<Run, 'output' | 'log' | 'sitting'> {
  readonly giveUp: () => void;
}

function endEarly({ output, log, giveUp, sitting }: EarlyEnd): void {
  sitting.journal?.abandon();
  log.warn('command:cut-off', () => ({ exitCode: EXIT_CODES.interrupted }));
  giveUp();
  output.discard();
}

/** The reason for which a run fails matters more than that its report could not say so. */
function standInAfter({ output, labels, log }: Pick<Run, 'output' | 'labels' | 'log'>): void {
  try {
    output.standIn('failed', labels);
  } catch (error) {
    // What says "running" is there already.
    log.warn('report:fail', () => log.describeError(error));
  }
}

interface LoggedRun extends SittingAsk {
  readonly config: RunConfig;
  /** What metrics call the run where it has no result. */
  readonly labels: RunLabels;
  readonly plan: OutputPlan;
  readonly past: Past;
  readonly io: GuardedIo;
  readonly command: Pick<VerifyCommand, 'verify' | 'words' | 'hideSecrets'>;
  readonly log: Log;
  /** Null where no evidence is wanted. */
  readonly evidence: EvidenceOutput | null;
}

interface Run extends LoggedRun {
  readonly output: RunOutput;
  readonly progress: Progress;
  readonly interruption: Interruption;
  readonly sitting: Sitting;
  /** Null where it is all of a run. */
  readonly partFiles: PartFiles | null;
}

function openPart({ share, settings }: LoggedRun): PartFiles | null {
  if (share === null) return null;
  return openPartFiles(readText(settings.flags, 'output') ?? `part-${share.part}.json`);
}

async function runAndWrite(run: Run): Promise<number> {
  const { config, output, progress, interruption, plan, past, io, log, command, evidence, sitting } = run;
  const { signal } = interruption;
  let outcome: VerifyOutcome;
  try {
    outcome = await command.verify(config, {
      onEvent: progress.onEvent,
      signal,
      rowEvents: false,
      keepsRows: plan.differencesPath !== null || showsRows(plan) || evidence !== null || past.readsRows,
      wantsRepair: plan.repairPaths !== null,
      wantsServers: evidence !== null,
      wantsMarks: keepsResult(plan),
      onWarning: (sentence) => progress.say(`Warning: ${sentence}`),
      log,
      sitting,
      waivers: past.waivers,
      mostKnown: past.mostKnown,
      lagWithinMs: null,
    });
  } catch (error) {
    if (signal.aborted && error instanceof Error && error.name === 'AbortError') throw signal.reason;
    throw error;
  } finally {
    interruption.runEnded();
  }
  try {
    const watch = new WritingWatch({ show: progress.show, stop: interruption.writing });
    const words = ['rowproof', ...command.words.map(command.hideSecrets)];
    const { result: judged, differences, trend, failure } = await past.judge(outcome);
    const { hashRow } = past;
    const { resumable, part } = outcome;
    const result = { ...judged, command: words };
    await keepingRun(run, () => output.write({ ...outcome, differences, result, trend, hashRow, watch }));
    progress.stop();
    if (part !== null && !result.interrupted) await run.partFiles?.write(part);
    const isKept = sitting.journal?.keepsDifferences === true && part === null && resumable === null;
    const onlyAgain = isKept ? { ...describeOnly(run), bytes: outcome.differingBytes } : null;
    io.stderr.write(describeNextStep({ plan, result, onlyAgain }));
    io.stderr.write(describeResume({ result, resumable, settings: run.settings, io }));
    const exitCode = exitCodeOfResult(result);
    await evidence?.write({ ...outcome, differences, result, exitCode });
    if (failure !== null) throw failure;
    return exitCode;
  } finally {
    await outcome.close();
  }
}

/** Whether a gate may be given the result later. */
function keepsResult({ stdout, files }: OutputPlan): boolean {
  return stdout === 'json' || files.some(({ format }) => format === 'json');
}

/** What was found and could not be written is found again by another sitting: it only looks at what differed. */
async function keepingRun({ sitting, settings, io }: Run, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const { journal } = sitting;
    journal?.abandon();
    const resumable = journal?.isKept === true ? journal.run : null;
    io.stderr.write(describeResume({ result: { interrupted: false }, resumable, settings, io }));
    throw error;
  }
}

/** Shows how far a run is, as its outputs leave room for it. */
export function openProgress(plan: OutputPlan, io: GuardedIo): Progress {
  if (plan.quiet) return createSilence(io.stderr);
  const isShared = plan.logPath === LOG_TO_STDERR;
  const live = io.stderr.isTTY === true && io.env.TERM !== 'dumb' && !isShared;
  return createProgress({ stream: io.stderr, live, now: io.now });
}
