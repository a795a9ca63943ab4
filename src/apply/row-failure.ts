/** A row that cannot be written: the server refused it, or what takes it back could not be. */
export class RowRefusal extends Error {
  readonly mark: string;

  constructor(mark: string, message: string) {
    super(message);
    this.mark = mark;
  }
}

/** A row whose first statement found nothing, so that its others must not be run either. */
export class RowMissed extends Error {
  readonly mark: string;

  constructor(mark: string) {
    super('The row was changed since it was read.');
    this.mark = mark;
  }
}

/** An error that may not come again: whoever catches it rolls back, waits, and begins again with this row. */
export class TransientFailure extends Error {
  readonly mark: string;
  readonly lost: boolean;

  constructor(mark: string, { cause, lost }: { readonly cause: unknown; readonly lost: boolean }) {
    super('A statement failed for a reason that may pass.', { cause });
    this.mark = mark;
    this.lost = lost;
  }
}
