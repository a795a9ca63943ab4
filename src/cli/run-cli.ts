import { EXIT_CODES } from '../core/verdict.js';
import { formatWorkflowCommand } from '../report/github/workflow-command.js';
import { guardText } from '../words/visible-text.js';
import type { CliIo, GuardedIo } from './cli-io.js';
import type { Command } from './command.js';
import { describeFailure, hidePasswords } from './failure.js';
import { readPlainWords } from './plain-words.js';
import { type Apply, runApply } from './run-apply.js';
import { type Plan, runPlan } from './run-plan.js';
import { runVerify, type Verify } from './run-verify.js';

const HELP_WIDTH = 80;

/** What the command line calls; a test hands in its own. */
export interface CliParts {
  readonly verify: Verify;
  readonly plan: Plan;
  readonly apply: Apply;
}

/** Runs one command line and returns its exit code; it never throws. */
export async function runCli(argv: readonly string[], io: CliIo, parts: CliParts): Promise<number> {
  const secretive = [...argv];
  const keepSecret = (text: string) => void secretive.push(text);
  const hideSecrets = (text: string) => hidePasswords(text, secretive);
  const guarded = guardStreams(io, secretive);
  try {
    const command = readPlainWords(argv) ?? (await parseWords(argv, io.stdout.columns ?? HELP_WIDTH));
    if (command.kind === 'verify' && command.flags.only !== undefined) {
      // Loaded late: few runs read again what an earlier one found.
      const { runOnly } = await import('./run-resume.js');
      return await runOnly({ ...command, io: guarded, keepSecret, hideSecrets, words: argv, ...parts });
    }
    if (command.kind === 'verify')
      return await runVerify({ ...command, io: guarded, keepSecret, hideSecrets, words: argv, ...parts });
    if (command.kind === 'watch') {
      // Loaded late: only this command reads more than once.
      const { runWatch } = await import('./run-watch.js');
      return await runWatch({ ...command, io: guarded, keepSecret, hideSecrets, words: argv, ...parts });
    }
    if (command.kind === 'preflight' || command.kind === 'cutover') {
      // Loaded late: the other commands have no checks.
      const { runGateCommand } = await import('./run-gate.js');
      return await runGateCommand({
        ...command,
        io: guarded,
        keepSecret,
        hideSecrets,
        words: argv,
        ...parts,
      });
    }
    if (command.kind === 'resume') {
      // Loaded late: the other commands have no use for journals.
      const { runResume } = await import('./run-resume.js');
      return await runResume({ ...command, io: guarded, keepSecret, hideSecrets, words: argv, ...parts });
    }
    if (command.kind === 'merge') {
      // Loaded late: only this command joins parts.
      const { runMerge } = await import('./run-merge.js');
      return await runMerge({ ...command, io: guarded, keepSecret, hideSecrets, words: argv, ...parts });
    }
    if (command.kind === 'runs') {
      const { runRuns } = await import('./run-runs.js');
      return runRuns({ ...command, io: guarded });
    }
    if (command.kind === 'plan') return await runPlan({ ...command, io: guarded, keepSecret, ...parts });
    if (command.kind === 'apply') return await runApply({ ...command, io: guarded, ...parts });
    if (command.kind === 'init') {
      // Loaded late: the other commands have no use for writing YAML.
      const { runInit } = await import('./run-init.js');
      return await runInit({ ...command, io: guarded });
    }
    if (command.kind === 'evidence') {
      const { runEvidence } = await import('./run-evidence.js');
      return await runEvidence({ ...command, io: guarded });
    }
    if (command.kind === 'report') {
      // Loaded late: only this command reads what a stranger may have written.
      const { runReport } = await import('./run-report.js');
      return await runReport({ ...command, io: guarded });
    }
    if (command.kind === 'waive' || command.kind === 'baseline' || command.kind === 'history')
      return await runPast(command, guarded);
    guarded.stdout.write(command.text);
    return EXIT_CODES.clean;
  } catch (error) {
    const { text, exitCode } = describeFailure(error, secretive);
    guarded.stderr.write(text);
    return exitCode;
  }
}

/** Loaded late: most command lines need no parser that explains what is wrong with them. */
async function parseWords(argv: readonly string[], width: number): Promise<Command> {
  const { parseCommandLine } = await import('./command-line.js');
  return await parseCommandLine(argv, width);
}

/** Loaded late: the other commands have no use for writing YAML, nor for what earlier runs left. */
async function runPast(
  command: Extract<Command, { readonly kind: 'waive' | 'baseline' | 'history' }>,
  io: GuardedIo,
): Promise<number> {
  if (command.kind === 'waive') return (await import('./run-waive.js')).runWaive({ ...command, io });
  if (command.kind === 'baseline') return (await import('./run-baseline.js')).runBaseline({ ...command, io });
  return (await import('./run-history.js')).runHistory({ ...command, io });
}

/**
 * The one place through which all text leaves: keeps passwords out of stderr, whoever quotes them, and out of both streams
 * what a terminal or a build server would obey; takes a reader that has left for no error.
 */
function guardStreams(io: CliIo, argv: readonly string[]): GuardedIo {
  const { stdout, stderr } = io;
  return {
    ...io,
    stdout: {
      isTTY: stdout.isTTY,
      columns: stdout.columns,
      write: (text) => ignoringClosedPipe(() => stdout.write(guardText(text))),
    },
    annotate: (annotation) => ignoringClosedPipe(() => stdout.write(formatWorkflowCommand(annotation))),
    stderr: {
      isTTY: stderr.isTTY,
      get columns() {
        return stderr.columns;
      },
      write: (text) => ignoringClosedPipe(() => stderr.write(hidePasswords(guardText(text), argv))),
    },
  };
}

function ignoringClosedPipe(write: () => unknown): void {
  try {
    write();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return;
    throw error;
  }
}
