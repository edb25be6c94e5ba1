// std::mt19937_64: calibration draws the same blocks here as in the native program.
//
// M. Matsumoto and T. Nishimura, "Mersenne Twister: A 623-dimensionally equidistributed uniform pseudorandom number
// generator" (1998); the 64-bit variant is of T. Nishimura, "Tables of 64-bit Mersenne Twisters" (2000).

const size = 312;
const shift = 156;

/** What the state is filled with: each number from the one before, times this. */
const spread = { high: 0x5851f42d, low: 0x4c957f2d };

/** The upper 32 of the 64 bits of a product of two numbers of 32 bits. */
function highOfProduct(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const low = a0 * b0;
  const middle = a1 * b0 + (low >>> 16);
  const other = a0 * b1 + (middle % 0x10000);
  return (a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)) >>> 0;
}

/**
 * 64-bit numbers, held as two halves of 32 bits: bigint is far too slow for the millions that a bootstrap draws, and V8
 * of Node 20 fails to compile a loop over them.
 */
export class MersenneTwister {
  readonly #high = new Uint32Array(size);
  readonly #low = new Uint32Array(size);
  #next = size;

  /** seed  below 2^32 */
  constructor(seed: number) {
    this.#low[0] = seed;
    for (let i = 1; i < size; i++) {
      const high = this.#high[i - 1] as number;
      const low = ((this.#low[i - 1] as number) ^ (high >>> 30)) >>> 0;
      const sum = (Math.imul(low, spread.low) >>> 0) + i;
      this.#low[i] = sum;
      const carried = highOfProduct(low, spread.low) + (sum > 0xffffffff ? 1 : 0);
      this.#high[i] = carried + Math.imul(high, spread.low) + Math.imul(low, spread.high);
    }
  }

  /** The next number modulo n, for n up to 2^26. */
  below(n: number): number {
    if (this.#next === size) this.#twist();
    let high = this.#high[this.#next] as number;
    let low = this.#low[this.#next++] as number;
    const [high29, low29] = [high >>> 29, (low >>> 29) | (high << 3)];
    high ^= high29 & 0x55555555;
    low ^= low29 & 0x55555555;
    high ^= ((high << 17) | (low >>> 15)) & 0x71d67fff;
    low ^= (low << 17) & 0xeda60000;
    high ^= (low << 5) & 0xfff7eee0;
    low ^= high >>> 11;
    return (((high >>> 0) % n) * (2 ** 32 % n) + ((low >>> 0) % n)) % n;
  }

  #twist(): void {
    const [high, low] = [this.#high, this.#low];
    for (let i = 0; i < size; i++) {
      const mixedHigh = high[i] as number;
      const mixedLow = ((low[i] as number) & 0x80000000) | ((low[(i + 1) % size] as number) & 0x7fffffff);
      const odd = (mixedLow & 1) === 1;
      const from = (i + shift) % size;
      high[i] = (high[from] as number) ^ (mixedHigh >>> 1) ^ (odd ? 0xb5026f5a : 0);
      low[i] = (low[from] as number) ^ ((mixedLow >>> 1) | (mixedHigh << 31)) ^ (odd ? 0xa96619e9 : 0);
    }
    this.#next = 0;
  }
}
