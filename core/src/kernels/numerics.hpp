// Constants of the float primitives, shared by the scalar reference and the vector loops.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mgt::detail {

/// Every float reduction runs over this many lanes, whatever the register width: element i goes to lane i % 16.
inline constexpr std::size_t kLanes = 16;

/// The longest window that attention takes (kMaxWindow of the public headers, which kernels do not include).
inline constexpr std::size_t kMaxRows = 64;

/// Adding and subtracting 1.5 * 2^23 rounds |x| < 2^22 to the nearest integer, ties to even; in the sum the integer
/// stands in the low mantissa bits.
inline constexpr float kRoundMagic = 12582912.0f;

inline constexpr float kLargestFloat = 3.40282346638528859812e+38f;
inline constexpr float kSmallestNormal = 1.17549435082228750797e-38f;

// exp and log after Cephes (Moshier): Cody-Waite reduction by ln 2 in two parts, then a polynomial.
inline constexpr float kLn2High = 0.693359375f;
inline constexpr float kLn2Low = -2.12194440e-4f;
inline constexpr float kLog2E = 1.44269504088896341f;

inline constexpr float kExpMin = -87.33f;  ///< exp stays a normal number
inline constexpr float kExpMax = 88.37f;   ///< 2^n stays finite
inline constexpr float kExpPolynomial[] = {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
                                           4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f};

inline constexpr std::uint32_t kSqrtHalfBits = 0x3f3504f3;  ///< bits of sqrt(1/2)
inline constexpr float kLogPolynomial[] = {7.0376836292e-2f,  -1.1514610310e-1f, 1.1676998740e-1f,
                                           -1.2420140846e-1f, 1.4249322787e-1f,  -1.6668057665e-1f,
                                           2.0000714765e-1f,  -2.4999993993e-1f, 3.3333331174e-1f};

}  // namespace mgt::detail
