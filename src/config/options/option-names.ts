/** `ignoreColumns` is `--ignore-columns`: a flag is its option in kebab case. */
export function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `--ignore-columns`, also without its dashes or with underscores, is the option `ignoreColumns`. */
export function nameOf(flag: string): string {
  return flag.replace(/^--/, '').replace(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
