#include "model/calibrated_copy.hpp"

#include <catch2/catch_test_macros.hpp>

#include "mgt/inspect.hpp"
#include "mgt/model.hpp"
#include "support/edit_gguf.hpp"
#include "support/tiny_model.hpp"

using namespace mgt;
using namespace mgt::test;

namespace {

std::vector<std::string> keys_named(const FileDescription& file, std::string_view prefix) {
  std::vector<std::string> names;
  for (const FileKey& key : file.keys) {
    if (key.name.starts_with(prefix)) names.push_back(key.name);
  }
  return names;
}

}  // namespace

TEST_CASE("a calibrated copy has another threshold and nothing else", "[model][calibrate]") {
  const FileBytes in = tiny_gguf();
  detail::EnergyTable table;
  for (std::size_t i = 0; i < table.weights.size(); ++i) table.weights[i] = 0.01f * static_cast<float>(i);
  const auto first = detail::calibrated_copy(in, PolicyKind::permissive, 0.25f, &table);
  REQUIRE(first);
  const auto second = detail::calibrated_copy(*first, PolicyKind::permissive, 0.5f, nullptr);
  REQUIRE(second);
  const auto before = *describe(in), after = *describe(*second);
  CHECK(keys_named(after, "mgt.energy.") ==
        std::vector<std::string>{"mgt.energy.weights", "mgt.energy.permissive"});  // each once
  CHECK(after.keys.size() == before.keys.size() + 2);
  CHECK(after.tensors.size() == before.tensors.size());
  const auto old_model = Model::load(in), new_model = Model::load(*second);
  REQUIRE(new_model);
  CHECK(new_model->data().energy->weights == table.weights);
  CHECK(new_model->data().energy_max[2] == 0.5f);
  CHECK_FALSE(new_model->data().energy_max[1]);
  CHECK(new_model->data().n_parameters == old_model->data().n_parameters);
}

TEST_CASE("only policies with a threshold are calibrated, and only model files", "[model][calibrate]") {
  for (const PolicyKind policy : {PolicyKind::dense, PolicyKind::exact, PolicyKind::custom}) {
    const auto refused = detail::calibrated_copy(tiny_gguf(), policy, 0.25f, nullptr);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == Errc::option_out_of_range);
  }
  CHECK_FALSE(detail::calibrated_copy(FileBytes(100), PolicyKind::standard, 0.25f, nullptr));
}
