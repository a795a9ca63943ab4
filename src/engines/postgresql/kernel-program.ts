import { textTypeOf } from '../../core/canonical-type.js';
import { TAG } from '../../core/encoding/canonical.js';
import * as op from '../kernel-opcodes.js';
import type { KernelProgram, KernelRule } from '../kernel-program.js';
import { isPlainColumn, numberForm, toKernelColumn } from '../kernel-rules.js';
import type { CodecColumn } from '../row-codec.js';

const NUMBERS: Readonly<Record<string, number>> = {
  bool: op.OP_UINT8,
  int2: op.OP_INT16_BE,
  int4: op.OP_INT32_BE,
  int8: op.OP_INT64_BE,
  oid: op.OP_UINT32_BE,
};
const TIMES: Readonly<Record<string, string>> = {
  time: 'time',
  datetime: 'timestamp',
  instant: 'timestamptz',
};

/** Types whose wire format is their text and nothing else. */
const PLAIN_TEXT: ReadonlySet<string> = new Set(['text', 'varchar', 'citext', 'name']);

/** Compiles the kernel's program for rows in binary: an allow-list, everything else is external. */
export function buildPostgresqlProgram(columns: readonly CodecColumn[]): KernelProgram {
  return {
    framing: op.FRAMING_DATA_ROW,
    columns: columns.map((column) => toKernelColumn(isPlainColumn(column) ? ruleOf(column) : null, 0)),
    tables: [],
  };
}

function ruleOf(column: CodecColumn): KernelRule {
  const { wire, type } = column.column;
  switch (column.canonical) {
    case 'int':
    case 'decimal':
      return numberRule(column);
    case 'float':
      if (wire === 'float4') return { opcode: op.OP_FLOAT32_BE, argument: 0 };
      return wire === 'float8' ? { opcode: op.OP_FLOAT64_BE, argument: 0 } : null;
    case 'bytes':
      if (type.kind === 'text') return textRule(column, TAG.bytes);
      return wire === 'bytea' && type.kind === 'bytes' ? { opcode: op.OP_SPAN, argument: TAG.bytes } : null;
    case 'bits':
      return wire === 'bit' || wire === 'varbit' ? { opcode: op.OP_BIT_STRING, argument: 0 } : null;
    case 'text':
      return textRule(column, TAG.text);
    case 'uuid':
      return uuidRule(column);
    case 'date':
      return wire === 'date' && type.kind === 'date' ? { opcode: op.OP_DAYS_BE, argument: 0 } : null;
    case 'time':
    case 'datetime':
    case 'instant':
      return type.kind === column.canonical && wire === TIMES[column.canonical]
        ? { opcode: op.OP_MICROS_BE, argument: TAG[column.canonical] }
        : null;
    default:
      return null;
  }
}

function numberRule({ column, canonical }: CodecColumn): KernelRule {
  if (column.wire === 'numeric')
    return canonical === 'decimal' && column.type.kind === 'decimal'
      ? { opcode: op.OP_NUMERIC, argument: 0 }
      : null;
  const opcode = NUMBERS[column.wire];
  const form = numberForm(canonical);
  return opcode === undefined || form === null ? null : { opcode, argument: form };
}

function textRule({ column }: CodecColumn, tag: number): KernelRule {
  const { type, wire } = column;
  if (textTypeOf(type)?.charset !== 'utf8') return null;
  if (type.kind === 'text' && wire === 'bpchar') return { opcode: op.OP_PADDED_SPAN, argument: tag };
  const isPlain = type.kind === 'enum' || (type.kind === 'text' && PLAIN_TEXT.has(wire));
  return isPlain ? { opcode: op.OP_SPAN, argument: tag } : null;
}

function uuidRule({ column }: CodecColumn): KernelRule {
  const { type, wire } = column;
  if (type.kind === 'uuid') return wire === 'uuid' ? { opcode: op.OP_UUID_BYTES, argument: 0 } : null;
  if (type.kind !== 'text') return null;
  return { opcode: wire === 'bpchar' ? op.OP_PADDED_UUID_TEXT : op.OP_UUID_TEXT, argument: 0 };
}
