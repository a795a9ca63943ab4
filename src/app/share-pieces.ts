import { addSpan, type KeySpan } from '../core/coverage.js';
import type { TableId } from '../core/pairing.js';
import type { TableShare } from '../core/share.js';

/** A piece of work, with about how many rows it reads. */
export interface Piece {
  readonly table: { readonly id: TableId; readonly name: string };
  /** Null for all of a table. */
  readonly range: KeySpan | null;
  readonly rows: number;
}

/** Cuts a row of pieces into parts of about as many rows each. Neighbours stay together, so that a part has few ranges. */
export function sharePieces(pieces: readonly Piece[], count: number): TableShare[][] {
  const parts = Array.from({ length: count }, (): TableShare[] => []);
  const total = pieces.reduce((sum, { rows }) => sum + Math.max(1, rows), 0);
  let passed = 0;
  for (const piece of pieces) {
    const rows = Math.max(1, piece.rows);
    const middle = passed + rows / 2;
    passed += rows;
    addPiece(parts[Math.min(count - 1, Math.floor((middle / total) * count))] ?? [], piece);
  }
  return parts;
}

function addPiece(part: TableShare[], { table: { id, name }, range }: Piece): void {
  const last = part.at(-1);
  if (range === null || last?.id !== id || last.ranges === null) {
    part.push({ id, name, ranges: range === null ? null : [range] });
    return;
  }
  part[part.length - 1] = { ...last, ranges: addSpan(last.ranges, range) };
}
