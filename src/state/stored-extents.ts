import { compareStarts, type KeySpan } from '../core/coverage.js';
import { compareKeyParts } from '../core/key-order.js';
import type { StoredRows } from './table-record.js';

/** Rows that were compared, as far as it matters for where those that differ lie. */
interface StoredPart {
  readonly part: number;
  readonly range: KeySpan | null;
  readonly stored: StoredRows | null;
}

/** Rows that lie in one piece of a part. */
export interface Extent {
  readonly part: number;
  readonly start: number;
  readonly end: number;
  /** Where the keys of its rows begin; null at an open end, and where they have no order. */
  readonly after: KeySpan['after'];
}

interface GrowingExtent extends Extent {
  end: number;
}

/** How far a part was walked without a gap, and the rows of that stretch. */
interface Stretch {
  upTo: KeySpan['upTo'];
  extent: GrowingExtent | null;
}

/**
 * Where the differing rows of a table lie in the spool. Ranges that one part walked without a gap are one piece of it, so that
 * there are few however large a table is; parts may have been walked in any order.
 */
export class StoredExtents {
  readonly #extents: Extent[] = [];
  readonly #stretches = new Map<number, Stretch>();

  add({ part, range, stored }: StoredPart): void {
    let stretch = this.#stretches.get(part);
    if (stretch === undefined || !goesOn(stretch, range)) {
      stretch = { upTo: null, extent: null };
      this.#stretches.set(part, stretch);
    }
    stretch.upTo = range?.upTo ?? null;
    if (stored === null) return;
    if (stretch.extent?.end === stored.start) {
      stretch.extent.end = stored.end;
      return;
    }
    stretch.extent = { ...stored, after: range?.after ?? null };
    this.#extents.push(stretch.extent);
  }

  /** Takes in rows that lie somewhere already. */
  adopt(extents: readonly Extent[]): void {
    this.#extents.push(...extents);
  }

  /** In the order of their keys, else of their parts. */
  inOrder(): readonly Extent[] {
    return this.#extents.toSorted(
      (one, other) =>
        compareStarts(one.after, other.after) || one.part - other.part || one.start - other.start,
    );
  }
}

/** Whether a range begins where a stretch ends; rows without an order are all of one stretch. */
function goesOn({ upTo }: Stretch, range: KeySpan | null): boolean {
  if (range === null) return true;
  return upTo !== null && range.after !== null && compareKeyParts(upTo, range.after) === 0;
}
