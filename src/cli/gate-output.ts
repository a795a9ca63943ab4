import type { GateOutcome } from '../app/gate/gate-ask.js';
import type { GateFinding, GateResult } from '../core/gate/gate-result.js';
import { SIDES, type Side } from '../core/pairing.js';
import { writeFixesFile } from '../repair/fixes-file.js';
import { DEFAULT_WIDTH } from '../report/draw-report.js';
import { formatGate } from '../report/gate/format-gate.js';
import { listGateAnnotations } from '../report/gate/gate-annotations.js';
import { formatAnswer, GATE_VERDICT_WORDS } from '../report/gate/gate-words.js';
import { formatRunbook } from '../report/gate/runbook.js';
import { guardMetrics } from '../report/prometheus/metric-lines.js';
import { formatCounted } from '../words/number-text.js';
import type { GuardedIo } from './cli-io.js';
import type { GateSettings } from './gate-settings.js';
import { type OutputFile, openOutputFile } from './output-file.js';
import type { OutputPlan } from './output-plan.js';

/** All places that a gate writes to, opened before it asks anything. */
export interface GateOutput {
  write(outcome: GateOutcome): Promise<void>;
  /** Removes files that were not completed. */
  discard(): void;
}

interface OpenFiles {
  readonly reports: readonly { readonly report: OutputPlan['files'][number]; readonly file: OutputFile }[];
  readonly fixes: Readonly<Record<Side, OutputFile>> | null;
  readonly runbook: OutputFile | null;
}

/** Opens every output of a gate, or none of them. */
export function openGateOutput(asked: GateSettings, io: GuardedIo): GateOutput {
  const opened: OutputFile[] = [];
  const discard = (): void => {
    for (const file of opened) file.discard();
  };
  const open = (...of: Parameters<typeof openOutputFile>): OutputFile => {
    const file = openOutputFile(...of);
    opened.push(file);
    return file;
  };
  try {
    const { fixes, runbook, plan } = asked;
    const files: OpenFiles = {
      reports: plan.files.map((report) => ({
        report,
        file: open({ flag: '--report', path: report.path, access: accessOf(report) }),
      })),
      fixes: fixes && {
        source: open({ flag: '--fixes', path: fixes.source, access: 'private' }),
        target: open({ flag: '--fixes', path: fixes.target, access: 'private' }),
      },
      runbook: runbook === null ? null : open({ flag: '--runbook', path: runbook, access: 'private' }),
    };
    return { discard, write: (outcome) => writeOutcome({ asked, io, files }, outcome) };
  } catch (error) {
    discard();
    throw error;
  }
}

function accessOf({ format, isShared }: OutputPlan['files'][number]): 'appended' | 'readable' | 'private' {
  if (isShared) return 'appended';
  return format === 'prometheus' ? 'readable' : 'private';
}

interface Destination {
  readonly asked: GateSettings;
  readonly io: GuardedIo;
  readonly files: OpenFiles;
}

async function writeOutcome(destination: Destination, outcome: GateOutcome): Promise<void> {
  const { files, asked, io } = destination;
  const result = await writeFixes(destination, outcome);
  await files.runbook?.write([
    formatRunbook({ result, follow: outcome.context.follow, fixes: asked.fixes, write: outcome.write }),
  ]);
  for (const { report, file } of files.reports)
    await file.write([formatGate(result, { format: report.format })]);
  if (asked.plan.annotates) for (const annotation of listGateAnnotations(result)) io.annotate(annotation);
  writeStreams(destination, result);
}

/** Writes the files of fixes, and has the findings say where their statements stand. */
async function writeFixes(
  { files, asked, io }: Destination,
  { result, places }: GateOutcome,
): Promise<GateResult> {
  if (files.fixes === null || asked.fixes === null) return result;
  const where = new Map<GateFinding, string>();
  for (const side of SIDES) {
    const path = asked.fixes[side];
    const written = writeFixesFile({ result, side, path, ...places[side] });
    await files.fixes[side].write([written.text]);
    for (const [finding, line] of written.lines) where.set(finding, `${path}:${line}`);
    const { safe, commented } = written;
    const rest = commented === 0 ? '' : `, ${commented} more are commented out`;
    if (!asked.plan.quiet) io.stderr.write(`${path}: ${formatCounted(safe, 'statement')} to be run${rest}\n`);
  }
  const checks = result.checks.map((check) => ({
    ...check,
    findings: check.findings.map((finding) => ({ ...finding, place: where.get(finding) ?? null })),
  }));
  return { ...result, checks };
}

/** Whatever the formats asked for, somebody who looks at the terminal sees the answer. */
function writeStreams({ asked: { plan }, io }: Destination, result: GateResult): void {
  const short = `${formatAnswer(result)}\n${GATE_VERDICT_WORDS[result.verdict]}\n`;
  if (plan.stdout === null || (plan.quiet && plan.stdout === 'table')) {
    io.stdout.write(short);
    return;
  }
  const noColor = plan.noColor || (io.env.NO_COLOR ?? '') !== '' || io.env.TERM === 'dumb';
  const color = io.stdout.isTTY === true && !noColor;
  const text = formatGate(result, { format: plan.stdout, color, width: io.stdout.columns ?? DEFAULT_WIDTH });
  io.stdout.write(plan.stdout === 'prometheus' ? guardMetrics(text) : text);
  if (plan.stdout !== 'table' && !plan.quiet) io.stderr.write(short);
}
