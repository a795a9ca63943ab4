const INITIAL_VALUES = 256;
/** What one large document made a stack grow to is given back before the next document. */
const KEPT_VALUES = 1 << 16;
/** Up to so many values an insertion sort beats the native sort, whose call allocates. */
const INSERTION_SORT_VALUES = 24;

/** A growing stack of unsigned 32-bit numbers that is cleared and refilled, so that pushing allocates nothing. */
export class NumberStack {
  length = 0;
  private values = new Uint32Array(INITIAL_VALUES);

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  at(index: number): number {
    return this.values[index] as number;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  truncate(length: number): void {
    this.length = length;
  }

  clear(): void {
    this.length = 0;
    if (this.values.length > KEPT_VALUES) this.values = new Uint32Array(INITIAL_VALUES);
  }

  /** Sorts the values in place. */
  sort(compare: (left: number, right: number) => number): void {
    const { values, length } = this;
    if (length > INSERTION_SORT_VALUES) {
      values.subarray(0, length).sort(compare);
      return;
    }
    for (let i = 1; i < length; i++) {
      const value = values[i] as number;
      let at = i;
      while (at > 0 && compare(values[at - 1] as number, value) > 0) {
        values[at] = values[at - 1] as number;
        at--;
      }
      values[at] = value;
    }
  }
}
