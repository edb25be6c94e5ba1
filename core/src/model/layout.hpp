// Where each array of a model lies inside its one block of memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/data.hpp"

namespace mgt::detail {

/// Points every array of `data` into the block at `base` (kStorageAlignment), in the order in which a step reads them.
///
/// data    config and the formats of the matrices are set
/// base    nullptr: measure only, all pointers stay null
/// returns size of the block; 64-bit, because a 32-bit target may be asked about a model it cannot hold
std::uint64_t lay_out(ModelData& data, bool has_signature_mean, std::byte* base) noexcept;

}  // namespace mgt::detail
