// The four tiers as this page names and colours them.

export interface TierText {
  /** How much runs, in full and in short. */
  name: string;
  brief: string;
}

export const tiers: readonly TierText[] = [
  { name: "all layers", brief: "all layers" },
  { name: "half of the layers", brief: "half" },
  { name: "one layer", brief: "one layer" },
  { name: "no layers", brief: "none" },
];

/** Current value of a colour that styles/tokens.css defines. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
