// AssemblyScript: compares the rows of both sides field by field. What is called equal here is equal; of all else only
// `tasks/row-comparer.ts` can say what it is.

import {
  COLUMN_WORDS,
  FRAMING_PACKETS,
  OP_EXTERNAL,
  PAIR_WORDS,
  SAME_CANONICAL,
  SAME_WIRE,
  STATUS_DONE,
  STATUS_UNREADABLE,
} from '../../engines/kernel-opcodes';
import { isSame } from './bytes';
import { writeField } from './fields';
import { splitDataRow, splitPacketRow } from './rows';

const COLUMN_BYTES: usize = COLUMN_WORDS * 4;
const PAIR_BYTES: usize = PAIR_WORDS * 4;

let columnCount: i32 = 0;
/** By what each column may be called equal. */
let means: usize = 0;
/** Room for the field positions of a row of each side. */
let fields: usize = 0;
/** Of each side: the framing, the columns and the tables of its program. */
let sourceFraming: i32 = 0;
let sourceColumns: usize = 0;
let sourceTables: usize = 0;
let targetFraming: i32 = 0;
let targetColumns: usize = 0;
let targetTables: usize = 0;

export function setPair(count: i32, meansAt: usize, room: usize): void {
  columnCount = count;
  means = meansAt;
  fields = room;
}

export function setSource(framing: i32, columns: usize, tables: usize): void {
  sourceFraming = framing;
  sourceColumns = columns;
  sourceTables = tables;
}

export function setTarget(framing: i32, columns: usize, tables: usize): void {
  targetFraming = framing;
  targetColumns = columns;
  targetTables = tables;
}

/** Finds the fields of a row that is known to begin and end there. */
function splitRow(framing: i32, columns: usize, row: usize, rowEnd: usize, into: usize): bool {
  const end =
    framing === FRAMING_PACKETS
      ? splitPacketRow(row, rowEnd, columns, columnCount, columnCount, into)
      : splitDataRow(row, rowEnd, columnCount, columnCount, into);
  return end === rowEnd;
}

/** Writes where the fields of a row begin, and then where they end; a NULL begins at -1. */
function writeSpans(from: usize, to: usize): void {
  const ends = to + ((columnCount as usize) << 2);
  for (let i: usize = 0; i < (columnCount as usize); i++) {
    const start = load<i32>(from + (i << 3));
    const size = load<i32>(from + (i << 3), 4);
    store<i32>(to + (i << 2), size < 0 ? -1 : start);
    store<i32>(ends + (i << 2), start + size);
  }
}

/** Whether a field is surely the same in both of the rows that were split last. Writes to two pieces of memory of the same size. */
function isSameField(column: usize, one: usize, other: usize): bool {
  const source = fields + (column << 3);
  const target = source + ((columnCount as usize) << 3);
  const size = load<i32>(source, 4);
  const targetSize = load<i32>(target, 4);
  if (size < 0 || targetSize < 0) return size < 0 && targetSize < 0;
  const from = load<u32>(source) as usize;
  const targetFrom = load<u32>(target) as usize;
  const by = load<u32>(means + (column << 2));
  if (by & SAME_WIRE) return size === targetSize && isSame(from, targetFrom, size as usize);
  if (!(by & SAME_CANONICAL)) return false;
  const program = sourceColumns + column * COLUMN_BYTES;
  const targetProgram = targetColumns + column * COLUMN_BYTES;
  const opcode = load<u32>(program);
  const targetOpcode = load<u32>(targetProgram);
  if (opcode === OP_EXTERNAL || targetOpcode === OP_EXTERNAL) return false;
  const end = writeField(one, opcode, load<u32>(program, 8), from, size as usize, sourceTables);
  if (end === 0) return false;
  const otherEnd = writeField(
    other,
    targetOpcode,
    load<u32>(targetProgram, 8),
    targetFrom,
    targetSize as usize,
    targetTables,
  );
  return otherEnd !== 0 && end - one === otherEnd - other && isSame(one, other, end - one);
}

/**
 * Compares pairs of rows; of a row that begins at 0 the side has none. Of each pair it writes the spans of the source's
 * fields and of the target's, and lists the fields that are not surely the same, with where the list of each pair ends.
 */
export function compareRows(
  rows: i32,
  pairs: usize,
  spans: usize,
  ends: usize,
  list: usize,
  one: usize,
  other: usize,
): i32 {
  const count = columnCount as usize;
  const rowSpans = count << 3;
  let listed: u32 = 0;
  for (let i: usize = 0; i < (rows as usize); i++) {
    const pair = pairs + i * PAIR_BYTES;
    const source = load<u32>(pair) as usize;
    const target = load<u32>(pair, 8) as usize;
    const to = spans + 2 * i * rowSpans;
    if (source !== 0) {
      if (!splitRow(sourceFraming, sourceColumns, source, load<u32>(pair, 4) as usize, fields))
        return STATUS_UNREADABLE;
      writeSpans(fields, to);
    }
    if (target !== 0) {
      const into = fields + rowSpans;
      if (!splitRow(targetFraming, targetColumns, target, load<u32>(pair, 12) as usize, into))
        return STATUS_UNREADABLE;
      writeSpans(into, to + rowSpans);
    }
    if (source !== 0 && target !== 0)
      for (let column: usize = 0; column < count; column++)
        if (!isSameField(column, one, other)) store<u32>(list + ((listed++ as usize) << 2), column as u32);
    store<u32>(ends + (i << 2), listed);
  }
  return STATUS_DONE;
}
