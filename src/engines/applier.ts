/** How what a replica applies is stopped and started again, for people; and why it must not be, or null. */
export interface ApplierPlan {
  readonly obstacle: string | null;
  readonly stop: string;
  readonly start: string;
}

/** What a replica does at the moment. */
export interface ApplierState {
  readonly isApplying: boolean;
  /** How far it has applied what its source wrote, in the source's own spelling of a place. */
  readonly place: string;
  /** Why it stopped by itself; null where it did not. */
  readonly error: string | null;
}

/** Something that a replica is told to do: to apply nothing, all, or what was written up to a place. */
export type ApplierOrder =
  | { readonly kind: 'stop' }
  | { readonly kind: 'start' }
  | { readonly kind: 'start-until'; readonly place: string };
