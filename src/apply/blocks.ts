import type { RepairItem } from './repair-reader.js';
import type { RowStatement } from './row-statement.js';

/**
 * Statements that must take effect together: those of one row, and of all rows that come between its first and its last
 * statement, because they take the values that the row put aside.
 */
export type Block = readonly RowStatement[];

/** Blocks that are applied in one transaction if all goes well. */
export type Batch = readonly Block[];

const MOST_STATEMENTS = 1000;
const MOST_CHARACTERS = 1 << 24;

/**
 * Cuts the rows of a file into batches: a transaction of the file, cut again where it would be too much to keep in
 * memory. Only a block is never cut.
 */
export async function* cutBatches(
  items: AsyncIterable<RepairItem>,
  statementsOfRow: ReadonlyMap<string, number>,
): AsyncGenerator<Batch> {
  let batch: Block[] = [];
  let size = { statements: 0, characters: 0 };
  let block: RowStatement[] = [];
  const open = new Map<string, number>();
  for await (const item of items) {
    if (item.kind === 'row') {
      const { statement } = item;
      block.push(statement);
      const left = (open.get(statement.mark) ?? statementsOfRow.get(statement.mark) ?? 1) - 1;
      if (left > 0) open.set(statement.mark, left);
      else open.delete(statement.mark);
      if (open.size > 0) continue;
      size = {
        statements: size.statements + block.length,
        characters: size.characters + block.reduce((sum, { sql }) => sum + sql.length, 0),
      };
      batch.push(block);
      block = [];
    }
    const isFull = size.statements >= MOST_STATEMENTS || size.characters >= MOST_CHARACTERS;
    if (batch.length > 0 && (item.kind === 'commit' || isFull)) {
      yield batch;
      batch = [];
      size = { statements: 0, characters: 0 };
    }
  }
  if (block.length > 0) throw new RangeError('A repair file changed while it was applied');
  if (batch.length > 0) yield batch;
}
