import type { WarningListener } from '../config/environment.js';
import { RowproofError } from '../core/errors.js';
import type { RunEvent, RunListener } from '../core/event.js';
import type { Finding } from '../core/finding.js';
import type { Log, LogFields } from '../core/log.js';
import { qualifiedName } from '../core/pairing.js';
import type { RunResult } from '../core/result.js';
import type { PlannedTable } from '../plan/table-pairing.js';

/** A listener that logs each event of a run before it tells the user's own. */
export function logEvents(log: Log, onEvent: RunListener | undefined): RunListener {
  return (event) => {
    logEvent(log, event);
    return onEvent?.(event);
  };
}

/** Differing rows are data, and rows that were read come too often: neither is logged. */
function logEvent(log: Log, event: RunEvent): void {
  if (event.type === 'row:differs' || event.type === 'rows:read') return;
  if (event.type === 'chunk:retry' || event.type === 'chunk:unverified') {
    const { type, error, ...place } = event;
    const { code, message, causes } = error;
    log.warn(type, () => ({ ...place, code, message, causes: log.describeCauses(causes) }));
    return;
  }
  if (event.type === 'table:differs') {
    const { type, columns, ...fields } = event;
    log.warn(type, () => ({ ...fields, columns: [...columns] }));
    return;
  }
  const { type, ...fields } = event;
  const isOften = type === 'chunk:verified' || type === 'chunk:differs';
  if (isOften)
    log.debug(type, () => ({ ...fields, counts: 'counts' in fields ? { ...fields.counts } : null }));
  else log.info(type, () => ({ ...fields }) as LogFields);
}

/** A listener that logs each warning before it tells the user's own. */
export function logWarnings(log: Log, onWarning: WarningListener): WarningListener {
  return (sentence) => {
    log.warn('warning:told', () => ({ message: sentence }));
    onWarning(sentence);
  };
}

/** Logs how each table will be compared. */
export function logPlan(log: Log, tables: readonly PlannedTable[]): void {
  for (const table of tables) log.info('table:plan', () => describeTable(table));
}

function describeTable(table: PlannedTable): LogFields {
  const { pair, columns } = table;
  const left = columns.filter(({ compared }) => !compared).map(({ source, target }) => target ?? source);
  return {
    table: nameOf(table),
    source: table.source === null ? null : qualifiedName(table.source),
    strategy: pair?.strategy ?? null,
    key: pair?.key.map((column) => column.target.name) ?? null,
    whyNotWalked: pair?.unwalkable ?? null,
    columnsLeftOut: left,
  };
}

function nameOf({ source, target }: PlannedTable): string | null {
  const table = target ?? source;
  return table === null ? null : qualifiedName(table);
}

/** Logs what the run says beside rows, and what it came to. */
export function logResult(log: Log, result: RunResult): void {
  const { verdict, totals, elapsedMs, findings, interrupted, tables } = result;
  for (const table of tables) logFindings(log, table.findings, table.target ?? table.source);
  logFindings(log, findings, null);
  log.info('run:result', () => ({
    verdict,
    totals: { ...totals },
    elapsedMs: Math.round(elapsedMs),
    interrupted,
  }));
}

/** Logs what is said of a table, or where its name is null of all of them. */
export function logFindings(log: Log, findings: readonly Finding[], table: string | null): void {
  for (const { code, message } of findings) log.info('finding:note', () => ({ table, code, message }));
}

/** What a line says of the error that ends a run or a command. */
export function describeFailure(log: Log, error: unknown): LogFields {
  if (!(error instanceof RowproofError)) return log.describeError(error);
  const { code, message, cause } = error;
  return { code, message, ...log.describeError(cause) };
}
