const INITIAL_BYTES = 4096;
/** Many sinks are never written to. */
const EMPTY = Buffer.alloc(0);
/** Below this a byte loop beats the native copy, whose call costs about as much as this many loop steps. */
const LOOP_COPY_BYTES = 48;
/** What a sink keeps between rows, and the most by which it grows beyond its need while it is small. */
const KEPT_BYTES = 16 << 20;

/**
 * A growing byte buffer that is reset and refilled for every row, so that encoding a row allocates nothing.
 * `bytes` is only valid up to `length`, and only until the next reset.
 */
export class ByteSink {
  bytes: Buffer = EMPTY;
  length = 0;

  /** Starts anew; the room of a very long value is given back. */
  reset(): void {
    this.length = 0;
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const spare = Math.max(Math.min(this.bytes.length, KEPT_BYTES), this.bytes.length >> 2);
    const grown = Buffer.allocUnsafeSlow(
      needed + (count > KEPT_BYTES ? INITIAL_BYTES : Math.max(INITIAL_BYTES, spare)),
    );
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  writeByte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Writes 32 bits, most significant byte first, of a signed or unsigned number. */
  writeUint32(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value >>> 24;
    bytes[length + 1] = value >>> 16;
    bytes[length + 2] = value >>> 8;
    bytes[length + 3] = value;
    this.length = length + 4;
  }

  /** Writes a tag and 64 bits, most significant byte first: the shape of most canonical values, in one step. */
  writeTagged64(tag: number, high: number, low: number): void {
    this.reserve(9);
    const { bytes, length } = this;
    bytes[length] = tag;
    bytes[length + 1] = high >>> 24;
    bytes[length + 2] = high >>> 16;
    bytes[length + 3] = high >>> 8;
    bytes[length + 4] = high;
    bytes[length + 5] = low >>> 24;
    bytes[length + 6] = low >>> 16;
    bytes[length + 7] = low >>> 8;
    bytes[length + 8] = low;
    this.length = length + 9;
  }

  writeUint16(value: number): void {
    this.reserve(2);
    const { bytes, length } = this;
    bytes[length] = value >>> 8;
    bytes[length + 1] = value;
    this.length = length + 2;
  }

  /** Writes a length in LEB128 (seven bits a byte, low bits first): one byte for most values. */
  writeLength(value: number): void {
    this.reserve(5);
    if (value <= 0x7f) {
      this.bytes[this.length++] = value;
      return;
    }
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** Appends `source[start, end)`. */
  copy(source: Uint8Array, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    const { bytes, length } = this;
    if (count <= LOOP_COPY_BYTES) {
      for (let i = 0; i < count; i++) bytes[length + i] = source[start + i] as number;
    } else {
      bytes.set(source.subarray(start, end), length);
    }
    this.length = length + count;
  }

  /** Appends short text of ASCII characters only, which a loop writes faster than a native call. */
  writeAscii(text: string): void {
    const count = text.length;
    this.reserve(count);
    const { bytes, length } = this;
    for (let i = 0; i < count; i++) bytes[length + i] = text.charCodeAt(i);
    this.length = length + count;
  }

  /** Appends text as UTF-8. */
  writeText(text: string): void {
    this.reserve(Buffer.byteLength(text, 'utf8'));
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  /** A copy of what was written, which stays valid. */
  toBuffer(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }
}
