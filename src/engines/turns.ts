/** Lets one piece of work run at a time, in the order in which they were asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    // Who asked for the work gets its error; the next piece only waits for its end.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
