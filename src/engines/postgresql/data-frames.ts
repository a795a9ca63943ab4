import { RowproofError } from '../../core/errors.js';
import type { SpanListener } from '../session.js';
import { assertLength, firstBufferBytes, growBuffer } from '../wire-budget.js';

const DATA_ROW = 0x44;
const COMMAND_COMPLETE = 0x43;
const MESSAGE_HEADER = 5;
/** A message's length counts itself. */
const LENGTH_BYTES = 4;
const SCRATCH_BYTES = 16 << 10;

/**
 * Cuts a socket's bytes into protocol messages and hands over runs of whole DataRow messages, framing included. Nothing
 * is copied but a message that is split between two chunks.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class DataFrames {
  /** Of how many statements the server has said how many rows there were, and that many have come: the only sign that all were seen. */
  confirmed = 0;
  readonly #onSpan: SpanListener;
  /** Where split ones are put together, one after the other; longer ones get a buffer of their own. */
  #scratch: Buffer | null = null;
  #partial: Buffer | null = null;
  #partialLength = 0;
  #rows = 0;

  constructor(onSpan: SpanListener) {
    this.#onSpan = onSpan;
  }

  /** Takes the next bytes; what is no row goes to `forward`. Returns false where the reader wants no more. */
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
      while (at + MESSAGE_HEADER <= end && bytes[at] === DATA_ROW) {
        const next = endOf(bytes, at);
        if (next > end) break;
        rows++;
        at = next;
      }
      this.#rows += rows;
      if (rows > 0 && !this.#onSpan(bytes, spanStart, at, rows)) return false;
      if (at === end) return true;
      const next = at + MESSAGE_HEADER <= end ? endOf(bytes, at) : end + 1;
      if (next > end) {
        this.#keepPartial(bytes, at);
        return true;
      }
      this.#readOther(bytes.subarray(at, next), forward);
      at = next;
    }
    return true;
  }

  #keepPartial(bytes: Buffer, at: number): void {
    const known = bytes.length - at;
    const length = known >= MESSAGE_HEADER ? endOf(bytes, at) - at : MESSAGE_HEADER;
    this.#partial =
      length > SCRATCH_BYTES ? Buffer.allocUnsafeSlow(firstBufferBytes(length, known)) : this.#openScratch();
    this.#partialLength = bytes.copy(this.#partial, 0, at);
  }

  #readOther(message: Buffer, forward: (bytes: Buffer) => void): void {
    if (message[0] === COMMAND_COMPLETE) this.#confirm(message.toString('latin1', MESSAGE_HEADER));
    forward(Buffer.from(message));
  }

  #confirm(said: string): void {
    if (said !== `SELECT ${this.#rows}\0`) throw unconfirmedEnd();
    this.confirmed++;
    this.#rows = 0;
  }

  /** The results of small tables end before any of it is split. */
  #openScratch(): Buffer {
    this.#scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES);
    return this.#scratch;
  }
}

/** What is wrong with a read of which it is not known that it has ended. */
export function unconfirmedEnd(): RowproofError {
  return new RowproofError({
    code: 'connection-lost',
    message: 'The server ended a read without confirming its end.',
  });
}

/** Where the message at `at` ends. */
function endOf(bytes: Buffer, at: number): number {
  return at + 1 + assertLength(bytes.readUInt32BE(at + 1), LENGTH_BYTES);
}
