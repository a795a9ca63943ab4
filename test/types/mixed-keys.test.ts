import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { expectRoundTrip } from '../repair/repair-round.js';
import { fewEnginePairs, type TestEngine, useDatabase } from '../support/database.js';

const isPostgresql = (engine: TestEngine): boolean => engine === 'postgresql';
const bytes = (text: string, engine: TestEngine): string =>
  isPostgresql(engine)
    ? `'\\x${Buffer.from(text, 'utf8').toString('hex')}'::bytea`
    : `x'${Buffer.from(text, 'utf8').toString('hex')}'`;
const time = (engine: TestEngine): string => (isPostgresql(engine) ? 'timestamp(6)' : 'datetime(6)');

describe.each(fewEnginePairs())('a key of two types from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    await source.run(`CREATE TABLE codes (code varchar(40) PRIMARY KEY, v int);
      INSERT INTO codes VALUES ('b', 1), ('Ä', 2), ('a b', 3), ('Z', 4), ('lost', 5)`);
    await target.run(`CREATE TABLE codes (code ${isPostgresql(engines.target) ? 'bytea' : 'varbinary(160)'} PRIMARY KEY, v int);
      INSERT INTO codes VALUES (${bytes('b', engines.target)}, 1), (${bytes('Ä', engines.target)}, 20),
      (${bytes('a b', engines.target)}, 3), (${bytes('Z', engines.target)}, 4), (${bytes('extra', engines.target)}, 5)`);
    await source.run(`CREATE TABLE days (day date PRIMARY KEY, v int);
      INSERT INTO days VALUES ('2024-01-01', 1), ('2024-01-02', 2), ('2024-01-03', 3), ('1999-12-31', 4)`);
    await target.run(`CREATE TABLE days (day ${time(engines.target)} PRIMARY KEY, v int);
      INSERT INTO days VALUES ('2024-01-01 00:00:00', 1), ('2024-01-02 00:00:00.000001', 2), ('2024-01-03 00:00:00', 30),
      ('1999-12-31 00:00:00', 4)`);
  });

  it('tells rows apart by what its values are, and walks no order that the sides do not share', async () => {
    const run = await compare({ source, target });
    const { strategy, key, findings } = tableResult(run, 'codes');
    expect({ strategy, key, findings }).toEqual({ strategy: 'bucket', key: ['code'], findings: [] });
    expect(listDifferences(run).sort()).toEqual(
      [
        'missing lost',
        `extra ${JSON.stringify({ hex: Buffer.from('extra').toString('hex') })}`,
        `changed ${JSON.stringify({ hex: Buffer.from('Ä').toString('hex') })} v`,
        'missing 2024-01-02',
        'extra 2024-01-02 00:00:00.000001',
        'changed 2024-01-03 00:00:00 v',
      ].sort(),
    );
  });

  it('is repaired and undone', async () => {
    await expectRoundTrip({ source, target });
  });
});
