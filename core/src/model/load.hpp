// Loading in one call, with the self-test as an option: fuzzers and benchmarks skip it, Model::load never does.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "mgt/error.hpp"
#include "model/data.hpp"

namespace mgt::detail {

enum class SelfTest : std::uint8_t { run, skip };

/// Model::load without the handle; same errors.
Expected<std::unique_ptr<const ModelData>> load_model_data(std::span<const std::byte> file,
                                                           SelfTest self_test) noexcept;

}  // namespace mgt::detail
