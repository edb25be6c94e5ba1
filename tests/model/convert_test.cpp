#include "mgt/convert.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "mgt/inspect.hpp"
#include "model/data.hpp"
#include "support/edit_gguf.hpp"
#include "support/tiny_model.hpp"

using namespace mgt;
using namespace mgt::test;

namespace {

bool same_weights(const PackedMatrix& a, const PackedMatrix& b) {
  return a.rows == b.rows && a.cols == b.cols && a.format == b.format &&
         std::memcmp(a.weights, b.weights, a.size_bytes()) == 0 &&
         std::memcmp(a.scales, b.scales, a.rows * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("f32 to q8_0 keeps the keys and quantises every matrix", "[model][convert]") {
  const FileBytes in = tiny_gguf();
  const auto out = convert(in, WeightType::q8_0);
  REQUIRE(out);
  CHECK(out->size() < in.size() / 2);
  const auto before = *describe(in);
  const auto after = *describe(*out);
  REQUIRE(after.keys.size() == before.keys.size());
  for (std::size_t i = 0; i < after.keys.size(); ++i) {
    CHECK(after.keys[i].name == before.keys[i].name);
    if (after.keys[i].name == "general.file_type") {
      CHECK(after.keys[i].value == "7");
    } else {
      CHECK(after.keys[i].value == before.keys[i].value);
    }
  }
  for (const FileTensor& t : after.tensors) {
    CHECK(t.type == (t.shape.size() == 2 && t.name != "token_embd.weight" ? "Q8_0" : "F32"));
  }
  CHECK(Model::load(*out));  // the self-test still passes
}

TEST_CASE("q8_0 with one scale per row survives f32 and back bit for bit", "[model][convert]") {
  TinyOptions o;
  o.matrix_type = gguf::TensorType::q8_0;
  const FileBytes in = tiny_gguf(o);
  const auto as_float = convert(in, WeightType::f32);
  REQUIRE(as_float);
  CHECK(convert(*as_float, WeightType::q8_0) == in);
  CHECK(convert(in, WeightType::q8_0) == in);
  const auto a = Model::load(in), b = Model::load(*as_float);
  REQUIRE(b);
  CHECK(same_weights(a->data().head, b->data().head));
  CHECK(same_weights(a->data().layers[2].qkv, b->data().layers[2].qkv));
  CHECK(same_weights(a->data().layers[1].ffn_down, b->data().layers[1].ffn_down));
}

TEST_CASE("q4_0 is held in 4 bits and survives f32 and back bit for bit", "[model][convert]") {
  const FileBytes in = tiny_gguf();
  const auto int4 = convert(in, WeightType::q4_0);
  REQUIRE(int4);
  CHECK(int4->size() < convert(in, WeightType::q8_0)->size());
  const auto model = Model::load(*int4);
  REQUIRE(model);
  CHECK(model->data().head.format == WeightFormat::int4);
  CHECK(model->data().layers[1].qkv.format == WeightFormat::int4);
  CHECK(model->data().layers[2].ffn_down.format == WeightFormat::int4);
  CHECK(model->size_bytes() < Model::load(in)->size_bytes());
  CHECK(Model::plan(*int4) == model->size_bytes());
  const FileDescription description = *describe(*int4);
  for (const FileTensor& t : description.tensors) {
    CHECK(t.held_as == (t.shape.size() == 2 && t.name != "token_embd.weight" ? "int4" : "float32"));
  }
  CHECK(convert(*int4, WeightType::q4_0) == *int4);
  const auto as_float = convert(*int4, WeightType::f32);
  REQUIRE(as_float);
  CHECK(convert(*as_float, WeightType::q4_0) == *int4);
  CHECK(same_weights(Model::load(*convert(*as_float, WeightType::q4_0))->data().layers[0].qkv,
                     model->data().layers[0].qkv));
}

TEST_CASE("rounding to 4 bits beyond the self-test's tolerance records it anew", "[model][convert]") {
  TinyOptions o;
  o.self_test_tolerance = 0.25f;
  const FileBytes in = tiny_gguf(o);
  REQUIRE(Model::load(in));
  const auto int4 = convert(in, WeightType::q4_0);
  REQUIRE(int4);
  CHECK(Model::load(*int4));
  const auto logits_of = [](const FileBytes& file) {
    const FileDescription description = *describe(file);
    for (const FileKey& key : description.keys) {
      if (key.name == "mgt.selftest.logits") return key.value;
    }
    return std::string();
  };
  CHECK(logits_of(*int4) != logits_of(in));
  o.self_test_tolerance = 100.0f;
  const FileBytes tolerant = tiny_gguf(o);
  CHECK(logits_of(*convert(tolerant, WeightType::q4_0)) == logits_of(tolerant));
}

TEST_CASE("convert refuses what load refuses, and types it does not write", "[model][convert]") {
  const FileBytes in = tiny_gguf();
  const auto unknown = convert(in, static_cast<WeightType>(3));
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code() == Errc::option_out_of_range);
  CHECK(convert(std::span(in).first(100), WeightType::f32).error().code() == Errc::truncated);
  CHECK(convert(with_tensor(in, "output.weight"), WeightType::q8_0).error().code() == Errc::missing_field);
}
