import type { Segment } from '../plan/planner.js';
import type { TableState } from '../state/table-state.js';
import type { TableChecksums } from './checksum-choice.js';

/** How far the work on a table is, which ends with the process that does it. */
export class TableWork {
  readonly table: TableState;
  /** Segments that were handed out, and those of them that are not done yet. */
  segments = 0;
  openSegments = 0;
  /** Whether all segments of the table are known. */
  isPlanned = false;
  /** What the segments know of the servers' checksums; null where none were asked for. */
  checksums: TableChecksums | null = null;
  /** How many rows the last chunk's pace suggests: where the next segment begins. Null until a chunk was full. */
  chunkRows: number | null = null;

  constructor(table: TableState) {
    this.table = table;
  }

  /** Notes that a segment, or another piece of work, is handed out, and returns its number. */
  begin(): number {
    this.openSegments++;
    return this.segments++;
  }

  /** Whether every segment was walked to its end. */
  get isDone(): boolean {
    return this.isPlanned && this.openSegments === 0;
  }
}

/** A segment of a table that is walked. */
export interface SegmentWork {
  readonly work: TableWork;
  readonly segment: Segment;
}

/** Small tables, each as a segment that is all of it. */
export interface SmallTablesWork {
  readonly items: readonly SegmentWork[];
  readonly segment: 'small';
}
