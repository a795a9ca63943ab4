/**
 * What a server said where it was proved first that the account may see it, or why nobody can say.
 *
 * Servers leave out what an account may not see, without an error: a list that is empty for lack of a right is no fact.
 */
export type Fact<Value> =
  | { readonly known: true; readonly value: Value }
  | {
      readonly known: false;
      /** Completes "not checked, because …". */
      readonly why: string;
      /** The statement that would let the account see it; null where no statement would. */
      readonly grant: string | null;
      /** Set where servers of this kind, or of this version, have no such thing at all: then there is nothing to check. */
      readonly isAbsent?: true;
    };

/** What a server said and may be relied on. */
export function known<Value>(value: Value): Fact<Value> {
  return { known: true, value };
}

/** What the account may not see, or the server does not tell. */
export function hidden(why: string, grant: string | null = null): Fact<never> {
  return { known: false, why, grant };
}

/** What servers of a kind do not have. */
export function absent(why: string): Fact<never> {
  return { known: false, why, grant: null, isAbsent: true };
}
