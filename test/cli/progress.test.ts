import { describe, expect, it } from 'vitest';
import { createProgress } from '../../src/cli/progress.js';
import type { DifferenceCounts } from '../../src/core/chunk.js';
import type { RunEvent } from '../../src/core/event.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';
import { fakeIo, fakeVerify, runVerifyCli } from './fake-io.js';

function watch({ live = false, columns = 200 }: { live?: boolean; columns?: number } = {}) {
  const clock = { ms: 0 };
  const writes: string[] = [];
  const stream = { columns, write: (text: string) => void writes.push(text) };
  const progress = createProgress({ stream, live, now: () => clock.ms });
  const at = (ms: number, ...events: RunEvent[]) => {
    clock.ms = ms;
    for (const event of events) progress.onEvent(event);
    progress.tick();
  };
  return { at, writes, progress };
}

const NONE: DifferenceCounts = { missing: 0, extra: 0, changed: 0, inFlight: 0 };
const start = (estimatedRows: number | null): RunEvent => ({ type: 'run:start', tables: 2, estimatedRows });
const rows = (count: number, table = 'public.orders'): RunEvent => ({
  type: 'chunk:verified',
  table,
  sourceRows: count,
  targetRows: count,
  counts: NONE,
});
const differing = (counts: Partial<DifferenceCounts>): RunEvent => ({
  type: 'chunk:differs',
  table: 'a',
  sourceRows: 5,
  targetRows: 5,
  counts: { ...NONE, ...counts },
});
const error = { code: 'connection-lost', message: 'The connection was lost.', hint: '', causes: [] } as const;

describe('progress in a log', () => {
  it('is one plain line every five seconds', () => {
    const { at, writes } = watch();
    at(0, start(1000));
    for (let second = 1; second <= 11; second += 1) at(second * 1000, rows(50));
    expect(writes).toHaveLength(2);
    expect(writes[0]).toBe(
      '██░░░░░░░░ about 25%, 50 rows/s, 15 s left, 0 differ, 0 of 2 tables done: public.orders, 250 of 1,000 rows\n',
    );
  });

  it('goes on when nothing happens, so that a stall can be seen', () => {
    const { at, writes } = watch();
    at(0, start(1000), rows(100));
    for (let ms = 1000; ms <= 60_000; ms += 1000) at(ms);
    expect(writes.at(-1)).toMatch(/, 0 rows\/s, /);
    expect(writes.at(-1)).not.toContain('left');
  });

  it('says for how long rows are looked at again, and tells no rows and no time left meanwhile', () => {
    const { at, writes } = watch();
    const looked = { type: 'rows:looked', looks: 3, open: 2, confirmed: 0, inFlight: 5 } as const;
    at(0, start(1000));
    at(1000, rows(500), { ...looked, leftMs: 48_000 });
    at(6000);
    expect(writes.at(-1)).toBe(
      'look 3 at rows that differ: 2 undecided for 43 s more at most, █████░░░░░ about 50%, 0 differ, 0 of 2 tables done: public.orders, 500 of 1,000 rows\n',
    );
    at(11_000, { ...looked, leftMs: null });
    expect(writes.at(-1)).toMatch(/^look 3 at rows that differ: 2 undecided, █/);
    at(16_000, rows(100));
    expect(writes.at(-1)).toMatch(/^██████░░░░ about 60%, \d+ rows\/s, /);
  });

  it('has a line of its own for each table that differs or is unverified, and none for the rest', () => {
    const { at, writes } = watch();
    at(0, start(null));
    at(1, differing({ changed: 2, missing: 1 }), { type: 'table:end', table: 'a', verdict: 'different' });
    at(
      2,
      { type: 'chunk:unverified', table: 'b', error },
      { type: 'table:end', table: 'b', verdict: 'unverified' },
    );
    at(3, rows(1, 'c'), { type: 'table:end', table: 'c', verdict: 'verified' });
    expect(writes).toEqual(['a: different in 3 rows\n', 'b: unverified: The connection was lost.\n']);
  });

  it('says of a table that many of its rows differ, as soon as that is known', () => {
    const { at, writes } = watch();
    const damage = { rows: 10_000, differing: 9_999, columns: ['amount', 'a\u001b[2J'] };
    at(1, differing({ changed: 5 }), { type: 'table:differs', table: 'a', ...damage });
    expect(writes).toEqual(['a: 9,999 of 10,000 rows read differ so far (amount, a\\u{1b}[2J)\n']);
  });

  it('names a difference and what is unverified in the same table', () => {
    const { at, writes } = watch();
    at(1, { type: 'chunk:unverified', table: 'a', error }, differing({ extra: 1 }));
    at(2, { type: 'table:end', table: 'a', verdict: 'different' });
    expect(writes).toEqual(['a: different in 1 row; unverified chunks: The connection was lost.\n']);
  });

  it('says why the run stands still, for as long as it does', () => {
    const { at, writes } = watch();
    at(0, start(1000), rows(100));
    at(4000, { type: 'run:paused', side: 'source', load: 1200, maxLoad: 25 });
    at(5000);
    at(10_000, { type: 'run:paused', side: 'target', load: null, maxLoad: 25 });
    at(15_000, { type: 'run:resumed', pausedMs: 11_000 });
    expect(writes.map((line) => line.split('about')[0])).toEqual([
      'paused: 1,200 statements at work on the source (limit 25), █░░░░░░░░░ ',
      'paused: the load of the target is unknown, █░░░░░░░░░ ',
      '█░░░░░░░░░ ',
    ]);
  });

  it('tells of retries once a table', () => {
    const { at, writes } = watch();
    for (const attempt of [1, 2, 3]) at(attempt, { type: 'chunk:retry', table: 'a', error, attempt });
    expect(writes).toEqual(['a: trying again after an error: The connection was lost.\n']);
  });

  it('gives no share and no time left where the estimate is missing or too small', () => {
    for (const estimate of [null, 0, 10]) {
      const { at, writes } = watch();
      at(0, start(estimate));
      for (let ms = 1000; ms <= 5000; ms += 1000) at(ms, rows(50));
      expect(writes).toEqual(['50 rows/s, 0 differ, 0 of 2 tables done: public.orders, 250 rows\n']);
    }
  });

  it('tells no speed once all tables are read, while differences are explained', () => {
    const { at, writes } = watch();
    at(0, start(1000), rows(500));
    at(4000, rows(500), ...['a', 'b'].map((table) => ended(table)));
    at(10_000);
    at(20_000);
    expect(writes.length).toBeGreaterThan(1);
    for (const line of writes) {
      expect(line).toContain('finishing, 0 differ, 2 of 2 tables done');
      expect(line).not.toMatch(/rows\/s| left/);
    }
  });

  it('never says 100% before the end', () => {
    const { at, writes } = watch();
    at(0, start(1000), rows(1000));
    at(5000);
    expect(writes[0]).toContain('about 99%');
  });

  it('never lets a name write escape sequences', () => {
    const { at, writes } = watch();
    at(0, start(null), rows(1, 'a\u001b[2J'), {
      type: 'table:start',
      table: 'b\u001b[2J',
      estimatedRows: null,
    });
    at(5000, { type: 'table:end', table: 'a\u001b[2J', verdict: 'different' });
    expect(writes.join('')).not.toContain('\u001b');
  });
});

const ended = (table: string) => ({ type: 'table:end', table, verdict: 'verified' }) as const;

describe('progress in a terminal', () => {
  it('is drawn at most ten times a second on one line that fits, and cleared at the end', () => {
    const { at, writes, progress } = watch({ live: true, columns: 40 });
    at(0, start(100_000));
    for (let ms = 1; ms <= 1000; ms += 1) at(ms, rows(10, 'public.a_table_with_quite_a_long_name'));
    expect(writes.length).toBeLessThanOrEqual(10);
    for (const text of writes) {
      expect(text).not.toContain('\n');
      expect(text.replace('\r\u001b[K', '').length).toBeLessThan(40);
    }
    progress.stop();
    expect(writes.at(-1)).toBe('\r\u001b[K');
    at(5000, rows(10));
    expect(writes.at(-1)).toBe('\r\u001b[K');
  });

  it('names the table at 80 columns, and leaves out what matters less', () => {
    const { at, writes } = watch({ live: true, columns: 80 });
    at(0, start(12_345_678), rows(1000, 'public.order_lines'));
    for (let ms = 200; ms <= 10_000; ms += 200) at(ms, rows(20_000, 'public.order_lines'));
    const last = writes.at(-1)?.replace('\r\u001b[K', '') ?? '';
    expect(last).toBe('░░░░░░░░░░ about 8%, 1 min 53 s left, 0 differ, public.order_lines');
  });

  it('says how long it will take only once that is worth something', () => {
    const { at, writes } = watch({ live: true });
    at(0, start(1_000_000));
    // Connecting takes long, and the first chunk is small.
    for (let ms = 100; ms <= 3000; ms += 100) at(ms);
    for (let ms = 3100; ms <= 9000; ms += 100) at(ms, rows(10_000));
    const estimates = writes.flatMap((text) => /about (\d+)%.*, (.*) left/.exec(text)?.slice(1) ?? []);
    expect(estimates.slice(0, 2)).toEqual(['41', '6 s']);
  });

  it('makes room for lines that stay', () => {
    const { at, writes } = watch({ live: true });
    at(200, start(null), { type: 'table:end', table: 'a', verdict: 'different' });
    const line = writes.indexOf('a: different\n');
    expect(writes[line - 1]).toBe('\r\u001b[K');
  });
});

it('is not animated on a dumb terminal', async () => {
  const io = fakeIo({ isTTY: true, env: { TERM: 'dumb' } });
  const { stderr } = await runVerifyCli(
    [],
    fakeVerify(sampleResult([sampleTable()]), [start(10), rows(5)]),
    io,
  );
  expect(stderr).not.toContain('\u001b');
});
