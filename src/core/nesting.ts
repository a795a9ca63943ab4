/**
 * Whether lists and objects lie in each other deeper than `most`. Found without recursion, which is what such a value breaks
 * elsewhere; one that holds itself is deeper than anything.
 */
export function isNestedDeeperThan(value: unknown, most: number): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (typeof each.value !== 'object' || each.value === null) continue;
    if (each.depth >= most) return true;
    for (const inner of Object.values(each.value)) open.push({ value: inner, depth: each.depth + 1 });
  }
  return false;
}
