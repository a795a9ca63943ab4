import { existsSync } from 'node:fs';
import type { RunResult } from '../core/result.js';
import type { OutputStream } from './cli-io.js';
import type { OutputFile } from './output-file.js';

interface ListedFiles {
  /** Those that belong together. */
  readonly files: readonly OutputFile[];
  readonly result: Pick<RunResult, 'interrupted' | 'stoppedBy' | 'verdict' | 'totals'>;
  readonly stderr: OutputStream;
}

/**
 * Whether files that list rows stay as an earlier run left them, and says so: a run that was ended before it found a row that
 * differs would put emptier ones in their place, and what it was to find is still in those that are there.
 */
export function leavesEarlier({ files, result, stderr }: ListedFiles): boolean {
  if (!endedEmpty(result) || files.some(({ isDirect }) => isDirect)) return false;
  return sayLeft({ files, why: 'this run ended before it found a row that differs', stderr });
}

/** Says that files which list rows are as an earlier run left them, where a run fails before it has any to put in their place. */
export function sayUnwritten(files: readonly OutputFile[], stderr: OutputStream): void {
  const unwritten = files.filter(({ isDirect, isPlaced }) => !isDirect && !isPlaced);
  sayLeft({
    files: unwritten,
    why: 'this run has put nothing in place of what an earlier one found',
    stderr,
  });
}

interface LeftFiles extends Pick<ListedFiles, 'files' | 'stderr'> {
  readonly why: string;
}

/** False where there is none of them. */
function sayLeft({ files, why, stderr }: LeftFiles): boolean {
  const there = files.map(({ path }) => path).filter((path) => existsSync(path));
  if (there.length === 0) return false;
  const [are, they] = there.length === 1 ? ['is', 'it was'] : ['are', 'they were'];
  stderr.write(`${there.join(' and ')} ${are} left as ${they}: ${why}.\n`);
  return true;
}

function endedEmpty({ interrupted, stoppedBy, verdict, totals }: ListedFiles['result']): boolean {
  const { missing, extra, changed, sourceRows, targetRows } = totals;
  if (missing + extra + changed > 0) return false;
  return (
    interrupted || stoppedBy !== undefined || (verdict === 'unverified' && sourceRows + targetRows === 0)
  );
}
