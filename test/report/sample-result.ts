import { RUN_FORMAT, type RunResult, type TableResult } from '../../src/core/result.js';
import type { UnfinishedRun } from '../../src/report/unfinished-report.js';

/** A verified table pair of ten rows; tests change what they are about. */
export function sampleTable(changes: Partial<TableResult> = {}): TableResult {
  return {
    source: 'shop.customers',
    target: 'public.customers',
    verdict: 'verified',
    mode: 'full',
    strategy: 'range',
    checksum: 'client',
    key: ['id'],
    sourceRows: 1204331,
    targetRows: 1204331,
    missing: 0,
    extra: 0,
    changed: 0,
    inFlight: 0,
    coverage: { rows: 1204331, chunks: 120, unverifiedChunks: 0 },
    columns: [{ source: 'id', target: 'id', compared: true }],
    changedColumns: {},
    elapsedMs: 1200,
    findings: [],
    diagnoses: [],
    sample: [],
    ...changes,
  };
}

/** A run over the given table pairs, with totals that add up. */
export function sampleResult(tables: readonly TableResult[], changes: Partial<RunResult> = {}): RunResult {
  const sum = (pick: (table: TableResult) => number) =>
    tables.reduce((total, table) => total + pick(table), 0);
  const verdicts = tables.map((table) => table.verdict);
  return {
    format: RUN_FORMAT,
    rowproof: '0.1.0',
    verdict:
      verdicts.find((each) => each === 'different') ??
      verdicts.find((each) => each === 'unverified') ??
      'verified',
    interrupted: false,
    mode: 'full',
    ratio: null,
    consistency: 'chunk',
    seed: '18446744073709551615',
    startedAt: '2025-01-01T02:00:00.000Z',
    elapsedMs: 192_000,
    askedHash: '0123456789abcdef',
    howHash: 'fedcba9876543210',
    scope: {
      notChecked: ['sequences', 'indexes', 'views', 'grants'],
      excluded: ['shop.sessions', '*.updated_at'],
      conditions: [],
      relaxations: [],
      assumptions: [],
    },
    source: {
      engine: 'mysql',
      product: 'MySQL',
      version: '8.4.3',
      url: 'mysql://checker@db-old.example:3306/shop',
    },
    target: {
      engine: 'postgresql',
      product: 'PostgreSQL',
      version: '17.2',
      url: 'postgres://checker@db-new.example:5432/shop',
    },
    totals: {
      tables: tables.length,
      sourceRows: sum((table) => table.sourceRows),
      targetRows: sum((table) => table.targetRows),
      missing: sum((table) => table.missing),
      extra: sum((table) => table.extra),
      changed: sum((table) => table.changed),
      inFlight: sum((table) => table.inFlight),
    },
    tables,
    findings: [],
    ...changes,
  };
}

/** A run as it comes in real life: verified, different and unverified table pairs, long and awkward values. */
export function mixedResult(): RunResult {
  const orders = sampleTable({
    source: 'shop.orders',
    target: 'public.orders',
    verdict: 'different',
    sourceRows: 48211007,
    targetRows: 48211006,
    missing: 2,
    extra: 1,
    changed: 1210,
    inFlight: 3,
    coverage: { rows: 48000000, chunks: 400, unverifiedChunks: 3 },
    changedColumns: { status: 1205, note: 4, total: 12 },
    columns: [
      { source: 'Id', target: 'id', compared: true },
      { source: 'Area', target: 'area', compared: false, reason: 'geometry has no rule to compare it' },
    ],
    findings: [
      {
        code: 'chunk-unverified',
        message: 'Cannot read 3 chunks of public.orders on the target: connection lost, 5 retries.',
        hint: 'Run again with --tables orders; --workers 2 halves the load.',
      },
    ],
    sample: [
      {
        kind: 'missing',
        key: { id: '17' },
        columns: ['id', 'status'],
        source: { id: '17', status: 'paid' },
        target: null,
      },
      {
        kind: 'changed',
        key: { id: '42' },
        columns: ['status', 'total', 'note'],
        source: { status: 'paid', total: '10.50', note: null },
        target: { status: 'paid ', total: '10.5001', note: 'NULL' },
      },
      {
        kind: 'changed',
        key: { id: '43' },
        columns: ['note'],
        source: { note: `${'lorem ipsum '.repeat(80)}Grüße\n${'dolor sit '.repeat(50)}` },
        target: { note: `${'lorem ipsum '.repeat(80)}Gr??e\n${'dolor sit '.repeat(50)}` },
      },
      {
        kind: 'changed',
        key: { id: '44' },
        columns: ['name', 'blob'],
        source: { name: 'Zo\u00eb', blob: { hex: '00ff10' } },
        target: { name: 'Zoe\u0308', blob: { hex: '00ff11' } },
      },
      {
        kind: 'extra',
        key: { id: '48211999' },
        columns: ['id', 'status'],
        source: null,
        target: { id: '48211999', status: 'new' },
      },
    ],
  });
  const lines = sampleTable({
    source: 'shop.OrderLineDiscountAllocations',
    target: 'public.order_line_discount_allocations',
    verdict: 'different',
    key: ['order_id', 'line_number'],
    changed: 1,
    changedColumns: { amount: 1 },
    sample: [
      {
        kind: 'changed',
        key: { order_id: '991', line_number: '3' },
        columns: ['amount'],
        source: { amount: '0.10' },
        target: { amount: '0.1000000000000000055511151231257827' },
      },
    ],
  });
  const areas = sampleTable({
    source: 'shop.areas',
    target: 'public.areas',
    verdict: 'unverified',
    strategy: null,
    key: [],
    sourceRows: 0,
    targetRows: 0,
    coverage: { rows: 0, chunks: 0, unverifiedChunks: 0 },
    findings: [
      {
        code: 'table-unreadable',
        message: "Cannot read public.areas on the target: SELECT denied to 'checker'.",
        hint: 'Grant SELECT, or leave the table out with --exclude shop.areas.',
      },
    ],
  });
  const gone = sampleTable({
    source: 'shop.audit_log',
    target: null,
    verdict: 'different',
    strategy: null,
    key: [],
    sourceRows: 0,
    targetRows: 0,
    findings: [
      {
        code: 'missing-table',
        message: 'shop.audit_log has no partner on the target.',
        hint: 'Name its partner with --map audit_log=TARGET, or leave it out with --exclude audit_log.',
      },
    ],
  });
  return sampleResult(
    [
      sampleTable(),
      orders,
      sampleTable({ source: 'shop.items', target: 'public.items' }),
      lines,
      areas,
      gone,
    ],
    {
      findings: [
        { code: 'extra-table', message: 'public.flyway_schema_history exists on the target only.', hint: '' },
      ],
    },
  );
}

/** A run without a result. */
export function unfinishedRun({ state }: Pick<UnfinishedRun, 'state'>): UnfinishedRun {
  const labels = {
    source: 'mysql://old:3306/shop',
    target: 'postgres://new:5432/shop',
    asked: '0123456789abcdef',
  };
  return {
    state,
    startedAt: '2025-01-01T02:00:00.000Z',
    rowproof: '0.1.0',
    metrics: { labels, endedAt: new Date('2025-01-01T02:05:00.000Z'), earlier: '' },
  };
}
