import * as saved from './saved-shape.js';

/** A value of a row. */
export const valueShape: saved.Check = (each, path) =>
  each === null || typeof each === 'string' ? null : saved.isShape({ hex: saved.isText })(each, path);

/** Values by the names of their columns, or none. */
export const valuesShape = saved.orNull(saved.isRecordOf(valueShape));

/** Who accepted a difference. */
export const waiverMark = { owner: saved.isText, reason: saved.isText, expires: saved.isText };

/** A differing row. */
export const differenceShape = saved.isShape({
  kind: saved.isOneOf('missing', 'extra', 'changed'),
  key: valuesShape,
  columns: saved.isListOf(saved.isText),
  source: valuesShape,
  target: valuesShape,
  sourceCopies: saved.orAbsent(saved.isAmount),
  targetCopies: saved.orAbsent(saved.isAmount),
  new: saved.orAbsent(saved.isFlag),
  waived: saved.orAbsent(saved.isShape(waiverMark)),
  hashes: saved.orAbsent(saved.isShape({ secret: saved.isText, waiver: saved.isText, state: saved.isText })),
});
