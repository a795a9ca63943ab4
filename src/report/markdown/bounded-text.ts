/**
 * A text that never gets longer than some bytes of UTF-8. Whole pieces are taken or refused, so that nothing is cut in
 * the middle of a table or a code span.
 */
export class BoundedText {
  readonly #pieces: string[] = [];
  #left: number;

  constructor(mostBytes: number) {
    this.#left = mostBytes;
  }

  /** Takes a piece if there is room for it and for `reserve` bytes behind it. */
  add(piece: string, reserve = 0): boolean {
    const bytes = Buffer.byteLength(piece);
    if (bytes + reserve > this.#left) return false;
    this.#pieces.push(piece);
    this.#left -= bytes;
    return true;
  }

  toString(): string {
    return this.#pieces.join('');
  }
}
