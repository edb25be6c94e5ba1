#include "model/load.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <limits>
#include <string>

#include "kernels/tile_layout.hpp"
#include "mgt/convert.hpp"
#include "mgt/inspect.hpp"
#include "support/edit_gguf.hpp"
#include "support/tiny_model.hpp"

using namespace mgt;
using namespace mgt::test;
using gguf::TensorType;

namespace {

/// 16 kB: one layer, everything in Q4_0.
TinyOptions smallest() {
  TinyOptions o;
  o.n_layers = 1;
  o.hidden = o.ffn = 32;
  o.n_heads = o.n_kv_heads = 1;
  o.embedding_type = o.matrix_type = TensorType::q4_0;
  o.self_test_tokens = 1;
  o.self_test_tolerance = 100.0f;
  return o;
}

void check_error(const FileBytes& file, Errc code, const std::string& part) {
  const auto model = Model::load(file);
  REQUIRE_FALSE(model);
  INFO(model.error().message());
  CHECK(errc_name(model.error().code()) == std::string(errc_name(code)));
  CHECK(std::string(model.error().message()).find(part) != std::string::npos);
}

void check_held_in_8_bits(const FileBytes& file) {
  const FileDescription description = *describe(file);
  for (const FileTensor& t : description.tensors) {
    CHECK(t.held_as == (t.shape.size() == 2 && t.name != "token_embd.weight" ? "int8" : "float32"));
  }
}

FileBytes with_u32(const FileBytes& file, std::string_view key, std::uint32_t value) {
  return with_key(file, key, [&](gguf::Writer& w) { w.add_u32(key, value); });
}

FileBytes with_f32(const FileBytes& file, std::string_view key, float value) {
  return with_key(file, key, [&](gguf::Writer& w) { w.add_f32(key, value); });
}

}  // namespace

TEST_CASE("a model loads from every matrix type, and plan() is exact", "[model][load]") {
  for (const auto type : {TensorType::f32, TensorType::f16, TensorType::q8_0, TensorType::q4_0}) {
    TinyOptions o;
    o.matrix_type = type;
    if (type == TensorType::q4_0) o.self_test_tolerance = 2.0f;
    const FileBytes file = tiny_gguf(o);
    const auto model = Model::load(file);
    REQUIRE(model);
    CHECK(model->name() == std::string("tiny"));
    CHECK(model->config().n_layers == 3);
    CHECK(model->config().head_dim == 32);
    CHECK(model->n_parameters() == 2 * 256 * 64 + 3 * (4 * 64 * 64 + 2 * 64 * 96 + 3 * 64));
    CHECK(Model::plan(file) == model->size_bytes());
    // The header alone is enough for the plan.
    const auto header_bytes = static_cast<std::size_t>(parse_or_abort(file).data_offset());
    CHECK(Model::plan(std::span(file).first(header_bytes)) == model->size_bytes());
    CHECK(reinterpret_cast<std::uintptr_t>(model->data().layers[2].ffn_down.weights) % 64 == 0);
    CHECK(model->data().similarity->sd[9] == 0.1f);
    CHECK(model->data().signature_mean[63] == 0.01f);
  }
}

TEST_CASE("int8 rows with one scale are taken as they stand, others are requantised", "[model][load]") {
  TinyOptions o;
  o.matrix_type = TensorType::q8_0;
  FileBytes file = tiny_gguf(o);
  const gguf::File parsed = parse_or_abort(file);
  const gguf::Tensor head = *parsed.find_tensor("output.weight");
  const auto row_at =
      static_cast<std::size_t>(head.bytes.data() - file.data()) + 2 * static_cast<std::size_t>(head.row_bytes());
  const auto model = Model::load(file);
  REQUIRE(model);
  const PackedMatrix& packed = model->data().head;
  std::uint16_t half;
  std::memcpy(&half, file.data() + row_at, 2);
  CHECK(packed.scales[2] == f16_to_f32(half));
  for (std::uint32_t c = 0; c < 4; ++c) {
    CHECK(detail::kInt8Tiles.weight(packed.weights, 2, c) == static_cast<std::int8_t>(file[row_at + 2 + c]));
  }
  // Double the second block's scale: the row is the same numbers with a larger second half.
  const auto twice = static_cast<std::uint16_t>(half + 0x400);
  std::memcpy(file.data() + row_at + 34, &twice, 2);
  const auto mixed = detail::load_model_data(file, detail::SelfTest::skip);
  REQUIRE(mixed);
  int largest = 0;
  for (std::size_t k = 0; k < 32; ++k) {
    largest = std::max(largest, 2 * std::abs(static_cast<int>(static_cast<std::int8_t>(file[row_at + 36 + k]))));
    largest = std::max(largest, std::abs(static_cast<int>(static_cast<std::int8_t>(file[row_at + 2 + k]))));
  }
  CHECK((*mixed)->head.scales[2] == f16_to_f32(half) * static_cast<float>(largest) / 127.0f);
}

TEST_CASE("Q4_0 is held in 4 bits only where the file promises one scale per row, and keeps the promise",
          "[model][load]") {
  TinyOptions o;
  o.matrix_type = TensorType::q4_0;
  o.self_test_tolerance = 2.0f;
  const FileBytes foreign = tiny_gguf(o);  // a scale per block, as other programs write it
  const auto as_int8 = Model::load(foreign);
  REQUIRE(as_int8);
  CHECK(as_int8->data().head.format == WeightFormat::int8);
  check_held_in_8_bits(foreign);
  check_error(with_u32(foreign, "mgt.row_scales", 1), Errc::bad_value, "mgt.row_scales promises one per row");
  check_error(with_u32(foreign, "mgt.row_scales", 2), Errc::bad_value, "mgt.row_scales is 2");
  check_error(with_f32(foreign, "mgt.row_scales", 1.0f), Errc::bad_type, "mgt.row_scales");

  const FileBytes ours = *convert(foreign, WeightType::q4_0);
  const auto as_int4 = Model::load(ours);
  REQUIRE(as_int4);
  const auto without_key = Model::load(with_key(ours, "mgt.row_scales"));
  REQUIRE(without_key);
  const PackedMatrix& four = as_int4->data().layers[1].ffn_up;
  const PackedMatrix& eight = without_key->data().layers[1].ffn_up;
  CHECK(four.format == WeightFormat::int4);
  CHECK(eight.format == WeightFormat::int8);
  for (std::uint32_t r = 0; r < four.rows; ++r) {  // the same integers, not requantised
    CHECK(four.scales[r] == eight.scales[r]);
    CHECK(four.row_sums[r] == eight.row_sums[r]);
  }

  // One of three: queries, keys and values are one matrix.
  o.matrix_type = TensorType::q8_0;
  const FileBytes q8 = tiny_gguf(o);
  const gguf::File parsed = parse_or_abort(ours);
  const gguf::Tensor& keys = *parsed.find_tensor("blk.0.attn_k.weight");
  const FileBytes mixed = with_u32(with_tensor(q8, "blk.0.attn_k.weight", TensorType::q4_0, {64, 64},
                                               FileBytes(keys.bytes.begin(), keys.bytes.end())),
                                   "mgt.row_scales", 1);
  const auto model = detail::load_model_data(mixed, detail::SelfTest::skip);
  REQUIRE(model);
  CHECK((*model)->layers[0].qkv.format == WeightFormat::int8);
  check_held_in_8_bits(mixed);
}

TEST_CASE("configuration out of range", "[model][load]") {
  const FileBytes file = tiny_gguf(smallest());
  check_error(with_key(file, "general.architecture"), Errc::missing_field, "general.architecture");
  check_error(with_key(file, "general.architecture", [](auto& w) { w.add_string("general.architecture", "llama"); }),
              Errc::unsupported_version, "general.architecture");
  check_error(with_key(file, "mgt.feed_forward_activation",
                       [](auto& w) { w.add_string("mgt.feed_forward_activation", "silu"); }),
              Errc::bad_value, "relu");
  check_error(with_u32(file, "mgt.vocab_size", 257), Errc::bad_shape, "mgt.vocab_size is 257");
  check_error(with_u32(file, "mgt.block_count", 65), Errc::bad_shape, "mgt.block_count is 65");
  check_error(with_u32(file, "mgt.block_count", 2), Errc::missing_field, "blk.1.attn_q.weight");
  check_error(with_u32(file, "mgt.embedding_length", 48), Errc::bad_shape, "not a multiple of 32");
  check_error(with_u32(file, "mgt.embedding_length", 64), Errc::bad_shape, "token_embd.weight is 32 x 256");
  check_error(with_u32(file, "mgt.embedding_length", 0xffffffffu), Errc::bad_shape, "4294967295");
  check_error(with_u32(file, "mgt.feed_forward_length", 33), Errc::bad_shape, "mgt.feed_forward_length is 33");
  check_error(with_u32(file, "mgt.attention.head_count", 0), Errc::bad_shape, "mgt.attention.head_count is 0");
  check_error(with_u32(file, "mgt.attention.head_count", 3), Errc::bad_shape, "3 heads");
  check_error(with_u32(file, "mgt.attention.head_count", 2), Errc::bad_shape, "16 elements");
  check_error(with_u32(file, "mgt.attention.head_count_kv", 2), Errc::bad_shape, "2 key/value heads");
  check_error(with_u32(file, "mgt.context_length", 0), Errc::bad_shape, "mgt.context_length is 0");
  check_error(with_u32(file, "mgt.window_max", 65), Errc::bad_shape, "mgt.window_max is 65");
  check_error(with_u32(file, "mgt.window_min", 9), Errc::bad_value, "sliding_window is 8");
  check_error(with_f32(file, "mgt.attention.layer_norm_rms_epsilon", 0.0f), Errc::bad_value, "rms_epsilon is 0");
  check_error(with_f32(file, "mgt.rope.freq_base", std::numeric_limits<float>::quiet_NaN()), Errc::bad_value, "nan");
  check_error(with_f32(file, "mgt.window_min", 4.0f), Errc::bad_type, "mgt.window_min has type f32, expected u32");
}

TEST_CASE("optional statistics are complete and finite or absent", "[model][load]") {
  const FileBytes file = tiny_gguf(smallest());
  check_error(with_key(file, "mgt.lambda.bigram_sd"), Errc::missing_field, "mgt.lambda.bigram_sd");
  check_error(with_key(file, "mgt.lambda.bigram_sd",
                       [](auto& w) { w.add_f32_array("mgt.lambda.bigram_sd", std::vector<float>(10, 0.0f)); }),
              Errc::bad_value, "mgt.lambda.bigram_sd has 0 at index 0");
  check_error(with_key(file, "mgt.signature_mean",
                       [](auto& w) { w.add_f32_array("mgt.signature_mean", std::vector<float>(31)); }),
              Errc::bad_shape, "has 31 numbers, the hidden size is 32");
  TinyOptions o = smallest();
  o.statistics = false;
  o.add_keys = [](gguf::Writer& w) { w.add_f32_array("mgt.calibration.default", std::vector<float>{0.9f, 0.8f}); };
  const Model model = tiny_model(o);
  CHECK_FALSE(model.data().similarity);
  CHECK(model.data().signature_mean == nullptr);
  CHECK_FALSE(model.data().policies[0]);
  CHECK(model.data().policies[1]->memory_confidence == 0.9f);
  CHECK(model.data().policies[1]->exit_confidence == 0.8f);
}

TEST_CASE("the energy's weights and thresholds are in range, and no threshold comes without weights", "[model][load]") {
  TinyOptions o = smallest();
  o.add_keys = [](gguf::Writer& w) {
    w.add_f32_array("mgt.energy.weights", std::vector<float>(24, 0.5f));
    w.add_f32("mgt.energy.permissive", 0.0625f);
  };
  const FileBytes file = tiny_gguf(o);
  const auto model = Model::load(file);
  REQUIRE(model);
  CHECK(model->data().energy->row(2)[7] == 0.5f);
  CHECK_FALSE(model->data().energy_max[1]);
  CHECK(model->data().energy_max[2] == 0.0625f);
  check_error(with_key(file, "mgt.energy.weights"), Errc::missing_field,
              "mgt.energy.weights is missing, but the file has mgt.energy.permissive");
  const auto weights = [&](std::size_t n, float last) {
    return with_key(file, "mgt.energy.weights", [&](auto& w) {
      std::vector<float> values(n, 0.5f);
      values.back() = last;
      w.add_f32_array("mgt.energy.weights", values);
    });
  };
  check_error(weights(12, 0.5f), Errc::bad_shape, "mgt.energy.weights has 12 numbers, expected 24");
  check_error(weights(24, 64.5f), Errc::bad_value, "mgt.energy.weights has 64.5 at index 23");
  check_error(weights(24, std::numeric_limits<float>::quiet_NaN()), Errc::bad_value, "mgt.energy.weights has nan");
  check_error(with_f32(file, "mgt.energy.permissive", 1.5f), Errc::bad_value, "mgt.energy.permissive is 1.5");
  check_error(with_f32(file, "mgt.energy.permissive", std::numeric_limits<float>::quiet_NaN()), Errc::bad_value, "nan");
}

TEST_CASE("tensors that are missing, of another shape or type", "[model][load]") {
  const FileBytes file = tiny_gguf(smallest());
  check_error(with_tensor(file, "blk.0.ffn_norm.weight"), Errc::missing_field, "blk.0.ffn_norm.weight");
  check_error(with_tensor(file, "output.weight", TensorType::f32, {256, 32}, FileBytes(32768)), Errc::bad_shape,
              "output.weight is 256 x 32 (columns x rows), the configuration asks for 32 x 256");
  check_error(with_tensor(file, "output.weight", TensorType::f32, {32, 16, 16}, FileBytes(32768)), Errc::bad_shape,
              "output.weight");
  check_error(with_tensor(file, "blk.0.ffn_norm.weight", TensorType::f16, {32}, FileBytes(64)), Errc::bad_type,
              "blk.0.ffn_norm.weight has type F16");
}

TEST_CASE("weights that are NaN, infinite or beyond the half range name their tensor", "[model][load]") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -65536.0f}) {
    for (const char* name : {"token_embd.weight", "blk.1.attn_norm.weight", "blk.2.ffn_down.weight"}) {
      TinyOptions o;
      o.self_test_tokens = 1;
      const Weights good = tiny_weights(o);
      Weights weights = good;
      weights.at(name)[5] = bad;
      const FileBytes bad_file = with_key(write_gguf(o, weights), "mgt.selftest.logits", [](auto& w) {
        w.add_f32_array("mgt.selftest.logits", std::vector<float>(3 * 256));
      });
      check_error(bad_file, Errc::bad_value, std::string("tensor ") + name);
    }
  }
  TinyOptions o = smallest();
  o.matrix_type = TensorType::q8_0;
  FileBytes file = tiny_gguf(o);
  const auto head =
      static_cast<std::size_t>(parse_or_abort(file).find_tensor("output.weight")->bytes.data() - file.data());
  const std::uint16_t infinite = 0x7c00;
  std::memcpy(file.data() + head, &infinite, 2);
  check_error(file, Errc::bad_value, "output.weight has the scale inf in row 0");
}

TEST_CASE("a self-test that is not reproduced names exit, symbol and both values", "[model][load]") {
  TinyOptions o;
  FileBytes file = tiny_gguf(o);
  std::vector<float> logits;
  {
    const auto parsed = parse_or_abort(file);
    const auto view = *parsed.get_f32_array("mgt.selftest.logits");
    for (std::size_t i = 0; i < view.size(); ++i) logits.push_back(view[i]);
  }
  logits[256 + 17] += 2.0f;
  const auto changed = [&](auto& w) { w.add_f32_array("mgt.selftest.logits", logits); };
  check_error(with_key(file, "mgt.selftest.logits", changed), Errc::self_test_failed, "exit 2 gives logit");
  check_error(with_key(file, "mgt.selftest.logits", changed), Errc::self_test_failed, "for symbol 17");
  logits[0] = std::numeric_limits<float>::quiet_NaN();
  check_error(with_key(file, "mgt.selftest.logits", changed), Errc::self_test_failed, "exit 1");
  check_error(with_key(file, "mgt.selftest.tokens"), Errc::missing_field, "mgt.selftest.tokens");
  check_error(with_key(file, "mgt.selftest.tokens",
                       [](auto& w) { w.add_u32_array("mgt.selftest.tokens", std::vector<std::uint32_t>{1, 256}); }),
              Errc::bad_value, "256 at index 1");
  check_error(with_key(file, "mgt.selftest.tokens",
                       [](auto& w) { w.add_u32_array("mgt.selftest.tokens", std::vector<std::uint32_t>(65)); }),
              Errc::bad_shape, "65 tokens");
  check_error(with_f32(file, "mgt.selftest.tolerance", 0.0f), Errc::bad_value, "tolerance is 0");
}

TEST_CASE("a file cut at any byte is refused", "[model][load]") {
  const FileBytes file = tiny_gguf(smallest());
  REQUIRE(Model::load(file));
  const auto last =
      static_cast<std::size_t>(parse_or_abort(file).find_tensor("output.weight")->bytes.data() - file.data()) +
      256 * 18;
  std::size_t refused = 0;
  for (std::size_t size = 0; size < last; ++size) {
    const FileBytes cut(file.begin(),
                        file.begin() + static_cast<std::ptrdiff_t>(size));  // exact size: reads past it show
    const auto model = Model::load(cut);
    refused +=
        !model && (model.error().code() == Errc::truncated || (size < 4 && model.error().code() == Errc::not_a_model));
  }
  CHECK(refused == last);
}

TEST_CASE("a header with any one bit flipped is refused or gives a sound model", "[model][load]") {
  FileBytes file = tiny_gguf(smallest());
  const auto header_bytes = static_cast<std::size_t>(parse_or_abort(file).data_offset());
  std::size_t accepted = 0;
  for (std::size_t bit = 0; bit < 8 * header_bytes; ++bit) {
    file[bit / 8] ^= std::byte(1u << (bit % 8));
    const auto model = Model::load(file);
    if (model) {
      ++accepted;
      if (Model::plan(file) != model->size_bytes()) FAIL("plan differs for bit " << bit);
    } else if (model.error().message()[0] == '\0') {
      FAIL("no message for bit " << bit);
    }
    file[bit / 8] ^= std::byte(1u << (bit % 8));
  }
  CHECK(accepted > 0);  // names, reference logits, statistics: most of these bits may differ
}

TEST_CASE("the file's hash follows every byte", "[model][load]") {
  FileBytes file = tiny_gguf(smallest());
  const std::uint64_t before = Model::load(file)->hash();
  CHECK(Model::load(file)->hash() == before);
  CHECK(Model::load(with_u32(file, "mgt.context_length", 16))->hash() != before);
}
