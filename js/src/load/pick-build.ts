import type { Build } from "../types.js";

export const builds = ["simd128", "relaxed"] as const;

export interface BuildChoice {
  build: Build;
  reason: string;
}

// (func (export "probe") (result i32)): i32x4.relaxed_dot_i8x16_i7x16_add_s of constants that reach the corners of
// both ranges, its lanes summed with weights 1, 3, 5, 7.
const probe = Uint8Array.from(
  atob(
    "AGFzbQEAAAABBQFgAAF/AwIBAAcJAQVwcm9iZQAACmEBXwEBe/0MgYGBgX9/f3+BfwH+A/wF+v0Mf39/f39/f38AAQIDBAUGB/0M6AMAABj8" +
      "//8HAAAAAAAAAP2TAiEAIAD9GwBBAyAA/RsBbGpBBSAA/RsCbEEHIAD9GwNsamoL",
  ),
  (character) => character.charCodeAt(0),
);
const probeResult = 127542;

/** Undefined where the engine's relaxed dot product can be used; otherwise why not. */
export function relaxedObstacle(): string | undefined {
  if (!WebAssembly.validate(probe)) return "this engine has no relaxed SIMD";
  // Node 20 with --experimental-wasm-relaxed-simd validates the instruction and computes something else.
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(probe));
  const result = (exports["probe"] as () => number)();
  if (result !== probeResult) return `this engine's relaxed dot product is wrong (${result}, not ${probeResult})`;
  return undefined;
}

/** The fastest build this engine runs correctly, or the one asked for. */
export function pickBuild(asked?: Build): BuildChoice {
  if (asked === "simd128") return { build: "simd128", reason: "asked for" };
  const obstacle = relaxedObstacle();
  if (asked === "relaxed")
    return { build: "relaxed", reason: obstacle ? `asked for, though ${obstacle}` : "asked for" };
  if (obstacle) return { build: "simd128", reason: obstacle };
  return { build: "relaxed", reason: "this engine has relaxed SIMD and its dot product is exact" };
}
