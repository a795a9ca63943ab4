import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { VERSION } from '../config/version.js';
import { stringifyExact } from '../core/exact-json.js';
import { type Share, tablesOf } from '../core/share.js';
import { PART_FORMAT, type PartDifferences, type PartTable } from '../state/parts/part-format.js';
import type { PartRecords } from '../state/parts/part-records.js';
import type { Spool } from '../state/spool.js';
import type { TableState } from '../state/table-state.js';

/** What a part of a planned run leaves, for whoever joins the parts. */
export interface PartOutcome {
  readonly part: number;
  /** Tells two runs of one part apart. */
  readonly run: string;
  /** The lines of the file of differing rows. `written` says what they were, once all have been taken. */
  lines(): { readonly texts: AsyncIterable<string>; readonly written: () => Omit<PartDifferences, 'file'> };
  /** The part itself, which names that file. */
  describe(differences: PartDifferences): string;
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
}

/** Makes what a part leaves of what it learned, good until its spool is closed. */
export function describePart(part: PartRun): PartOutcome {
  const { share, tables, spool, run } = part;
  return {
    part: share.part,
    run,
    lines: () => {
      const digest = createHash('sha256');
      let bytes = 0;
      const texts = readTexts(tables, spool, (piece) => {
        digest.update(piece);
        bytes += piece.length;
      });
      return { texts, written: () => ({ bytes, sha256: digest.digest('hex') }) };
    },
    describe: (differences) => `${stringifyExact(fileOf(part, differences), 1)}\n`,
  };
}

async function* readTexts(
  tables: readonly TableState[],
  spool: Spool,
  onPiece: (piece: Uint8Array) => void,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  for (const { planned, stored } of tables) {
    for await (const piece of spool.readLines(planned.id, stored)) {
      onPiece(piece);
      yield decoder.write(Buffer.from(piece));
    }
  }
}

function fileOf(
  { share, records, tables, startedAt, run, showValues }: PartRun,
  differences: PartDifferences,
) {
  const shares = new Map(tablesOf(share).map((each) => [each.id, each]));
  let at = 0;
  const described = tables.map((table): PartTable => {
    const { id } = table.planned;
    const stored = table.stored.map(({ start, end, after }) => {
      const placed = { start: at, end: at + end - start, after };
      at = placed.end;
      return placed;
    });
    return {
      id,
      name: table.name,
      ranges: shares.get(id)?.ranges ?? null,
      records: records.of(id),
      stored,
      elapsedMs: table.toResult([]).elapsedMs,
    };
  });
  const { plan, part } = share;
  const times = { startedAt: startedAt.toISOString(), endedAt: new Date().toISOString() };
  return {
    format: PART_FORMAT,
    rowproof: VERSION,
    part,
    run,
    ...times,
    showValues,
    plan,
    tables: described,
    differences,
  };
}
