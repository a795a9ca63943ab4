import { deleteKeptRun, type KeptRun, listKeptRuns } from '../app/saved-runs.js';
import { type RawFlags, readText, usageError } from '../config/raw-flags.js';
import { EXIT_CODES } from '../core/verdict.js';
import { formatBytes, formatCounted, formatDuration } from '../words/number-text.js';
import { visibleLine } from '../words/visible-text.js';
import type { CliIo } from './cli-io.js';
import { readJournalPlace } from './journal-folder.js';

interface RunsCommand {
  readonly flags: RawFlags;
  readonly io: CliIo;
}

/** Does what `rowproof runs` was asked to: lists the runs that are kept, or deletes some. */
export function runRuns({ flags, io }: RunsCommand): number {
  const { folder } = readJournalPlace(flags, io.env);
  if (folder === null)
    throw usageError(
      'No home folder is known in which runs are kept.',
      'Name the folder with --journal DIR.',
    );
  const unwanted = readText(flags, 'delete');
  if (unwanted !== undefined) return deleteRuns(folder, unwanted, io);
  const runs = listKeptRuns(folder);
  io.stdout.write(runs.length === 0 ? `No run is kept in ${folder}.\n` : formatRuns(runs, folder));
  return EXIT_CODES.clean;
}

function deleteRuns(folder: string, name: string, io: CliIo): number {
  const kept = listKeptRuns(folder);
  const names = name === 'all' ? kept.filter(({ atWork }) => atWork === null) : [{ run: name }];
  for (const { run } of names) {
    const pauses = kept.filter((each) => each.run === run).flatMap(describePause);
    deleteKeptRun(folder, run);
    io.stdout.write(`Deleted ${run}.\n${pauses.map((line) => `${visibleLine(line)}\n`).join('')}`);
  }
  if (names.length === 0) io.stdout.write(`No run is kept in ${folder} that could be deleted.\n`);
  return EXIT_CODES.clean;
}

function formatRuns(runs: readonly KeptRun[], folder: string): string {
  const lines = runs.flatMap((run) => [describeRun(run), ...describeSides(run), ...describePause(run)]);
  return `${[
    ...lines,
    `Kept in ${folder}: which rows were compared, and keys of those that differ; no other values.`,
  ]
    .map(visibleLine)
    .join('\n')}\n`;
}

function describeRun({
  run,
  startedAt,
  sittings,
  bytes,
  atWork,
  tables,
  writtenMs,
  ended,
  rotates,
  isWatch,
}: KeptRun): string {
  if (startedAt === null) return `${run}  cannot be read; ${formatBytes(bytes)}`;
  const next = rotates ? 'night' : isWatch ? 'rowproof watch' : null;
  const end = ended === null ? 'waits' : `ended: ${ended}`;
  const rest = next === null ? end : `goes on with the next ${next}`;
  const state = atWork === null ? rest : `at work: process ${atWork.pid} on ${atWork.host}`;
  const age = (ms: number): string => formatDuration(Date.now() - ms);
  const size = `${formatCounted(tables, 'table')}, ${formatCounted(sittings, 'sitting')}, ${formatBytes(bytes)}`;
  return `${run}  ${state}; begun ${age(Date.parse(startedAt))} ago, last written ${age(writtenMs)} ago; ${size}`;
}

function describePause({ run, pausedReplica }: KeptRun): string[] {
  if (pausedReplica === null) return [];
  return [
    `  The target was told to apply nothing, and may still do so. rowproof resume ${run} starts it again, and so does: ${pausedReplica};`,
  ];
}

function describeSides({ sides }: KeptRun): string[] {
  return sides === null ? [] : [`  source ${sides.source}`, `  target ${sides.target}`];
}
