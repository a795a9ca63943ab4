// AssemblyScript: one wire value to canonical bytes. A result of 0 says that the TypeScript twin has to look at it.

import * as op from '../../engines/kernel-opcodes';
import { copyBytes, readUint32, readUint64, unpaddedLength, writeLength, writeSpan } from './bytes';
import { writeDecimalText, writeFloat, writeNumber, writeNumeric } from './numbers';
import { TAG_BITS, TAG_UUID } from './tags';
import { writeDays, writeMicros, writeMysqlDate, writeMysqlDatetime, writeMysqlTime } from './temporals';
import { writeSingleByteText, writeUuidText } from './texts';

function writeSigned(to: usize, value: i64, form: u32): usize {
  return writeNumber(to, value as u64, value < 0, form);
}

export function writeField(
  to: usize,
  opcode: u32,
  argument: u32,
  from: usize,
  count: usize,
  tables: usize,
): usize {
  switch (opcode) {
    case op.OP_INT8:
      return count === 1 ? writeSigned(to, load<i8>(from) as i64, argument) : 0;
    case op.OP_UINT8:
      return count === 1 ? writeSigned(to, load<u8>(from) as i64, argument) : 0;
    case op.OP_INT16_LE:
      return count === 2 ? writeSigned(to, load<i16>(from) as i64, argument) : 0;
    case op.OP_UINT16_LE:
      return count === 2 ? writeSigned(to, load<u16>(from) as i64, argument) : 0;
    case op.OP_INT32_LE:
      return count === 4 ? writeSigned(to, load<i32>(from) as i64, argument) : 0;
    case op.OP_UINT32_LE:
      return count === 4 ? writeSigned(to, load<u32>(from) as i64, argument) : 0;
    case op.OP_INT64_LE:
      return count === 8 ? writeSigned(to, load<i64>(from), argument) : 0;
    case op.OP_UINT64_LE:
      return count === 8 ? writeNumber(to, load<u64>(from), false, argument) : 0;
    case op.OP_INT16_BE:
      return count === 2 ? writeSigned(to, bswap<u16>(load<u16>(from)) as i16 as i64, argument) : 0;
    case op.OP_INT32_BE:
      return count === 4 ? writeSigned(to, readUint32(from) as i32 as i64, argument) : 0;
    case op.OP_UINT32_BE:
      return count === 4 ? writeSigned(to, readUint32(from) as i64, argument) : 0;
    case op.OP_INT64_BE:
      return count === 8 ? writeSigned(to, readUint64(from) as i64, argument) : 0;
    case op.OP_BIT_NUMBER:
      return writeBitNumber(to, argument, from, count);
    case op.OP_FLOAT32_LE:
      return count === 4 ? writeFloat(to, load<f32>(from) as f64) : 0;
    case op.OP_FLOAT64_LE:
      return count === 8 ? writeFloat(to, load<f64>(from)) : 0;
    case op.OP_FLOAT32_BE:
      return count === 4 ? writeFloat(to, reinterpret<f32>(readUint32(from)) as f64) : 0;
    case op.OP_FLOAT64_BE:
      return count === 8 ? writeFloat(to, reinterpret<f64>(readUint64(from))) : 0;
    case op.OP_SPAN:
      return writeSpan(to, argument, from, count);
    case op.OP_PADDED_SPAN:
      return writeSpan(to, argument, from, unpaddedLength(from, count));
    case op.OP_SINGLE_BYTE_TEXT:
      return writeSingleByteText(to, from, count, tables + ((argument as usize) << 10));
    case op.OP_UUID_BYTES:
      return count === 16 ? writeUuidBytes(to, from) : 0;
    case op.OP_UUID_TEXT:
      return writeUuidText(to, from, count);
    case op.OP_PADDED_UUID_TEXT:
      return writeUuidText(to, from, unpaddedLength(from, count));
    case op.OP_DECIMAL_TEXT:
      return writeDecimalText(to, from, count);
    case op.OP_NUMERIC:
      return writeNumeric(to, from, count);
    case op.OP_DAYS_BE:
      return count === 4 ? writeDays(to, readUint32(from) as i32) : 0;
    case op.OP_MICROS_BE:
      return count === 8 ? writeMicros(to, argument, readUint64(from) as i64) : 0;
    case op.OP_MYSQL_DATE:
      return writeMysqlDate(to, from, count);
    case op.OP_MYSQL_DATETIME:
      return writeMysqlDatetime(to, from, count, argument);
    case op.OP_MYSQL_TIME:
      return writeMysqlTime(to, from, count);
    case op.OP_BIT_STRING:
      return writeBitString(to, from, count);
    default:
      return 0;
  }
}

function writeUuidBytes(to: usize, from: usize): usize {
  store<u8>(to, TAG_UUID as u8);
  return copyBytes(to + 1, from, 16);
}

function writeBitNumber(to: usize, form: u32, from: usize, count: usize): usize {
  if (count > 8) return 0;
  let value: u64 = 0;
  for (let i: usize = 0; i < count; i++) value = (value << 8) | (load<u8>(from + i) as u64);
  return writeNumber(to, value, false, form);
}

/** PostgreSQL's bit strings: how many bits, then the bytes that hold them. */
function writeBitString(to: usize, from: usize, count: usize): usize {
  if (count < 4) return 0;
  const bits = readUint32(from);
  const bytes = (bits + 7) >> 3;
  if (count - 4 !== bytes) return 0;
  store<u8>(to, TAG_BITS as u8);
  return copyBytes(writeLength(to + 1, bits), from + 4, bytes);
}
