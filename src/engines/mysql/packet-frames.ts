import type { SpanListener } from '../session.js';
import { assertLength, firstBufferBytes, growBuffer } from '../wire-budget.js';

const HEADER = 4;
const SCRATCH_BYTES = 16 << 10;
/** A packet of this length goes on in the next one. */
const LONGEST_PACKET = 0xffffff;
/** What a row of the binary protocol begins with; an error begins with 0xff, the end of the rows with 0xfe. */
const ROW = 0x00;

/** Who gets what is no row. */
export interface PacketReceiver {
  /** Whether the column definitions are through, so that what begins with a zero is a row. */
  readonly expectsRows: boolean;
  /** Takes one whole packet, header included. */
  forward(packet: Buffer): void;
}

/**
 * Cuts a socket's bytes into packets and hands over runs of whole row packets, headers included. Nothing is copied but a
 * packet that is split between two chunks, or rows of 16 MB and more, which come in several packets.
 *
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
 */
export class PacketFrames {
  readonly #onSpan: SpanListener;
  readonly #receiver: PacketReceiver;
  /** Where split ones are put together, one after the other; longer ones get a buffer of their own. */
  #scratch: Buffer | null = null;
  #partial: Buffer | null = null;
  #partialLength = 0;
  /** The packets so far of a row that is longer than one packet. */
  #longRow: Buffer[] = [];
  #longRowBytes = 0;

  constructor(onSpan: SpanListener, receiver: PacketReceiver) {
    this.#onSpan = onSpan;
    this.#receiver = receiver;
  }

  /** Takes the next bytes. Returns false where the reader wants no more. */
  push(chunk: Buffer): boolean {
    let rest = chunk;
    if (this.#partial !== null) {
      const taken = this.#fillPartial(this.#partial, chunk);
      if (taken < 0) return true;
      const whole = this.#partial.subarray(0, this.#partialLength);
      this.#partial = null;
      if (!this.#readPackets(whole)) return false;
      rest = chunk.subarray(taken);
    }
    return this.#readPackets(rest);
  }

  /** Completes a split packet; returns how much of the chunk that took, or -1 while it is not whole. */
  #fillPartial(partial: Buffer, chunk: Buffer): number {
    let taken = 0;
    let target = partial;
    if (this.#partialLength < HEADER) {
      taken = Math.min(HEADER - this.#partialLength, chunk.length);
      chunk.copy(target, this.#partialLength, 0, taken);
      this.#partialLength += taken;
      if (this.#partialLength < HEADER) return -1;
    }
    const length = HEADER + target.readUIntLE(0, 3);
    const more = Math.min(length - this.#partialLength, chunk.length - taken);
    target = growBuffer(target, { used: this.#partialLength, more, length });
    this.#partial = target;
    chunk.copy(target, this.#partialLength, taken, taken + more);
    this.#partialLength += more;
    return this.#partialLength === length ? taken + more : -1;
  }

  #readPackets(bytes: Buffer): boolean {
    const end = bytes.length;
    let at = 0;
    while (at < end) {
      const start = at;
      let rows = 0;
      while (at + HEADER < end && bytes[at + HEADER] === ROW && this.#isRowExpected) {
        const length = lengthAt(bytes, at);
        if (length === LONGEST_PACKET || length === 0 || at + HEADER + length > end) break;
        at += HEADER + length;
        rows++;
      }
      if (rows > 0 && !this.#onSpan(bytes, start, at, rows)) return false;
      if (at === end) return true;
      const next = at + HEADER <= end ? at + HEADER + lengthAt(bytes, at) : end + 1;
      if (next > end) {
        this.#keepPartial(bytes, at);
        return true;
      }
      if (!this.#readOther(bytes.subarray(at, next))) return false;
      at = next;
    }
    return true;
  }

  get #isRowExpected(): boolean {
    return this.#longRow.length === 0 && this.#receiver.expectsRows;
  }

  #keepPartial(bytes: Buffer, at: number): void {
    const known = bytes.length - at;
    const length = known >= HEADER ? HEADER + lengthAt(bytes, at) : HEADER;
    this.#partial =
      length > SCRATCH_BYTES ? Buffer.allocUnsafeSlow(firstBufferBytes(length, known)) : this.#openScratch();
    this.#partialLength = bytes.copy(this.#partial, 0, at);
  }

  /** A packet that is no row by itself: part of a long row, or one for the receiver. */
  #readOther(packet: Buffer): boolean {
    const isWhole = lengthAt(packet, 0) < LONGEST_PACKET;
    const begins = this.#isRowExpected && packet[HEADER] === ROW && !isWhole;
    if (!begins && this.#longRow.length === 0) {
      this.#receiver.forward(packet);
      return true;
    }
    this.#longRowBytes = assertLength(this.#longRowBytes + packet.length, HEADER);
    this.#longRow.push(Buffer.from(begins ? packet : packet.subarray(HEADER)));
    if (!isWhole) return true;
    const row = Buffer.concat(this.#longRow);
    this.#longRow = [];
    this.#longRowBytes = 0;
    return this.#onSpan(row, 0, row.length, 1);
  }

  /** The results of small tables end before any of it is split. */
  #openScratch(): Buffer {
    this.#scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES);
    return this.#scratch;
  }
}

function lengthAt(bytes: Buffer, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
}
