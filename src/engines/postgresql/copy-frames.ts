import { RowproofError } from '../../core/errors.js';
import type { SpanListener } from '../engine.js';
import { assertLength, firstBufferBytes, growBuffer } from '../wire-budget.js';

const COPY_OUT_RESPONSE = 0x48;
const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
const MESSAGE_HEADER = 5;
/** A message's length counts itself. */
const LENGTH_BYTES = 4;
const SCRATCH_BYTES = 16 << 10;
/** Signature, flags and extension length of the binary COPY format. */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const COPY_HEADER = 19;

/**
 * Cuts a socket's bytes into protocol messages and hands over runs of whole CopyData messages, framing included.
 *
 * Nothing is copied but a message that is split between two chunks. The server sends each row of a binary COPY as one
 * CopyData message; the first also carries the file header, and the last is the end marker (a field count of -1).
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 * @see https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT
 */
export class CopyFrames {
  /** True once the end marker and CopyDone have arrived: the only sign that all rows were seen. */
  complete = false;
  readonly #onSpan: SpanListener;
  /** Where split ones are put together, one after the other; longer ones get a buffer of their own. */
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #partial: Buffer | null = null;
  #partialLength = 0;
  #sawHeader = false;
  #sawTrailer = false;

  constructor(onSpan: SpanListener) {
    this.#onSpan = onSpan;
  }

  /** Takes the next bytes; what is no COPY message goes to `forward`. Returns false where the reader wants no more. */
  push(chunk: Buffer, forward: (bytes: Buffer) => void): boolean {
    let rest = chunk;
    if (this.#partial !== null) {
      const taken = this.#fillPartial(this.#partial, chunk);
      if (taken < 0) return true;
      const whole = this.#partial.subarray(0, this.#partialLength);
      this.#partial = null;
      if (!this.#readMessages(whole, forward)) return false;
      rest = chunk.subarray(taken);
    }
    return this.#readMessages(rest, forward);
  }

  /** Gives the beginning of a message that was not whole to pg, when pg takes the socket back. */
  flushPartial(forward: (bytes: Buffer) => void): void {
    if (this.#partial !== null) forward(this.#partial.subarray(0, this.#partialLength));
    this.#partial = null;
  }

  /** Completes a split message; returns how much of the chunk that took, or -1 while it is not whole. */
  #fillPartial(partial: Buffer, chunk: Buffer): number {
    let taken = 0;
    let target = partial;
    if (this.#partialLength < MESSAGE_HEADER) {
      taken = Math.min(MESSAGE_HEADER - this.#partialLength, chunk.length);
      chunk.copy(target, this.#partialLength, 0, taken);
      this.#partialLength += taken;
      if (this.#partialLength < MESSAGE_HEADER) return -1;
    }
    const length = endOf(target, 0);
    const more = Math.min(length - this.#partialLength, chunk.length - taken);
    target = growBuffer(target, { used: this.#partialLength, more, length });
    this.#partial = target;
    chunk.copy(target, this.#partialLength, taken, taken + more);
    this.#partialLength += more;
    return this.#partialLength === length ? taken + more : -1;
  }

  #readMessages(bytes: Buffer, forward: (bytes: Buffer) => void): boolean {
    const end = bytes.length;
    let at = 0;
    while (at < end) {
      const spanStart = at;
      let rows = 0;
      while (at + MESSAGE_HEADER <= end && bytes[at] === COPY_DATA && this.#sawHeader) {
        const next = endOf(bytes, at);
        if (next > end || isTrailer(bytes, at)) break;
        rows++;
        at = next;
      }
      if (rows > 0 && !this.#onSpan(bytes, spanStart, at, rows)) return false;
      if (at === end) return true;
      const next = at + MESSAGE_HEADER <= end ? endOf(bytes, at) : end + 1;
      if (next > end) {
        this.#keepPartial(bytes, at);
        return true;
      }
      if (!this.#readOther(bytes.subarray(at, next), forward)) return false;
      at = next;
    }
    return true;
  }

  #keepPartial(bytes: Buffer, at: number): void {
    const known = bytes.length - at;
    const length = known >= MESSAGE_HEADER ? endOf(bytes, at) - at : MESSAGE_HEADER;
    this.#partial =
      length > SCRATCH_BYTES ? Buffer.allocUnsafeSlow(firstBufferBytes(length, known)) : this.#scratch;
    this.#partialLength = bytes.copy(this.#partial, 0, at);
  }

  #readOther(message: Buffer, forward: (bytes: Buffer) => void): boolean {
    switch (message[0]) {
      case COPY_OUT_RESPONSE:
        return true;
      case COPY_DATA:
        return this.#readUnusualData(message);
      case COPY_DONE:
        this.complete = this.#sawTrailer;
        return true;
      default:
        forward(Buffer.from(message));
        return true;
    }
  }

  /** The first CopyData message, with the file header before its row, or the last one, the end marker. */
  #readUnusualData(message: Buffer): boolean {
    if (!this.#sawHeader) {
      if (!message.subarray(MESSAGE_HEADER).subarray(0, SIGNATURE.length).equals(SIGNATURE))
        throw unknownFormat();
      if (message.length < MESSAGE_HEADER + COPY_HEADER) throw unknownFormat();
      this.#sawHeader = true;
      const header = COPY_HEADER + message.readUInt32BE(MESSAGE_HEADER + COPY_HEADER - LENGTH_BYTES);
      if (message.length < MESSAGE_HEADER + header) throw unknownFormat();
      if (message.length === MESSAGE_HEADER + header) return true;
      const row = Buffer.allocUnsafe(message.length - header);
      row[0] = COPY_DATA;
      row.writeUInt32BE(row.length - 1, 1);
      message.copy(row, MESSAGE_HEADER, MESSAGE_HEADER + header);
      if (!isTrailer(row, 0)) return this.#onSpan(row, 0, row.length, 1);
    }
    this.#sawTrailer = true;
    return true;
  }
}

/** Where the message at `at` ends. */
function endOf(bytes: Buffer, at: number): number {
  return at + 1 + assertLength(bytes.readUInt32BE(at + 1), LENGTH_BYTES);
}

function unknownFormat(): RowproofError {
  return new RowproofError({ code: 'wire-format', message: 'The server sent an unknown COPY format.' });
}

/** A field count of -1 marks the end of the data. */
function isTrailer(bytes: Buffer, at: number): boolean {
  return bytes[at + MESSAGE_HEADER] === 0xff && bytes[at + MESSAGE_HEADER + 1] === 0xff;
}
