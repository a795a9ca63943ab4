/**
 * Passes values from a run to a loop, one at a time and without a store: whoever gives waits until the loop asks for the
 * next value, so nothing is lost and nothing grows.
 */
export class HandOver<T> {
  #given: { readonly value: T; readonly taken: () => void } | null = null;
  #wake: (() => void) | null = null;
  #isEnded = false;

  /** Resolves when the value was taken, or when nobody takes any more. One value at a time may be given. */
  give(value: T): Promise<void> {
    if (this.#isEnded) return Promise.resolve();
    return new Promise((taken) => {
      this.#given = { value, taken };
      this.#wake?.();
    });
  }

  /** Says that nothing more comes, or that nothing more is wanted. */
  end(): void {
    this.#isEnded = true;
    this.#given?.taken();
    this.#given = null;
    this.#wake?.();
  }

  /** The next value, or null at the end. */
  async take(): Promise<{ readonly value: T } | null> {
    while (this.#given === null && !this.#isEnded) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    const given = this.#given;
    this.#given = null;
    given?.taken();
    return given;
  }
}
