// Loading where memory is short: an error and nothing leaked, whichever allocation is refused.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "mgt/model.hpp"
#include "support/allocations.hpp"
#include "support/tiny_model.hpp"

#if !defined(MGT_FOREIGN_MALLOC)

namespace mgt::test {
namespace {

/// What became of one call whose n-th allocation was refused. Catch2 allocates too, so that it is asked afterwards.
struct Outcome {
  bool refused = false;
  bool succeeded = false;
  Errc code{};
  std::string message;
  long leaked = 0;
};

template <class Call>
Outcome refuse(std::size_t n, Call call) {
  Outcome outcome;
  const long before = allocations::blocks_in_use();
  Error error;
  {
    const allocations::Refusal refusal(n);
    const auto result = call();
    outcome.refused = refusal.happened();
    outcome.succeeded = result.has_value();
    if (!result) error = result.error();
  }
  outcome.leaked = allocations::blocks_in_use() - before;
  if (!outcome.succeeded) {
    outcome.code = error.code();
    outcome.message = error.message();
  }
  return outcome;
}

/// Refuses the first allocation of `call`, then the second, ... until it succeeds undisturbed; returns how many it
/// makes.
template <class Call>
std::size_t refuse_each(Call call) {
  for (std::size_t n = 0;; ++n) {
    const Outcome outcome = refuse(n, call);
    INFO("allocation " << n << ": " << outcome.message);
    CHECK(outcome.refused != outcome.succeeded);
    CHECK(outcome.leaked == 0);
    if (!outcome.refused) return n;
    CHECK(outcome.code == Errc::out_of_memory);
    CHECK(outcome.message.find("could not be allocated") != std::string::npos);
  }
}

}  // namespace

TEST_CASE("load without memory is an error, whichever allocation is refused", "[model][load][allocation]") {
  for (const auto type : {gguf::TensorType::f32, gguf::TensorType::q4_0}) {
    TinyOptions options;
    options.matrix_type = type;
    options.self_test_tolerance = 2.0f;
    const auto file = tiny_gguf(options);
    // At least the lists of the container, the model, its block and the self-test's buffers.
    CHECK(refuse_each([&] { return Model::load(file); }) > 20);
  }
}

TEST_CASE("plan without memory is an error, whichever allocation is refused", "[model][load][allocation]") {
  const auto file = tiny_gguf({});
  CHECK(refuse_each([&] { return Model::plan(file); }) == 5);
}

TEST_CASE("the last handle of a model frees it", "[model][allocation]") {
  const auto file = tiny_gguf({});
  const long before = allocations::blocks_in_use();
  long while_held = 0;
  {
    auto loaded = Model::load(file);
    Model first = *std::move(loaded);
    const Model second = first;
    Model third = std::move(first);
    third = second;
    first = third;
    while_held = allocations::blocks_in_use() - before;
  }
  const long after = allocations::blocks_in_use();
  CHECK(while_held == 2);  // the struct and its block, however many handles
  CHECK(after == before);
}

}  // namespace mgt::test
#endif
