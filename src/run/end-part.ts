import { finishTable } from './finish-table.js';
import { noteDone } from './leave-table.js';
import type { TableRun } from './table-run.js';
import type { TableWork } from './table-work.js';

/** Notes that a part of a table came to its end, or that what is left of it is unverified: never that it was interrupted. */
export async function endPart(run: TableRun, work: TableWork, part: number): Promise<void> {
  await run.spool.seal(work.table.planned.id, part);
  work.openSegments--;
  if (work.isDone) await endParts(run, work);
}

/** Ends a table of which all parts are done. */
export async function endParts(run: TableRun, { table }: TableWork): Promise<void> {
  noteDone(table);
  await finishTable(run, table);
}
