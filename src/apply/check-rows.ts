import type { WriteDialect, WriteSession } from '../engines/write.js';
import type { Block } from './blocks.js';
import type { RowStatement } from './row-statement.js';
import type { AppliedTable } from './undo-statement.js';
import { buildIsAsWanted, buildWantedCheck, foldStatements, type WantedRow } from './wanted-row.js';
import type { WriteConnection } from './write-connection.js';

/** All statements of one row, in their order. */
export interface RowStatements {
  readonly mark: string;
  readonly statements: readonly RowStatement[];
}

/** A row that is not as its statements want it, and in what. */
export interface UnwantedRow extends RowStatements {
  readonly reason: string;
  /** Whether a guard that looks after foreign keys keeps its statements from it, whatever values it has. */
  readonly isGuarded: boolean;
}

/** Bounds one statement: so many rows, and so many characters. */
const MOST_ROWS = 100;
const MOST_CHARACTERS = 256 << 10;

/** The rows of blocks, each with its own statements. */
export function rowsOf(blocks: readonly Block[]): RowStatements[] {
  const rows = new Map<string, RowStatement[]>();
  for (const statement of blocks.flat()) {
    const own = rows.get(statement.mark);
    if (own === undefined) rows.set(statement.mark, [statement]);
    else own.push(statement);
  }
  return [...rows].map(([mark, statements]) => ({ mark, statements }));
}

interface CheckParts {
  readonly connection: WriteConnection;
  readonly tables: ReadonlyMap<number, AppliedTable>;
}

/** Reads rows again and returns those that are not as their statements want them; the server compares the values. */
export async function findUnwanted(
  rows: readonly RowStatements[],
  parts: CheckParts,
): Promise<UnwantedRow[]> {
  const found: UnwantedRow[] = [];
  for (const group of groupRows(rows, parts)) found.push(...(await checkGroup(group, parts)));
  return found;
}

interface PreparedRow {
  readonly row: RowStatements;
  readonly wanted: WantedRow;
  readonly applied: AppliedTable;
}

function* groupRows(rows: readonly RowStatements[], { tables }: CheckParts): Generator<PreparedRow[]> {
  let group: PreparedRow[] = [];
  let characters = 0;
  for (const row of rows) {
    const applied = tables.get(row.statements[0]?.table ?? -1);
    if (applied === undefined) throw new RangeError(`The table of row ${row.mark} was not prepared`);
    const length = row.statements.reduce((sum, { sql }) => sum + sql.length, 0);
    if (group.length === MOST_ROWS || (group.length > 0 && characters + length > MOST_CHARACTERS)) {
      yield group;
      group = [];
      characters = 0;
    }
    group.push({ row, wanted: foldStatements(row.statements, applied), applied });
    characters += length;
  }
  if (group.length > 0) yield group;
}

async function checkGroup(group: readonly PreparedRow[], { connection }: CheckParts): Promise<UnwantedRow[]> {
  const sql = group
    .map(({ wanted, applied }, number) => buildIsAsWanted(wanted, { number, applied }))
    .join(' UNION ALL ');
  return await connection.read(async (session) => {
    const right = new Set((await session.query(sql)).map(({ place }) => Number(place)));
    const wrong = group.filter((_, number) => !right.has(number));
    const found: UnwantedRow[] = [];
    for (const { row, wanted, applied } of wrong) {
      const guard = await askGuard(row, session, connection.target.dialect);
      const rows = wanted.kind === 'present' ? await session.query(buildWantedCheck(wanted, applied)) : [];
      found.push({ ...row, reason: guard ?? describe(wanted, rows[0]), isGuarded: guard !== null });
    }
    return found;
  });
}

/** Why a guard keeps the statements of a row from it; null where none does. */
async function askGuard(
  { statements }: RowStatements,
  session: WriteSession,
  dialect: WriteDialect,
): Promise<string | null> {
  const questions = statements.map(({ sql }) => dialect.guardQuestion(sql)).filter((sql) => sql !== null);
  for (const question of new Set(questions)) {
    const [answer] = await session.query(question);
    if (answer?.reason != null) return answer.reason;
  }
  return null;
}

function describe(
  { kind, assignments }: WantedRow,
  row: Readonly<Record<string, string | null>> | undefined,
): string {
  if (kind === 'absent') return 'The row is still there.';
  if (kind === 'copies') return 'There are not as many equal rows as the file wants.';
  if (row === undefined) return 'The row is not there.';
  const columns = assignments.flatMap(({ column }, i) => (row[`w${i}`] === '1' ? [] : [column]));
  if (columns.length === 0) return 'The row changed while it was read.';
  return `${columns.join(', ')} ${columns.length === 1 ? 'has' : 'have'} another value than the file wants.`;
}
