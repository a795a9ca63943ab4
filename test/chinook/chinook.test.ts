import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compare, tableResult } from '../app/compare.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';
import { describeWithSharedData, readSharedScript } from '../support/shared-data.js';
import { ALL_ROWS, CHINOOK_ROWS, KNOWN_DIFFERENCES } from './known-differences.js';

const snake = (name: string): string => name.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
const pascal = (name: string): string =>
  name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
const unqualified = (name: string): string => name.slice(name.indexOf('.') + 1);

/** `changed track 3435 name`, in the names of PostgreSQL whichever side it is. */
function listRows({ differences }: Comparison): string[] {
  return differences.map(({ table, difference: { kind, key, columns } }) =>
    [
      kind,
      snake(unqualified(table)),
      Object.values(key ?? {}).join('/'),
      kind === 'changed' ? columns.map(snake).join(',') : '',
    ]
      .join(' ')
      .trim(),
  );
}

const KNOWN_ROWS = KNOWN_DIFFERENCES.map(({ table, id, column }) => `changed ${table} ${id} ${column}`);

describeWithSharedData('Chinook', () => {
  describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))(
    'from %s to PostgreSQL and back',
    (engine) => {
      const mysql = useDatabase(engine);
      const postgresql = useDatabase('postgresql');
      const folder = mkdtempSync(join(tmpdir(), 'rowproof-chinook-'));
      const flags = { 'match-names': 'snake-case' };

      beforeAll(async () => {
        await mysql.run(readSharedScript('chinook/mysql.sql'));
        await postgresql.run(readSharedScript('chinook/postgres.sql'));
      });
      afterAll(() => rmSync(folder, { recursive: true }));

      it('finds exactly the twelve rows in which the scripts differ, in both directions', async () => {
        const there = await compare({ source: mysql, target: postgresql, flags });
        const back = await compare({ source: postgresql, target: mysql, flags });
        for (const run of [there, back]) {
          expect(listRows(run)).toEqual(KNOWN_ROWS);
          expect(run.result.totals).toEqual({
            tables: 11,
            sourceRows: ALL_ROWS,
            targetRows: ALL_ROWS,
            missing: 0,
            extra: 0,
            changed: 12,
            inFlight: 0,
          });
          expect(run.result.findings).toEqual([]);
        }
        for (const [table, rows] of Object.entries(CHINOOK_ROWS)) {
          expect(tableResult(back, table)).toMatchObject({
            strategy: 'range',
            sourceRows: rows,
            targetRows: rows,
            findings: [],
          });
          expect(tableResult(there, pascal(table)).target).toBe(`public.${table}`);
        }
      });

      it('writes a line for each of them, in the order of table and key, however the work is shared', async () => {
        const files = [];
        for (const [workers, chunkRows] of [
          ['1', '5000'],
          ['3', '100'],
        ] as const) {
          const path = join(folder, `${workers}.ndjson`);
          const args = [
            '--source',
            mysql.url,
            '--target',
            postgresql.url,
            '--match-names',
            'snake-case',
            '--differences',
            path,
          ];
          const { exitCode } = await runCli([
            'verify',
            ...args,
            '--workers',
            workers,
            '--chunk-rows',
            chunkRows,
          ]);
          expect(exitCode).toBe(1);
          files.push(readFileSync(path, 'utf8'));
        }
        expect(files[0]).toBe(files[1]);
        const [header, ...lines] = (files[0] ?? '')
          .trimEnd()
          .split('\n')
          .map((line): unknown => JSON.parse(line));
        expect(header).toMatchObject({ format: 'rowproof/differences@1' });
        expect(lines).toHaveLength(12);
        expect(lines[0]).toEqual({
          table: 'public.customer',
          kind: 'changed',
          key: { customer_id: '54' },
          columns: ['city'],
          source: { city: 'Edinburgh ' },
          target: { city: 'Edinburgh' },
        });
        expect(lines[1]).toEqual({
          table: 'public.invoice',
          kind: 'changed',
          key: { invoice_id: '20' },
          columns: ['billing_city'],
          source: { billing_city: 'Edinburgh ' },
          target: { billing_city: 'Edinburgh' },
        });
        expect(lines[8]).toEqual({
          table: 'public.track',
          kind: 'changed',
          key: { track_id: '3435' },
          columns: ['name'],
          source: { name: 'Cavalleria Rusticana  Act  Intermezzo Sinfonico' },
          target: { name: 'Cavalleria Rusticana \\ Act \\ Intermezzo Sinfonico' },
        });
      });

      it('finds what was changed, deleted and inserted by hand on top, and nothing else', async () => {
        await postgresql.run(`UPDATE invoice_line SET unit_price = 0.98 WHERE invoice_line_id = 1;
        UPDATE employee SET hire_date = '2002-08-14 00:00:00.000001' WHERE employee_id = 1;
        UPDATE track SET composer = NULL, milliseconds = milliseconds + 1 WHERE track_id = 1;
        DELETE FROM playlist_track WHERE playlist_id = 1 AND track_id = 3402;
        INSERT INTO genre VALUES (0, 'Zeroth'), (1000, NULL)`);
        await mysql.run(`DELETE FROM PlaylistTrack WHERE PlaylistId = 18 AND TrackId = 597;
        INSERT INTO Artist VALUES (-1, 'Зé');
        UPDATE MediaType SET Name = 'mpeg audio file' WHERE MediaTypeId = 1`);
        const expected = (missing: string, extra: string): string[] => [
          `${missing} artist -1`,
          'changed customer 54 city',
          'changed employee 1 hire_date',
          `${extra} genre 0`,
          `${extra} genre 1000`,
          ...KNOWN_ROWS.filter((row) => row.includes(' invoice ')),
          'changed invoice_line 1 unit_price',
          'changed media_type 1 name',
          `${missing} playlist_track 1/3402`,
          `${extra} playlist_track 18/597`,
          'changed track 1 composer,milliseconds',
          ...KNOWN_ROWS.filter((row) => row.includes(' track ')),
        ];
        const there = await compare({
          source: mysql,
          target: postgresql,
          flags: { ...flags, 'chunk-rows': '50' },
        });
        expect(listRows(there)).toEqual(expected('missing', 'extra'));
        const back = await compare({ source: postgresql, target: mysql, flags: { ...flags, workers: '3' } });
        expect(listRows(back)).toEqual(expected('extra', 'missing'));
      });
    },
  );
});
