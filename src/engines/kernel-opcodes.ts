/**
 * How the kernel reads a wire value and which canonical bytes it writes. One list for both languages: the WebAssembly
 * kernel compiles this very file, so that a program cannot mean two things. Numbers are dense, because the kernel jumps
 * by them.
 */
export const OP_INT8 = 0;
export const OP_UINT8 = 1;
export const OP_INT16_LE = 2;
export const OP_UINT16_LE = 3;
export const OP_INT32_LE = 4;
export const OP_UINT32_LE = 5;
export const OP_INT64_LE = 6;
export const OP_UINT64_LE = 7;
export const OP_INT16_BE = 8;
export const OP_INT32_BE = 9;
export const OP_UINT32_BE = 10;
export const OP_INT64_BE = 11;
/** A number of up to eight bytes, most significant first: MySQL's BIT. */
export const OP_BIT_NUMBER = 12;
export const OP_FLOAT32_LE = 13;
export const OP_FLOAT64_LE = 14;
export const OP_FLOAT32_BE = 15;
export const OP_FLOAT64_BE = 16;
/** Bytes as they are, or text that is UTF-8 already; the argument is the tag. */
export const OP_SPAN = 17;
/** Text with trailing spaces that are no data; the argument is the tag. */
export const OP_PADDED_SPAN = 18;
/** Text of one byte a character; the argument is the number of its table. */
export const OP_SINGLE_BYTE_TEXT = 19;
export const OP_UUID_BYTES = 20;
export const OP_UUID_TEXT = 21;
export const OP_PADDED_UUID_TEXT = 22;
export const OP_DECIMAL_TEXT = 23;
export const OP_NUMERIC = 24;
export const OP_DAYS_BE = 25;
/** A 64-bit count of microseconds; the argument is the tag. */
export const OP_MICROS_BE = 26;
export const OP_MYSQL_DATE = 27;
/** The argument is the tag. */
export const OP_MYSQL_DATETIME = 28;
export const OP_MYSQL_TIME = 29;
export const OP_BIT_STRING = 30;
/** A value that the kernel has no rule for: its canonical bytes are made in TypeScript and handed in. */
export const OP_EXTERNAL = 31;

/** What a whole number becomes, as the argument of its opcode. */
export const NUMBER_AS_INT = 0;
export const NUMBER_AS_DECIMAL = 1;

/** How the rows of an engine lie in a span. */
export const FRAMING_PACKETS = 0;
export const FRAMING_DATA_ROW = 1;

/** Field widths in a MySQL row that are no number of bytes. */
export const WIDTH_LENGTH_ENCODED = -1;
export const WIDTH_BYTE_LENGTH = -2;

/** 32-bit words of a column in a program: opcode, width, argument, key kind. */
export const COLUMN_WORDS = 4;

/** How the key bytes of a column are made of its canonical bytes; 0 is no key column. */
export const KEY_NONE = 0;
export const KEY_INT = 1;
export const KEY_DECIMAL = 2;
export const KEY_TEXT_SPAN = 3;
export const KEY_BYTES_SPAN = 4;
/** Copied as they are where the tag is the one in the next byte: `kind | tag << 8`. */
export const KEY_COPY = 5;
/** A UUID spelled as text that sorts rightly only in lower case. */
export const KEY_LOWER_CASE_UUID = 6;

/** By what a column of two rows may be called equal, as bits; a column with none is always left to TypeScript. */
export const SAME_WIRE = 1;
export const SAME_CANONICAL = 2;
/** 32-bit words of a pair of rows that are compared: where each side's row begins and ends, the source's first. */
export const PAIR_WORDS = 4;

/** How a span ended. On anything but 0 the rows are read by the TypeScript twin, which finds the words for the error. */
export const STATUS_DONE = 0;
export const STATUS_UNREADABLE = 1;
export const STATUS_NOT_ASCENDING = 2;
