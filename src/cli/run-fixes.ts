import { applyFixes, type FixesPlan, type FixesResult } from '../apply/fixes/apply-fixes.js';
import { redactPasswords } from '../config/redact-passwords.js';
import type { Log } from '../core/log.js';
import { EXIT_CODES } from '../core/verdict.js';
import { formatCounted } from '../words/number-text.js';
import { visibleLine } from '../words/visible-text.js';
import type { CliIo } from './cli-io.js';
import { listenForInterrupts } from './interruption.js';

/** How `rowproof apply` was asked for a file of fixes. */
export interface FixesCommand {
  readonly path: string;
  readonly url: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly otherTarget: boolean;
  readonly quiet: boolean;
  readonly io: CliIo;
  readonly log: Log;
}

/** Runs what is not commented out in a file that `--fixes` wrote; nothing before somebody said yes. */
export async function runFixes(command: FixesCommand): Promise<number> {
  const { io, quiet } = command;
  const say = (text: string): void => void (quiet || io.stderr.write(`${text}\n`));
  const interruption = listenForInterrupts({ io, say, onSecond: () => undefined });
  try {
    const result = await applyFixes({
      path: command.path,
      url: command.url,
      dryRun: command.dryRun,
      otherTarget: command.otherTarget,
      confirm: (plan) => confirmPlan(plan, command),
      onWarning: (sentence) => say(`Warning: ${sentence}`),
      log: command.log,
      signal: interruption.signal,
    });
    io.stdout.write(command.dryRun ? formatPlan(result.plan) : redactPasswords(formatResult(result)));
    if (result.open > 0 && !command.dryRun) return EXIT_CODES.interrupted;
    return result.refused.length === 0 ? EXIT_CODES.clean : EXIT_CODES.different;
  } finally {
    interruption.close();
  }
}

async function confirmPlan(plan: FixesPlan, { yes, quiet, io }: FixesCommand): Promise<boolean> {
  if (!quiet || !yes) io.stderr.write(formatPlan(plan));
  if (yes || io.confirm === undefined) return yes;
  return await io.confirm(`Run this on ${plan.server}? [y/N] `);
}

function formatPlan({ header, server, wanted, commented }: FixesPlan): string {
  const lines = [
    `Fixes for the ${header.side}, as of ${header.asOf}`,
    `Server  ${server}`,
    ...wanted.map(({ line, statement }) => `  line ${line}: ${visibleLine(statement)};`),
    `In all  ${formatCounted(wanted.length, 'statement')}, ${commented} commented out`,
  ];
  return `${lines.join('\n')}\n`;
}

function formatResult({ applied, refused, open }: FixesResult): string {
  const lines = [
    ...refused.map(({ line, reason }) => `Refused (line ${line}): ${visibleLine(reason)}`),
    `${formatCounted(applied, 'statement')} applied`,
    ...(refused.length === 0 ? [] : [`${formatCounted(refused.length, 'statement')} refused`]),
    ...(open === 0 ? [] : [`${formatCounted(open, 'statement')} not run`]),
  ];
  return `${lines.join('\n')}\n`;
}
