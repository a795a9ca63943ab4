import { guardText, spellUnseen } from '../../words/visible-text.js';

export type Labels = Readonly<Record<string, string>>;

/** A gauge with its samples. Names and help are ours; values of labels may be anybody's. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly { readonly labels?: Labels; readonly value: number }[];
}

/** Renders gauges in the text format 0.0.4, all samples of a name together, each with the labels that all of them share. */
export function formatMetrics(metrics: readonly Metric[], shared: Labels): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) => {
      const lines = samples.map(
        ({ labels, value }) => `${formatSeries(name, { ...shared, ...labels })} ${value}\n`,
      );
      return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
    })
    .join('');
}

/** A name with its labels, as it stands before the value. */
export function formatSeries(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeValue(value)}"`);
  return `${name}{${pairs.join(',')}}`;
}

/**
 * Spells what cannot be seen. Two values stay two: a backslash is doubled before, and once more with the quote as the format
 * asks for it.
 */
function escapeValue(value: string): string {
  const spelled = guardText(spellUnseen(value.replaceAll('\\', '\\\\')));
  return spelled.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
