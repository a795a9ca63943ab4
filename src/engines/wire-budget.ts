import { RowproofError } from '../core/errors.js';

/** How much a server may say in answer to one thing. */
export interface WireLimits {
  readonly bytes: number;
  readonly messages: number;
}

/** A login is a few hundred bytes. */
const LOGIN: WireLimits = { bytes: 1 << 20, messages: 1000 };
/** A statement whose rows do not go through a reader of spans is kept in memory, the catalog of a big schema at most. */
const STATEMENT: WireLimits = { bytes: 128 << 20, messages: 500_000 };
/** The longest row or value that any of the engines can send. */
const LONGEST_MESSAGE = 1 << 30;
/** A buffer for a message is made this large at once, and from there grows with what has come. */
const FIRST_BYTES = 1 << 20;

/** Counts what a server says until the next statement, so that no server can fill the memory. */
export class WireBudget {
  #left: { bytes: number; messages: number } = { ...LOGIN };

  /** A statement begins. */
  renew(): void {
    this.#left = { ...STATEMENT };
  }

  /** Throws before anything of a message that goes beyond the limits is kept. */
  take(bytes: number): void {
    this.#left.bytes -= bytes;
    this.#left.messages--;
    if (this.#left.bytes >= 0 && this.#left.messages >= 0) return;
    throw new RowproofError({
      code: 'wire-format',
      message: 'The server said more than any answer to this can be.',
      hint: 'Check that the URL names the right server. A schema with more than half a million columns is read in parts.',
    });
  }
}

/** Follows a stream of messages by their headers and pays for each from the budget when it begins. */
export class MessageMeter {
  readonly #budget: WireBudget;
  readonly #header: Buffer;
  readonly #measure: (header: Buffer) => number;
  #headerLength = 0;
  #bodyLeft = 0;
  /** How many have begun. */
  messages = 0;

  constructor(options: { budget: WireBudget; headerBytes: number; measure: (header: Buffer) => number }) {
    this.#budget = options.budget;
    this.#header = Buffer.alloc(options.headerBytes);
    this.#measure = options.measure;
  }

  /** Whether all that came belongs to whole messages. */
  get isBetweenMessages(): boolean {
    return this.#headerLength === 0 && this.#bodyLeft === 0;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) {
        const passed = Math.min(this.#bodyLeft, chunk.length - at);
        this.#bodyLeft -= passed;
        at += passed;
        continue;
      }
      const copied = chunk.copy(this.#header, this.#headerLength, at);
      this.#headerLength += copied;
      at += copied;
      if (this.#headerLength < this.#header.length) return;
      this.#headerLength = 0;
      this.#bodyLeft = this.#measure(this.#header);
      this.messages++;
      this.#budget.take(this.#header.length + this.#bodyLeft);
    }
  }
}

/** Throws where a message claims a length that no message has; `shortest` is what its own header needs. */
export function assertLength(length: number, shortest: number): number {
  if (length >= shortest && length <= LONGEST_MESSAGE) return length;
  throw new RowproofError({
    code: 'wire-format',
    message: `The server announced a message of ${length} bytes.`,
    hint: 'Check that the URL names the right server and the right port.',
  });
}

/** How large a buffer to begin with for a message of which so much is here; a length is only what the server says. */
export function firstBufferBytes(length: number, received: number): number {
  return Math.min(length, Math.max(FIRST_BYTES, received));
}

/** Gives a buffer that has room for what is here and what comes now, and grows with what has come. */
export function growBuffer(buffer: Buffer, { used, more, length }: BufferGrowth): Buffer {
  const needed = Math.min(length, used + more);
  if (buffer.length >= needed) return buffer;
  const grown = Buffer.allocUnsafeSlow(Math.min(length, Math.max(needed, 2 * buffer.length, FIRST_BYTES)));
  buffer.copy(grown, 0, 0, used);
  return grown;
}

interface BufferGrowth {
  readonly used: number;
  readonly more: number;
  readonly length: number;
}
