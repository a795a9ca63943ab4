import { RowproofError } from '../core/errors.js';
import { RUN_FORMAT, type RunResult } from '../core/result.js';

const VERDICTS: ReadonlySet<unknown> = new Set(['verified', 'different', 'unverified', 'sampled', 'counted']);

/** Reads the text of a saved JSON result; fields it does not know are left alone, as the format promises. */
export function parseSavedResult(text: string, path: string): RunResult {
  const value = parseJson(text);
  if (!isRecord(value) || typeof value.format !== 'string' || !value.format.startsWith('rowproof/run@')) {
    throw unreadable(
      `${path} is not a saved Rowproof result.`,
      'Save one with rowproof verify --report json=PATH.',
    );
  }
  if (value.format !== RUN_FORMAT) {
    throw unreadable(
      `${path} is in format ${value.format}, and this version reads ${RUN_FORMAT}.`,
      'Render it with the version that wrote it.',
    );
  }
  if (!isComplete(value)) {
    throw unreadable(`${path} is incomplete.`, 'It may have been cut off or edited; run verify again.');
  }
  return withTableModes(value as unknown as RunResult);
}

/** A result that was saved before tables had modes of their own has that of the run for each. */
function withTableModes(result: RunResult): RunResult {
  return { ...result, tables: result.tables.map((table) => ({ ...table, mode: table.mode ?? result.mode })) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isComplete(value: Readonly<Record<string, unknown>>): boolean {
  const { verdict, totals, tables, findings, scope, source, target } = value;
  const parts = [totals, scope, source, target];
  if (!VERDICTS.has(verdict) || !parts.every(isRecord) || !Array.isArray(findings)) return false;
  return Array.isArray(tables) && tables.every(isTable);
}

function isTable(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const lists = [value.key, value.columns, value.findings, value.sample, value.diagnoses ?? []];
  return VERDICTS.has(value.verdict) && isRecord(value.coverage) && lists.every(Array.isArray);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(message: string, hint: string): RowproofError {
  return new RowproofError({ code: 'usage', message, hint });
}
