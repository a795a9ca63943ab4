import { beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compare } from '../app/compare.js';
import { useDatabase } from '../support/database.js';

/**
 * Base types that nobody has a rule for: one with a binary form, one without. One server gives out their numbers, so
 * they differ between the two databases, as they do after a dump and a restore.
 */
const makeType = (name: string, send: string): string => `CREATE TYPE ${name};
  CREATE FUNCTION ${name}_in(cstring) RETURNS ${name} AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
  CREATE FUNCTION ${name}_out(${name}) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
  CREATE FUNCTION ${name}_send(${name}) RETURNS bytea AS 'textsend' LANGUAGE internal IMMUTABLE STRICT;
  CREATE TYPE ${name} (INPUT = ${name}_in, OUTPUT = ${name}_out, ${send} LIKE = text, CATEGORY = 'U');`;

const SCHEMA = `${makeType('odd', 'SEND = odd_send,')} ${makeType('mute', '')}
  CREATE TYPE pair_of_odd AS (n numeric, o odd);`;

const TABLES = ['same', 'bytes', 'text', 'parts', 'rows', 'mixed'];
const COLUMNS = '(id int PRIMARY KEY, o odd, m mute, list odd[], mutes mute[], p pair_of_odd, t text)';
const EQUAL = `'x', 'y', '{a,NULL,b}', '{q}', '(1.0,z)', 't'`;

describe('a type without a rule', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');
  let comparison: Comparison;

  beforeAll(async () => {
    for (const database of [source, target]) {
      const isSource = database === source;
      await database.run(SCHEMA);
      for (const table of TABLES) await database.run(`CREATE TABLE ${table} ${COLUMNS}`);
      const insert = (table: string, id: number, values: string): Promise<void> =>
        database.run(`INSERT INTO ${table} VALUES (${id}, ${values})`);
      await insert('same', 1, EQUAL);
      await insert('same', 2, 'NULL, NULL, NULL, NULL, NULL, NULL');
      for (const id of [1, 2, 3]) {
        const isOther = !isSource && id > 1;
        await insert('bytes', id, isOther ? EQUAL.replace("'x'", "'X'") : EQUAL);
        await insert('text', id, isOther ? EQUAL.replace("'y'", "'Y'") : EQUAL);
        await insert('parts', id, isOther ? EQUAL.replace('b}', 'B}').replace(',z', ',Z') : EQUAL);
        await insert('mixed', id, isOther ? EQUAL.replace("'x'", "'X'").replace("'t'", "'T'") : EQUAL);
      }
      if (isSource) await insert('rows', 1, EQUAL);
    }
    comparison = await compare({ source, target });
  });

  const resultOf = (table: string) =>
    comparison.result.tables.find(({ source: name }) => name === `public.${table}`);

  it('proves itself equal by its bytes, inside arrays and composites too', () => {
    expect(resultOf('same')).toMatchObject({ verdict: 'verified', sourceRows: 2, findings: [] });
  });

  it.each([
    ['bytes', ['o']],
    ['text', ['m']],
    ['parts', ['list', 'p']],
  ])('is unverified with the number of rows where its bytes differ, in %s', (table, columns) => {
    const result = resultOf(table);
    expect(result).toMatchObject({ verdict: 'unverified', changed: 0, inFlight: 0, changedColumns: {} });
    expect(result?.findings.map(({ code, message }) => [code, message])).toEqual(
      columns.map((column) => [
        'column-unverified',
        expect.stringMatching(new RegExp(`^Column ${column} could not be compared: .*differ in 2 rows\\.$`)),
      ]),
    );
    expect(result?.columns.filter(({ compared }) => !compared).map(({ source: name }) => name)).toEqual(
      columns,
    );
    expect(comparison.differences.filter((difference) => difference.table === `public.${table}`)).toEqual([]);
  });

  it('does not hide a column that differs in the same row', () => {
    expect(resultOf('mixed')).toMatchObject({ verdict: 'different', changed: 2, changedColumns: { t: 2 } });
    expect(resultOf('mixed')?.findings.map(({ code }) => code)).toEqual(['column-unverified']);
  });

  it('is shown as the server sends it in a row that one side lacks', () => {
    expect(resultOf('rows')?.sample).toMatchObject([
      {
        kind: 'missing',
        source: { o: { hex: '78' }, m: 'y', list: '{"\\\\x61",NULL,"\\\\x62"}', mutes: '{q}' },
      },
    ]);
  });
});
