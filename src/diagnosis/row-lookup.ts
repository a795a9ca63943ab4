import type { Value } from '../core/difference.js';
import { RowproofError } from '../core/errors.js';
import { type ColumnPair, comparedColumns, type Side, type TablePair } from '../core/pairing.js';
import type { ConnectionSettings } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';
import { selectRows } from '../engines/select-rows.js';
import type { Session } from '../engines/session.js';
import { LOOKED_UP_ROWS } from './moved-rows.js';
import { affordableRows, readValues } from './read-values.js';

/** Where a side is, for the few reads that diagnosing takes after the run. */
export interface LookupSide {
  readonly engine: Engine;
  readonly settings: ConnectionSettings;
}

/**
 * The few bounded reads by which a diagnosis learns what no difference holds: rows that are equal on both sides. Sessions
 * are opened when first needed, because those of the run may have been idle for hours, and closed by `close`.
 */
export class RowLookup {
  readonly #sides: Readonly<Record<Side, LookupSide>>;
  readonly #open = new Map<Side, Session>();
  readonly #strangers = new Map<Side, RowproofError>();

  constructor(sides: Readonly<Record<Side, LookupSide>>) {
    this.#sides = sides;
  }

  async side(side: Side): Promise<Session> {
    const known = this.#open.get(side);
    if (known !== undefined && !known.broken) return known;
    await known?.close();
    const { engine, settings } = this.#sides[side];
    const session = await engine.open(settings).catch((error: unknown) => {
      if (error instanceof RowproofError && error.code === 'other-server') this.#strangers.set(side, error);
      throw error;
    });
    this.#open.set(side, session);
    return session;
  }

  /** What was said by each side whose address led to another server than the run has read: advice is not all it costs. */
  get strangers(): ReadonlyMap<Side, RowproofError> {
    return this.#strangers;
  }

  /** The key of the target's last row; null where it has none. */
  async readLastTargetKey(pair: TablePair): Promise<readonly Value[] | null> {
    const selection = { ...selectRows(pair, 'target', pair.key), limit: 1, descending: true };
    const request = { side: 'target', columns: pair.key, selection } as const;
    const [last] = await readValues(await this.side('target'), request);
    return last ?? null;
  }

  /** The first and the last rows of the source, with which extra rows are compared. */
  async readSourceEnds(pair: TablePair): Promise<Readonly<Record<string, Value>>[]> {
    const columns = comparedColumns(pair);
    const limit = affordableRows(LOOKED_UP_ROWS, pair.source.estimatedRowBytes);
    const source = await this.side('source');
    const rows: Value[][] = [];
    for (const descending of [false, true]) {
      const selection = { ...selectRows(pair, 'source', columns), limit, descending };
      rows.push(...(await readValues(source, { side: 'source', columns, selection })));
    }
    return rows.map((row) =>
      Object.fromEntries(columns.map(({ target }, i) => [target.name, row[i] ?? null])),
    );
  }

  /** The target's values of a text column that its own collation holds equal to one of the given ones. */
  async readEqualValues(pair: TablePair, column: ColumnPair, values: readonly string[]): Promise<string[]> {
    const target = await this.side('target');
    const keys = values.map((value) => [{ kind: 'text', value } as const]);
    const selection = { ...selectRows(pair, 'target', [column]), key: [column.target], where: null, keys };
    const rows = await readValues(target, { side: 'target', columns: [column], selection });
    return rows.flatMap(([value]) => (typeof value === 'string' ? [value] : []));
  }

  /** Says in words why a lookup failed. */
  describe(side: Side, error: unknown): string {
    if (error instanceof RowproofError) return error.message;
    return this.#sides[side].engine.classifyError(error).message;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((session) => session.close()));
    this.#open.clear();
  }
}
