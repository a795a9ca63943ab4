import { qualifiedName } from '../core/pairing.js';
import { alteredColumns } from '../repair/obstacle.js';
import type { RowStatement } from './row-statement.js';
import type { FileSurvey, FileToSurvey } from './survey-file.js';
import { readAgain } from './survey-file.js';
import type { AppliedTable } from './undo-statement.js';

interface Searched extends Pick<FileToSurvey, 'file' | 'dialect'> {
  readonly survey: FileSurvey;
  readonly tables: ReadonlyMap<number, AppliedTable>;
}

/**
 * Finds the rows of a file that cannot be written without changing others, with the reason, by their marks. A file asks
 * what there was when it was written, and an undo takes back by statements of other kinds than its repair: what the target
 * has now decides. A row of several statements is left alone as a whole.
 */
export async function findHarmfulRows({
  survey,
  file,
  dialect,
  tables,
}: Searched): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (![...tables.values()].some(mayHarm)) return found;
  for await (const item of readAgain({ survey, file, dialect })) {
    if (item.kind !== 'row') continue;
    const { statement } = item;
    const table = tables.get(statement.table);
    const reason = table === undefined ? null : findHarm(statement, table);
    if (reason !== null && !found.has(statement.mark)) found.set(statement.mark, reason);
  }
  return found;
}

function mayHarm({ table, catalog, facts }: AppliedTable): boolean {
  const name = qualifiedName(table);
  const isReferred = catalog.foreignKeys.some(({ referencedTable }) => referencedTable === name);
  return isReferred || Object.keys(facts?.harmful ?? {}).length > 0;
}

/** Why a statement may change other rows than its own; null where it does not. Deletes ask for rows that refer to theirs. */
function findHarm(
  { kind, assignments }: RowStatement,
  { table, catalog, facts }: AppliedTable,
): string | null {
  const reason = facts?.harmful[kind];
  if (reason !== undefined) return sentence(reason);
  if (kind !== 'update' || facts === null) return null;
  const altered = alteredColumns(
    assignments.map(({ column }) => column),
    facts,
  );
  const name = qualifiedName(table);
  for (const key of catalog.foreignKeys.filter(({ referencedTable }) => referencedTable === name)) {
    const column = key.referencedColumns.find((each) => altered.has(each));
    if (column !== undefined)
      return `Foreign key ${key.name} refers to column ${column}${altered.get(column)}, so rows of ${key.table} may change along.`;
  }
  return null;
}

const sentence = (reason: string): string => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
