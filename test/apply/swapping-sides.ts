import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import type { RepairSides } from '../repair/repair-round.js';
import { type TestEngine, useDatabase } from '../support/database.js';
import { makeFolder, repairFile } from './applied.js';

export const CREATE =
  'CREATE TABLE t (id int PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, note varchar(20))';

/** The key of a row that only the last transaction of the repair changes. */
export const LAST_ID = 34;

/** With it, the first transaction holds all rows that pass unique values on. */
const STATEMENTS_IN_TRANSACTION = 16;

export const values = (from: number, to: number, note: string): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `(${from + i}, 'e${from + i}', '${note}')`).join(',');

/** Two databases, and a repair file of two transactions that lies in a folder of its own each time it is asked for. */
export interface SwappingSides extends RepairSides {
  readonly file: () => Promise<string>;
  /** How many rows it writes. */
  readonly rows: number;
}

/**
 * Gives the surrounding `describe` databases of which two rows swap a unique value, one is too many, one is missing, and
 * the others differ. Every test leaves them as they were.
 */
export function useSwappingSides(engine: TestEngine): SwappingSides {
  const [source, target] = [useDatabase(engine), useDatabase(engine)];
  let text: string | null = null;
  beforeAll(async () => {
    await source.run(
      `${CREATE}; INSERT INTO t VALUES (1,'b','n'),(2,'a','n'),(3,'c','n'),${values(10, LAST_ID, 'n')}`,
    );
    await target.run(
      `${CREATE}; INSERT INTO t VALUES (1,'a','o'),(2,'b','o'),(4,'x','o'),${values(12, LAST_ID, 'o')}`,
    );
  });
  const file = async (): Promise<string> => {
    text ??= inTransactions(readFileSync(await repairFile({ source, target }), 'utf8'));
    const path = join(makeFolder(), 'fix.sql');
    writeFileSync(path, text);
    return path;
  };
  return { source, target, file, rows: LAST_ID - 10 + 1 + 4 };
}

/** Cuts the one transaction of a repair file into several. */
export function inTransactions(text: string): string {
  const [begin] = /^(BEGIN|START TRANSACTION);$/m.exec(text) ?? [];
  let statements = 0;
  return text
    .split('\n')
    .map((line) => {
      const isNext = line.startsWith('/*r ') && statements++ > 0;
      return isNext && (statements - 1) % STATEMENTS_IN_TRANSACTION === 0
        ? `COMMIT;\n\n${begin}\n${line}`
        : line;
    })
    .join('\n');
}
