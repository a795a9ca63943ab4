import { beforeAll, describe, expect, it } from 'vitest';
import { compare, findingCodes, tableResult } from '../app/compare.js';
import type { TestDatabase } from '../support/database.js';
import { serversToTest } from '../support/servers/list.js';
import { useServer } from '../support/servers/use-server.js';
import { type AlikeValues, alikeValuesOf, schemaOf } from './alike-values.js';
import { openRowHashes, type RowHashes } from './row-hashes.js';

/** A row for each two values of a column: which of them it has on either side. */
interface PairedRow {
  readonly id: number;
  readonly source: string;
  readonly target: string;
  readonly isSame: boolean;
  readonly isEqual: boolean;
}

function pairUp({ groups }: AlikeValues): PairedRow[] {
  const values = groups.flatMap((group, at) => group.map((value) => ({ value, at })));
  return values.flatMap((one, i) =>
    values.map((other, j) => ({
      id: i * values.length + j,
      source: one.value,
      target: other.value,
      isSame: i === j,
      isEqual: one.at === other.at,
    })),
  );
}

async function fill(database: TestDatabase, side: 'source' | 'target', columns: readonly AlikeValues[]) {
  await database.run(schemaOf(database.engine, side));
  for (const column of columns) {
    const type = side === 'source' ? column.type : (column.targetType ?? column.type);
    const rows = pairUp(column).map((row) => `(${row.id}, ${row[side]})`);
    await database.run(`CREATE TABLE ${column.name} (id int PRIMARY KEY, v ${type});
      INSERT INTO ${column.name} VALUES ${rows.join(', ')}`);
  }
}

describe.each(serversToTest())('values that are alike on $name', (kind) => {
  const server = useServer(kind);
  const sides = {} as Record<'source' | 'target', TestDatabase>;
  let columns: readonly AlikeValues[] = [];
  let canHash = true;

  beforeAll(async () => {
    for (const side of ['source', 'target'] as const) sides[side] = await server.openDatabase();
    const question = kind.engine === 'postgresql' ? 'SHOW server_version' : 'SELECT VERSION()';
    const version = String((await sides.source.query(question))[0]?.[0]);
    columns = alikeValuesOf(kind.engine, version);
    canHash = kind.engine !== 'postgresql' || Number.parseFloat(version) >= 14;
    for (const side of ['source', 'target'] as const) await fill(sides[side], side, columns);
  });

  it.each(['client', 'server'])(
    'are told apart by checksums of the %s, and no equal ones are',
    async (place) => {
      const found = await compare({ ...sides, flags: { 'checksum-on': place } });
      for (const column of columns) {
        const changed = found.differences
          .filter(({ table }) => table.endsWith(`.${column.name}`))
          .map(({ difference: { kind: what, key } }) => `${what} ${key?.id}`);
        const expected = pairUp(column).filter(({ isEqual }) => !isEqual);
        expect([column.name, ...changed]).toEqual([
          column.name,
          ...expected.map(({ id }) => `changed ${id}`),
        ]);
        const codes = place === 'server' && !canHash ? ['checksum-on-client'] : [];
        expect([column.name, ...findingCodes(tableResult(found, column.name))]).toEqual([
          column.name,
          ...codes,
        ]);
      }
    },
  );

  it('have the same hash only where a read finds them equal, and always where they are the same', async () => {
    if (!canHash) return;
    const hashes = await Promise.all([sides.source, sides.target].map(({ url }) => openRowHashes(url)));
    try {
      for (const column of columns) await expectHashes(column, hashes);
    } finally {
      for (const each of hashes) await each.close();
    }
  });
});

async function expectHashes(column: AlikeValues, [source, target]: readonly RowHashes[]): Promise<void> {
  const rows = pairUp(column);
  const ids = rows.map(({ id }) => id);
  const [one, other] = [await source?.read(column.name, ids), await target?.read(column.name, ids)];
  for (const row of rows) {
    const hash = one?.get(row.id) ?? null;
    const isProved = hash !== null && hash === other?.get(row.id);
    const what = `${column.name}: ${row.source} and ${row.target}`;
    if (isProved) expect([what, row.isEqual]).toEqual([what, true]);
    else if (!column.isUnsteady) expect([what, row.isSame]).toEqual([what, false]);
  }
}
