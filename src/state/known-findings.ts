import type { Finding, FindingCode } from '../core/finding.js';

/** The findings of a table, each of them once. */
export class KnownFindings {
  #all: Finding[];

  constructor(planned: readonly Finding[]) {
    this.#all = [...planned];
  }

  /** In the order in which they were found. */
  get all(): readonly Finding[] {
    return this.#all;
  }

  /** Whether the same was said before. */
  knows({ code, message }: Finding): boolean {
    return this.#all.some((known) => known.code === code && known.message === message);
  }

  /** Whether any has this code. */
  has(code: FindingCode): boolean {
    return this.#all.some((known) => known.code === code);
  }

  /** Adds one that was not said before. */
  add(finding: Finding): void {
    if (!this.knows(finding)) this.#all.push(finding);
  }

  /** Forgets those with a code. */
  forget(code: FindingCode): void {
    this.#all = this.#all.filter((known) => known.code !== code);
  }
}
