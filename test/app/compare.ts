import {
  type RunEvent,
  type RunListener,
  type RunResult,
  type TableDifference,
  type TableResult,
  verify,
} from 'rowproof';
import type { RawFlags } from '../../src/config/raw-flags.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { RunConfig } from '../../src/config/run-config.js';

/** A whole run: what is compared, and who listens. */
export interface ComparisonRequest {
  readonly source: { readonly url: string };
  readonly target: { readonly url: string };
  readonly flags?: RawFlags;
  readonly onEvent?: RunListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a whole run left. */
export interface Comparison {
  readonly result: RunResult;
  readonly differences: readonly TableDifference[];
  readonly events: readonly RunEvent[];
}

/** What a run takes of small tables: `npm run test:long` gives each several. */
const WORKERS = process.env.ROWPROOF_TEST_WORKERS ?? '1';

/** Runs Rowproof as a program that uses the package does. */
export async function compare({
  source,
  target,
  flags,
  onEvent,
  signal,
}: ComparisonRequest): Promise<Comparison> {
  const config = resolveFlags({ source: source.url, target: target.url, workers: WORKERS, ...flags });
  return compareWith(config, { onEvent, signal });
}

/** Runs it with a config of any origin. */
export async function compareWith(
  config: RunConfig,
  { onEvent, signal }: Pick<ComparisonRequest, 'onEvent' | 'signal'> = {},
): Promise<Comparison> {
  const events: RunEvent[] = [];
  const outcome = await verify(config, {
    onEvent: (event) => {
      events.push(event);
      return onEvent?.(event);
    },
    signal: signal ?? new AbortController().signal,
  });
  try {
    const differences = [];
    for await (const difference of outcome.differences()) differences.push(difference);
    return { result: outcome.result, differences, events };
  } finally {
    await outcome.close();
  }
}

/** The result of the table with this name on the source; fails where there is none. */
export function tableResult({ result }: Comparison, name: string): TableResult {
  const found = result.tables.find((table) => table.source?.endsWith(`.${name}`));
  if (found === undefined) throw new Error(`No result for table ${name}: ${JSON.stringify(result.tables)}`);
  return found;
}

/** `changed 7 status`: the differences of a run in one line each, for short expectations. */
export function listDifferences({ differences }: Comparison): string[] {
  return differences.map(({ difference: { kind, key, columns } }) => {
    const values = Object.values(key ?? {}).map((value) =>
      typeof value === 'string' ? value : JSON.stringify(value),
    );
    return [kind, values.join('/'), ...(kind === 'changed' ? [columns.join(',')] : [])].join(' ');
  });
}

/** The codes of all findings of one table. */
export function findingCodes({ findings }: Pick<TableResult, 'findings'>): string[] {
  return findings.map(({ code }) => code);
}
