import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { VERSION } from '../config/version.js';
import { encodeDifferenceLines } from '../core/difference-lines.js';
import { stringifyExact } from '../core/exact-json.js';
import type { TableId } from '../core/pairing.js';
import { type Share, tablesOf } from '../core/share.js';
import { digestPart } from '../state/parts/part-digest.js';
import {
  PART_FORMAT,
  type PartDifferences,
  type PartFile,
  type PartTable,
} from '../state/parts/part-format.js';
import type { PartRecords } from '../state/parts/part-records.js';
import type { Spool } from '../state/spool.js';
import type { Extent } from '../state/stored-extents.js';
import type { TableState } from '../state/table-state.js';

/** What a part of a planned run leaves, for whoever joins the parts. */
export interface PartOutcome {
  readonly part: number;
  /** Tells two runs of one part apart. */
  readonly run: string;
  /** The lines of the file of differing rows. */
  lines(): AsyncIterable<string>;
  /** The part itself, which names that file; once all of its lines have been taken. */
  describe(file: string): string;
}

/** A part that came to its end. */
export interface PartRun {
  readonly share: Share;
  readonly records: PartRecords;
  readonly tables: readonly TableState[];
  readonly spool: Spool;
  readonly startedAt: Date;
  readonly run: string;
  readonly showValues: boolean;
  readonly isSameData: boolean;
}

/** Where the rows of each table lie in the file of differing rows. */
type Placed = ReadonlyMap<TableId, PartTable['stored']>;

/** Makes what a part leaves of what it learned, good until its spool is closed. */
export function describePart(part: PartRun): PartOutcome {
  const rows = new PartRows(part);
  return {
    part: part.share.part,
    run: part.run,
    lines: () => rows.read(),
    describe: (file) => {
      const content = contentOf(part, rows.placed, { file, ...rows.written() });
      return `${stringifyExact({ ...content, digest: digestPart(content) }, 1)}\n`;
    },
  };
}

/** Reads the differing rows of a part one after the other, and notes where they come to lie. */
class PartRows {
  readonly #part: PartRun;
  readonly #placed = new Map<TableId, PartTable['stored'][number][]>();
  readonly #digest = createHash('sha256');
  #bytes = 0;

  constructor(part: PartRun) {
    this.#part = part;
  }

  get placed(): Placed {
    return this.#placed;
  }

  written(): Omit<PartDifferences, 'file'> {
    return { bytes: this.#bytes, sha256: this.#digest.digest('hex') };
  }

  async *read(): AsyncGenerator<string> {
    const decoder = new StringDecoder('utf8');
    for (const { planned, stored } of this.#part.tables) {
      const placed: PartTable['stored'][number][] = [];
      this.#placed.set(planned.id, placed);
      for (const extent of stored) {
        const start = this.#bytes;
        for await (const piece of this.#piecesOf(planned.id, extent)) {
          this.#digest.update(piece);
          this.#bytes += piece.length;
          yield decoder.write(Buffer.from(piece));
        }
        placed.push({ start, end: this.#bytes, after: extent.after });
      }
    }
  }

  /** As they lie in the spool; where values are hidden they must not leave the machine. */
  async *#piecesOf(table: TableId, extent: Extent): AsyncGenerator<Uint8Array> {
    const { spool, showValues } = this.#part;
    if (showValues) yield* spool.readLines(table, [extent]);
    else
      for await (const rows of spool.readBatches(table, [extent]))
        yield encodeDifferenceLines(rows.map((row) => ({ ...row, source: null, target: null })));
  }
}

function contentOf(part: PartRun, placed: Placed, differences: PartDifferences): Omit<PartFile, 'digest'> {
  const { share, records, tables, startedAt, run, showValues, isSameData } = part;
  const shares = new Map(tablesOf(share).map((each) => [each.id, each]));
  const described = tables.map((table): PartTable => {
    const { id } = table.planned;
    return {
      id,
      name: table.name,
      ranges: shares.get(id)?.ranges ?? null,
      records: records.of(id, showValues),
      stored: placed.get(id) ?? [],
      elapsedMs: table.toResult([]).elapsedMs,
    };
  });
  const times = { startedAt: startedAt.toISOString(), endedAt: new Date().toISOString() };
  return {
    format: PART_FORMAT,
    rowproof: VERSION,
    part: share.part,
    run,
    ...times,
    showValues,
    isSameData,
    plan: share.plan,
    tables: described,
    differences,
  };
}
