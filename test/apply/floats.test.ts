import { describe, expect, it } from 'vitest';
import { compare } from '../app/compare.js';
import { availableEngines, openTestDatabase, type TestEngine } from '../support/database.js';
import { apply, dump, repairFile } from './applied.js';

const readBits = (bits: number): number => new Float32Array(Uint32Array.of(bits).buffer)[0] ?? 0;
const readWideBits = (bits: bigint): number => new Float64Array(BigUint64Array.of(bits).buffer)[0] ?? 0;

/** The smallest of all, those about the border below which digits get lost, some between, the largest, and zero with a sign. */
const SINGLES = [
  ...[1, 2, 3, 7, 71, 1_460_881, 4_194_303, 8_388_606, 8_388_607, 8_388_608, 8_388_609].map(readBits),
  ...[0x7f7fffff, 0x7f7ffffe, 0x3dcccccd, 0x3dcccccc].map(readBits),
];
const DOUBLES = [
  ...[1n, 2n, 3n, 7n, 71n, 1n << 40n, (1n << 52n) - 1n, (1n << 52n) + 1n].map(readWideBits),
  ...[readWideBits(0x7feffffffffffffen), Number.MAX_VALUE, 0.1, 0.3, 1e22, 5e-300],
  ...[1.2345678901234568e-10, 1.2345678901234566e-99],
];
/** Of 23 characters without its sign, of which MySQL prints 22. */
const LONG = readWideBits(1n << 52n);
const ROWS = [...SINGLES, ...SINGLES.map((value) => -value), -0];
const WIDE = [...DOUBLES, ...DOUBLES.map((value) => -value), -0];
const widest = (engine: TestEngine): readonly number[] =>
  engine === 'mysql' ? WIDE : [...WIDE, LONG, -LONG];

const TYPES: Readonly<Record<TestEngine, readonly [single: string, double: string]>> = {
  postgresql: ['real', 'double precision'],
  mysql: ['float', 'double'],
  mariadb: ['float', 'double'],
};

/** All digits, and an exponent: a server reads them as the double that they are. */
const spell = (value: number, engine: TestEngine): string => {
  const digits = Object.is(value, -0) ? '-0e0' : value.toExponential();
  return engine === 'postgresql' ? `'${digits}'` : digits;
};

describe.each(availableEngines())('a repair of floats applied to %s', (engine) => {
  it('finds and writes the smallest, the largest and zero, as values and as keys, and so does its undo', async () => {
    const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
    try {
      const [single, double] = TYPES[engine];
      for (const { run } of [source, target])
        await run(`CREATE TABLE wholes (id int PRIMARY KEY, s ${single}, d ${double});
          CREATE TABLE singles (s ${single} PRIMARY KEY, n int); CREATE TABLE doubles (d ${double} PRIMARY KEY, n int)`);
      const values = widest(engine).map((value, at) => [
        spell(ROWS[at] ?? readBits(100 + at), engine),
        spell(value, engine),
      ]);
      const rows = (shift: number): string =>
        values
          .map((_, at) => `(${at + shift * 2}, ${values[(at + shift) % values.length]?.join(', ')})`)
          .join(', ');
      const keys = (column: 0 | 1, n: number): string =>
        values
          .flatMap((each, at) => (at % 3 === n ? [] : [`(${each[column]}, ${at % 2 === 0 ? n : 0})`]))
          .join(', ');
      for (const [at, side] of [source, target].entries())
        await side.run(`INSERT INTO wholes VALUES ${rows(at)};
          INSERT INTO singles VALUES ${keys(0, at + 1)}; INSERT INTO doubles VALUES ${keys(1, at + 1)}`);
      const before = await dump(target, ['wholes', 'singles', 'doubles']);
      const file = await repairFile({ source, target });
      const { result, left } = await apply(target, file);
      expect(left).toEqual([]);
      expect(result).toMatchObject({ refused: 0, differing: 0, changed: 0, verified: result.applied });
      expect((await compare({ source, target })).result.verdict).toBe('verified');
      const undone = await apply(target, result.undoPath ?? '');
      expect(undone.left).toEqual([]);
      expect(undone.result).toMatchObject({ applied: result.applied, differing: 0 });
      expect(await dump(target, ['wholes', 'singles', 'doubles'])).toEqual(before);
    } finally {
      await source.drop();
      await target.drop();
    }
  });

  it.runIf(engine === 'mysql')('leaves a double that the server prints with a digit too few', async () => {
    const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
    try {
      for (const { run } of [source, target]) await run('CREATE TABLE t (id int PRIMARY KEY, d double)');
      await source.run('INSERT INTO t VALUES (1, 7), (2, 7)');
      await target.run(`INSERT INTO t VALUES (1, ${spell(LONG, engine)}), (2, ${spell(-LONG, engine)})`);
      const file = await repairFile({ source, target });
      const before = await dump(target, ['t']);
      const { result, left } = await apply(target, file);
      expect(result).toMatchObject({ applied: 0, refused: 2 });
      expect(new Set(left.map(({ reason }) => reason))).toEqual(
        new Set(['The value of column d has no form from which undo could bring it back.']),
      );
      expect(await dump(target, ['t'])).toEqual(before);
    } finally {
      await source.drop();
      await target.drop();
    }
  });

  it('says so where a trigger stores the float next to the one that was wanted', async () => {
    const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
    try {
      const [single] = TYPES[engine];
      for (const { run } of [source, target]) await run(`CREATE TABLE t (id int PRIMARY KEY, s ${single})`);
      await source.run('INSERT INTO t VALUES (1, 0.1)');
      await target.run('INSERT INTO t VALUES (1, 7)');
      const file = await repairFile({ source, target });
      await target.run(
        engine === 'postgresql'
          ? `CREATE FUNCTION near() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.s = ''0.10000000894''; RETURN NEW; END';
             CREATE TRIGGER near BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION near()`
          : 'CREATE TRIGGER near BEFORE UPDATE ON t FOR EACH ROW SET NEW.s = 0.10000000894',
      );
      const { result, left } = await apply(target, file);
      expect(result).toMatchObject({ applied: 1, differing: 1 });
      expect(left.map(({ reason }) => reason)).toEqual(['s has another value than the file wants.']);
    } finally {
      await source.drop();
      await target.drop();
    }
  });
});
