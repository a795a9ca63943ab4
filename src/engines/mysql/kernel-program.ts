import { textTypeOf } from '../../core/canonical-type.js';
import { TAG } from '../../core/encoding/canonical.js';
import type { ValueType } from '../../core/schema.js';
import * as op from '../kernel-opcodes.js';
import type { KernelProgram, KernelRule } from '../kernel-program.js';
import { isPlainColumn, numberForm, toKernelColumn } from '../kernel-rules.js';
import type { CodecColumn } from '../row-codec.js';
import type { Charset } from './charset.js';

const NUMBERS: Readonly<Record<string, number>> = {
  tinyint: op.OP_INT8,
  'tinyint unsigned': op.OP_UINT8,
  smallint: op.OP_INT16_LE,
  'smallint unsigned': op.OP_UINT16_LE,
  year: op.OP_UINT16_LE,
  mediumint: op.OP_INT32_LE,
  'mediumint unsigned': op.OP_UINT32_LE,
  int: op.OP_INT32_LE,
  'int unsigned': op.OP_UINT32_LE,
  bigint: op.OP_INT64_LE,
  'bigint unsigned': op.OP_UINT64_LE,
  bit: op.OP_BIT_NUMBER,
};

/** Compiles the kernel's program for rows of the binary protocol: an allow-list, everything else is external. */
export function buildMysqlProgram(
  columns: readonly CodecColumn[],
  charsets: ReadonlyMap<string, Charset>,
  widths: Int32Array,
): KernelProgram {
  const singles = [...charsets].filter(
    ([, { pairs, wide, ascii }]) => pairs === null && wide === null && ascii,
  );
  const tableNames = singles.map(([name]) => name);
  return {
    framing: op.FRAMING_PACKETS,
    columns: columns.map((column, i) =>
      toKernelColumn(
        isPlainColumn(column) ? ruleOf(column, charsets, tableNames) : null,
        widths[i] as number,
      ),
    ),
    tables: singles.map(([, charset]) => charset.singles),
  };
}

function ruleOf(
  column: CodecColumn,
  charsets: ReadonlyMap<string, Charset>,
  tableNames: readonly string[],
): KernelRule {
  const { wire, type } = column.column;
  switch (column.canonical) {
    case 'int':
    case 'decimal':
      return numberRule(column);
    case 'float':
      if (type.kind !== 'float') return null;
      return { opcode: wire === 'float' ? op.OP_FLOAT32_LE : op.OP_FLOAT64_LE, argument: 0 };
    case 'bytes':
      return isKeptAsSent(type) ? { opcode: op.OP_SPAN, argument: TAG.bytes } : null;
    case 'text':
      return textRule(column, tableNames);
    case 'uuid':
      if (type.kind === 'bytes') return wire === 'binary' ? { opcode: op.OP_UUID_BYTES, argument: 0 } : null;
      return isUuidInAscii(column, charsets) ? { opcode: op.OP_UUID_TEXT, argument: 0 } : null;
    default:
      return temporalRule(column);
  }
}

/** Bytes, and text that is compared with bytes as the UTF-8 that it is. */
function isKeptAsSent(type: ValueType): boolean {
  return type.kind === 'bytes' || (type.kind === 'text' && type.charset === 'utf8');
}

/** The kernel reads digits as ASCII bytes, which those of UTF-16 and its like are not. */
function isUuidInAscii({ column: { type } }: CodecColumn, charsets: ReadonlyMap<string, Charset>): boolean {
  if (type.kind !== 'text') return type.kind === 'uuid';
  return type.charset === 'utf8' || charsets.get(type.charset)?.ascii === true;
}

function numberRule({ column, canonical }: CodecColumn): KernelRule {
  const { wire, type } = column;
  if (wire === 'decimal')
    return canonical === 'decimal' && type.kind === 'decimal'
      ? { opcode: op.OP_DECIMAL_TEXT, argument: 0 }
      : null;
  const opcode = NUMBERS[wire];
  const form = numberForm(canonical);
  const isNumber = type.kind === 'int' || type.kind === 'boolean' || type.kind === 'bits';
  return opcode === undefined || form === null || !isNumber ? null : { opcode, argument: form };
}

function textRule({ column }: CodecColumn, tableNames: readonly string[]): KernelRule {
  const { type } = column;
  if (type.kind !== 'text' && type.kind !== 'enum') return null;
  const charset = textTypeOf(type)?.charset ?? '';
  if (charset === 'utf8') return { opcode: op.OP_SPAN, argument: TAG.text };
  const table = tableNames.indexOf(charset);
  return table < 0 ? null : { opcode: op.OP_SINGLE_BYTE_TEXT, argument: table };
}

function temporalRule({ column, canonical }: CodecColumn): KernelRule {
  const { wire, type } = column;
  if (type.kind !== canonical) return null;
  if (canonical === 'date' && wire === 'date') return { opcode: op.OP_MYSQL_DATE, argument: 0 };
  if (canonical === 'time' && wire === 'time') return { opcode: op.OP_MYSQL_TIME, argument: 0 };
  if (canonical === 'datetime' && wire === 'datetime')
    return { opcode: op.OP_MYSQL_DATETIME, argument: TAG.datetime };
  if (canonical === 'instant' && wire === 'timestamp')
    return { opcode: op.OP_MYSQL_DATETIME, argument: TAG.instant };
  return null;
}
