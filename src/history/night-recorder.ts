import type { RowDifference } from '../core/difference.js';
import { isPartlyUnverified } from '../core/partly-unverified.js';
import type { RunResult, TableResult } from '../core/result.js';
import type { RowDigester } from '../secrets/row-digest.js';
import {
  HISTORY_FORMAT,
  MOST_NIGHT_ROWS,
  MOST_TABLE_ROWS,
  type SavedNight,
  type SavedTable,
} from './night.js';

/** Longer keys would make a history that is larger than the tables. */
const MOST_KEY_CHARACTERS = 200;

/** Takes the differing rows of a run one by one, and keeps what a history remembers of them. */
export class NightRecorder {
  readonly #digester: RowDigester;
  /** Null for a table with too many rows. */
  readonly #tables = new Map<string, [string, string][] | null>();
  #rows = 0;

  constructor(digester: RowDigester) {
    this.#digester = digester;
  }

  add(table: string, row: RowDifference): void {
    const known = this.#tables.get(table);
    if (known === null) return;
    const rows = known ?? [];
    if (rows.length === MOST_TABLE_ROWS || this.#rows === MOST_NIGHT_ROWS) {
      this.#rows -= rows.length;
      this.#tables.set(table, null);
      return;
    }
    this.#rows++;
    rows.push(this.#name(table, row));
    this.#tables.set(table, rows);
  }

  finish(result: RunResult): SavedNight {
    return {
      format: HISTORY_FORMAT,
      startedAt: result.startedAt,
      verdict: result.verdict,
      source: result.source.url,
      target: result.target.url,
      asked: result.askedHash,
      secret: this.#digester.check,
      tables: result.tables.flatMap((table) => this.#describe(result, table)),
    };
  }

  /** Without a secret the key stands in clear: its hash would only look as if nobody could read it. */
  #name(table: string, row: RowDifference): [string, string] {
    const digests = this.#digester.digest(table, row);
    const key = row.key === null ? null : JSON.stringify(Object.values(row.key));
    const isClear = !this.#digester.isKeyed && key !== null && key.length <= MOST_KEY_CHARACTERS;
    return [isClear ? key : digests.row, digests.state];
  }

  #describe(result: RunResult, table: TableResult): SavedTable[] {
    const { target, verdict, missing, extra, changed, waived = 0, left } = table;
    if (target === null) return [];
    const rows = this.#tables.get(target);
    return [
      {
        table: target,
        verdict,
        differing: missing + extra + changed,
        waived,
        isRead: isReadInFull(result, table),
        ...(left !== undefined && { isLeft: true }),
        rows: rows === undefined ? [] : rows,
      },
    ];
  }
}

function isReadInFull({ interrupted, scope }: RunResult, table: TableResult): boolean {
  const isConditional = (scope.conditions ?? []).some(
    (condition) => condition.table === table.source || condition.table === table.target,
  );
  return !interrupted && !isConditional && table.mode === 'full' && !isPartlyUnverified(table);
}
