import type { Value } from 'rowproof';
import { POSTGRESQL, type Sample, type TypeForm } from './type-form.js';

/** Between the name of a type and a value of it, in the samples of groups whose types have nothing in common. */
const MARK = '|';

/** A form that takes only the samples that carry its tag; forms with the same tag share their samples. */
export function ownForm(
  declared: string,
  {
    tag = declared,
    engines = POSTGRESQL,
    show,
  }: Partial<Pick<TypeForm, 'engines'>> & {
    readonly tag?: string;
    readonly show?: (value: string) => Value;
  } = {},
): TypeForm & { readonly tag: string } {
  const valueIn = (sample: string): string => sample.slice(tag.length + MARK.length);
  return {
    tag,
    engines,
    declared,
    write: (sample) => (sample.startsWith(tag + MARK) ? `'${valueIn(sample).replaceAll("'", "''")}'` : null),
    show: (sample) => (show === undefined ? valueIn(sample) : show(valueIn(sample))),
  };
}

/** Whether two such forms take the same samples. */
export function sharesTag(source: TypeForm, target: TypeForm): boolean {
  return 'tag' in source && 'tag' in target && source.tag === target.tag;
}

/** Every value of a table under its tag. */
export function taggedEqual(
  table: Readonly<Record<string, readonly (string | readonly [string, string])[]>>,
): (string | readonly [string, string])[] {
  return Object.entries(table).flatMap(([tag, values]) =>
    values.map((value) =>
      typeof value === 'string'
        ? tag + MARK + value
        : ([tag + MARK + value[0], tag + MARK + value[1]] as const),
    ),
  );
}

/** Every near miss of a table under its tag, and each first value against NULL. */
export function taggedNear(
  table: Readonly<Record<string, readonly (readonly [string, string])[]>>,
): (readonly [Sample, Sample])[] {
  return Object.entries(table).flatMap(([tag, pairs]) => [
    ...pairs.map(([one, other]) => [tag + MARK + one, tag + MARK + other] as const),
    ...pairs.slice(0, 1).map(([one]) => [tag + MARK + one, null] as const),
  ]);
}
