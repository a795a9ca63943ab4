// AssemblyScript: the tags of the canonical encoding, as `core/encoding/canonical.ts` has them; tests hold them together.

export const TAG_NULL: u32 = 0x00;
export const TAG_INT_NEGATIVE: u32 = 0x01;
export const TAG_INT_POSITIVE: u32 = 0x02;
export const TAG_DECIMAL: u32 = 0x03;
export const TAG_FLOAT: u32 = 0x04;
export const TAG_TEXT: u32 = 0x05;
export const TAG_RAW_TEXT: u32 = 0x06;
export const TAG_BYTES: u32 = 0x07;
export const TAG_BITS: u32 = 0x08;
export const TAG_DATE: u32 = 0x0a;
export const TAG_IRREGULAR_DATE: u32 = 0x0b;
export const TAG_TIME: u32 = 0x0c;
export const TAG_UUID: u32 = 0x11;
export const TAG_RAW_UUID: u32 = 0x12;

export const DECIMAL_NEGATIVE_INFINITY: u32 = 0;
export const DECIMAL_NEGATIVE: u32 = 1;
export const DECIMAL_ZERO: u32 = 2;
export const DECIMAL_POSITIVE: u32 = 3;
export const DECIMAL_POSITIVE_INFINITY: u32 = 4;
export const DECIMAL_NAN: u32 = 5;
