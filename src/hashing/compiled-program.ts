import { TAG } from '../core/encoding/canonical.js';
import type { KeyKind } from '../core/encoding/key-bytes.js';
import type { Column } from '../core/schema.js';
import {
  COLUMN_WORDS,
  KEY_BYTES_SPAN,
  KEY_COPY,
  KEY_DECIMAL,
  KEY_INT,
  KEY_LOWER_CASE_UUID,
  KEY_NONE,
  KEY_TEXT_SPAN,
  OP_EXTERNAL,
} from '../engines/kernel-opcodes.js';
import type { FieldEncoder, RowCodec } from '../engines/row-codec.js';

/** Words of a table of code points. */
const TABLE_WORDS = 256;

/** A key column as the reader needs it: how its values sort, and whether upper-case UUIDs would break that order. */
export interface ReaderKeyColumn {
  readonly column: Column;
  readonly keyKind: KeyKind;
}

/** A program with its key, laid out as the kernel reads it from memory. */
export interface CompiledProgram {
  readonly framing: number;
  readonly columnCount: number;
  readonly keyCount: number;
  /** The columns, then the tables. */
  readonly words: Int32Array;
  /** The encoders of the external columns, in their order. */
  readonly externalEncoders: readonly FieldEncoder[];
  /** Whether rows can be indexed in key order; else they can only be hashed. */
  readonly isOrdered: boolean;
}

/** Lays a codec's program out; null where the kernel would have nothing to do. */
export function compileProgram(codec: RowCodec, key: readonly ReaderKeyColumn[]): CompiledProgram | null {
  const { framing, columns, tables } = codec.program;
  const words = new Int32Array(columns.length * COLUMN_WORDS + tables.length * TABLE_WORDS);
  const keyKinds = key.map(keyKindOf);
  for (const [i, { opcode, width, argument }] of columns.entries())
    words.set([opcode, width, argument, keyKinds[i] ?? KEY_NONE], i * COLUMN_WORDS);
  for (const [i, table] of tables.entries())
    words.set(table, columns.length * COLUMN_WORDS + i * TABLE_WORDS);
  const externals = codec.encoders.filter((_, i) => columns[i]?.opcode === OP_EXTERNAL);
  if (externals.length === columns.length) return null;
  return {
    framing,
    columnCount: columns.length,
    keyCount: key.length,
    words,
    externalEncoders: externals,
    isOrdered: key.length > 0 && key.every((_, i) => isOrderedColumn(columns[i]?.opcode, keyKinds[i])),
  };
}

/** Whether two programs make the same of the same bytes. */
export function isSameProgram(one: CompiledProgram, other: CompiledProgram): boolean {
  return (
    one.framing === other.framing &&
    one.columnCount === other.columnCount &&
    one.keyCount === other.keyCount &&
    one.words.length === other.words.length &&
    one.words.every((word, i) => word === other.words[i]) &&
    one.externalEncoders.length === other.externalEncoders.length &&
    one.externalEncoders.every((encoder, i) => encoder === other.externalEncoders[i])
  );
}

/** Whether a UUID is in upper case can only be seen in wire bytes, which the kernel does not look at in externals. */
function isOrderedColumn(opcode: number | undefined, keyKind: number | undefined): boolean {
  return keyKind !== KEY_NONE && opcode !== OP_EXTERNAL;
}

function keyKindOf({ column, keyKind }: ReaderKeyColumn): number {
  const { type } = column;
  switch (keyKind) {
    case 'int':
      return KEY_INT;
    case 'decimal':
      return KEY_DECIMAL;
    case 'text':
      return KEY_TEXT_SPAN;
    case 'bytes':
      return KEY_BYTES_SPAN;
    case 'uuid':
      if (type.kind === 'text' && type.uuidOrder !== 'any-case') return KEY_LOWER_CASE_UUID;
      return KEY_COPY | (TAG.uuid << 8);
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
      return KEY_COPY | (TAG[keyKind] << 8);
    default:
      return KEY_NONE;
  }
}
