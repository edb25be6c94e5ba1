// One word per idea in all layers, in the spelling of each: the core's deadline_us is this package's deadlineUs.

export function camelCase(text: string): string {
  return text.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()));
}

export function snakeCase(text: string): string {
  return text.replace(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (name) => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`));
}
