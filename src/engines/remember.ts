/** A function of few different texts, such as the names of columns, that works each out once. */
export function rememberText(make: (text: string) => string): (text: string) => string {
  const made = new Map<string, string>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const result = make(text);
    made.set(text, result);
    return result;
  };
}

/** A function of few different things, such as tables, that works each out once. */
export function rememberThing<Thing extends object>(
  make: (thing: Thing) => string,
): (thing: Thing) => string {
  const made = new WeakMap<Thing, string>();
  return (thing) => {
    const known = made.get(thing);
    if (known !== undefined) return known;
    const result = make(thing);
    made.set(thing, result);
    return result;
  };
}
