// A trace line: what it looks like, that it reads back bit for bit, and that nothing else is taken for one.
#include <array>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

#include "mgt/trace.hpp"
#include "witness/trace_fields.hpp"

namespace {

mgt::Witness example() {
  mgt::Witness w;
  w.step = 7;
  w.token = 101;
  w.tier = mgt::Tier::skip;
  w.decision = mgt::GateDecision::FreezeWrites;
  w.reason = mgt::GateReason::MemoryHit;
  w.lambda = 32768;
  w.lambda_prev = 40000;
  w.delta_lambda = -7232;
  w.surprise = 0.1f;
  w.energy = 1e-7f;
  w.threshold = 0.02f;
  w.kv_write = false;
  w.output_hash = 0xfedcba9876543210;
  w.hash = 1;
  return w;
}

std::string format(const mgt::Witness& w) {
  std::array<char, mgt::kMaxTraceLine> line;
  const std::size_t size = mgt::format_trace_line(w, line);
  REQUIRE(size > 0);
  return {line.data(), size};
}

template <class T>
void change(T& field) {
  if constexpr (requires { field.value; }) {
    change(field.value);  // one that a trace spells in hex digits
  } else if constexpr (std::is_same_v<T, bool>) {
    field = !field;
  } else if constexpr (std::is_enum_v<T>) {
    field = static_cast<T>(static_cast<int>(field) ^ 1);
  } else {
    field = static_cast<T>(field + 1);
  }
}

std::string error_of(const std::string& line) {
  const auto parsed = mgt::parse_trace_line(line);
  REQUIRE(!parsed);
  CHECK(parsed.error().code() == mgt::Errc::bad_trace);
  return parsed.error().message();
}

std::string with(std::string line, const std::string& from, const std::string& to) {
  const std::size_t at = line.find(from);
  REQUIRE(at != std::string::npos);
  return line.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("every field but the seal itself is sealed", "[trace]") {
  for (std::size_t which = 0; which < mgt::detail::kWitnessFields; ++which) {
    mgt::Witness w = example();
    std::size_t i = 0;
    mgt::detail::visit_fields(w, [&](const char* name, auto&& field) {
      if (i++ != which) return;
      UNSCOPED_INFO(name);
      change(field);
    });
    CHECK((mgt::seal(w) == mgt::seal(example())) == (which + 1 == mgt::detail::kWitnessFields));
  }
}

TEST_CASE("a trace line names every field in declaration order", "[trace]") {
  CHECK(format(example()) ==
        R"({"step":7,"token":101,"tier":3,"decision":"FreezeWrites","reason":"MemoryHit","spike_fired":false,)"
        R"("lambda":32768,"lambda_prev":40000,"delta_lambda":-7232,"boundary_edges":0,)"
        R"("boundary_concentration_q15":0,"partition_count":0,"spike_rate_q15":0,"spike_novelty_q15":0,)"
        R"("effective_window":0,"surprise":0.1,"energy":1e-07,"threshold":0.02,"layers_run":0,)"
        R"("layers_caught_up":0,"layers_replayed":0,"layers_deferred":0,"kv_bytes_read":0,"kv_bytes_written":0,)"
        R"("kv_write":false,"external_write":true,"top_token":0,"top_probability":0,)"
        R"("output_hash":"fedcba9876543210","previous_hash":"0000000000000000","hash":"0000000000000001"})");
}

TEST_CASE("a trace line reads back bit for bit", "[trace]") {
  mgt::Witness w = example();
  std::uint32_t bits = 1;
  for (int i = 0; i < 20000; ++i) {
    bits = bits * 1664525u + 1013904223u;
    const float x = std::bit_cast<float>(bits);
    if (x != x || x - x != 0) continue;
    w.surprise = x;
    w.step = std::uint64_t{bits} << 32 | bits;
    w.delta_lambda = static_cast<std::int32_t>(bits);
    w.hash = ~w.step;
    w.reason = static_cast<mgt::GateReason>(bits % 13);
    const auto parsed = mgt::parse_trace_line(format(w));
    REQUIRE(parsed);
    REQUIRE(std::bit_cast<std::uint32_t>(parsed->surprise) == bits);
    REQUIRE(parsed->step == w.step);
    REQUIRE(parsed->delta_lambda == w.delta_lambda);
    REQUIRE(parsed->hash == w.hash);
    REQUIRE(parsed->reason == w.reason);
    REQUIRE(format(*parsed) == format(w));
  }
}

TEST_CASE("the longest line fits the stated size and a short buffer gets nothing", "[trace]") {
  mgt::Witness w = example();
  w.step = w.hash = ~std::uint64_t{0};
  w.token = w.lambda = w.lambda_prev = w.kv_bytes_read = w.kv_bytes_written = w.top_token = ~std::uint32_t{0};
  w.delta_lambda = std::numeric_limits<std::int32_t>::min();
  w.reason = mgt::GateReason::BoundaryConcentrationSpike;
  w.decision = mgt::GateDecision::QuarantineUpdates;
  w.boundary_edges = w.boundary_concentration_q15 = w.partition_count = w.spike_rate_q15 = w.spike_novelty_q15 =
      w.effective_window = w.layers_run = w.layers_caught_up = w.layers_replayed = w.layers_deferred = 0xffff;
  w.surprise = w.energy = w.threshold = w.top_probability = -1.17549435e-38f;
  const std::string line = format(w);
  CHECK(line.size() <= mgt::kMaxTraceLine);
  std::array<char, mgt::kMaxTraceLine> out;
  for (std::size_t size = 0; size < line.size(); ++size) {
    out.fill('#');
    REQUIRE(mgt::format_trace_line(w, std::span(out).first(size)) == 0);
    REQUIRE(out[size] == '#');
  }
  CHECK(mgt::format_trace_line(w, std::span(out).first(line.size())) == line.size());
}

TEST_CASE("fields may come in any order and with JSON space", "[trace]") {
  const std::string line = format(example());
  CHECK(mgt::parse_trace_line(with(line, "{\"step\":7,", "{ \"lambda\" : 32768 ,\t\"step\": 7,")
                                  .replace(line.find("\"lambda\":32768,") + 28, 15, "")));
  CHECK(mgt::parse_trace_line(line + "\r"));
}

TEST_CASE("what is not a trace line is refused with the field's name", "[trace]") {
  const std::string line = format(example());
  CHECK(error_of("") == "column 1: expected '{', the line ends here");
  CHECK(error_of("{}") == "column 2: expected a field name in quotes");
  CHECK(error_of(line + "x").find("text after the record") != std::string::npos);
  CHECK(error_of(line.substr(0, line.size() - 1)).find("expected '}'") != std::string::npos);
  CHECK(error_of(with(line, "\"token\":101,", "")) == "token: missing");
  CHECK(error_of(with(line, "\"token\":101,", "\"token\":101,\"token\":101,")) == "token: given twice");
  CHECK(error_of(with(line, "\"token\"", "\"tokem\"")) == "tokem: no such field");
  CHECK(error_of(with(line, "\"tier\":3", "\"tier\":4")) == "tier: expected a number from 0 to 3, found '4'");
  CHECK(error_of(with(line, "\"token\":101", "\"token\":-1")) ==
        "token: expected a number from 0 to 4294967295, found '-1'");
  CHECK(error_of(with(line, "\"token\":101", "\"token\":0101")).starts_with("token: "));
  CHECK(error_of(with(line, "\"token\":101", "\"token\":1e2")).starts_with("token: "));
  CHECK(error_of(with(line, "\"surprise\":0.1", "\"surprise\":.1")).starts_with("surprise: "));
  CHECK(error_of(with(line, "\"surprise\":0.1", "\"surprise\":1e99")).starts_with("surprise: "));
  CHECK(error_of(with(line, "\"surprise\":0.1", "\"surprise\":null")).starts_with("surprise: "));
  CHECK(error_of(with(line, "\"kv_write\":false", "\"kv_write\":0")) == "kv_write: expected true or false, found '0'");
  CHECK(error_of(with(line, "MemoryHit", "MemoryHot")) == "reason: expected a name of this field, found 'MemoryHot'");
  CHECK(error_of(with(line, "\"lambda_prev\"", "\"lambda_prev\t\"")).find("expected the end of a field name") !=
        std::string::npos);
  CHECK(error_of(with(line, "\"lambda_prev\"", "\"lambda_prev\\u0020\"")).starts_with("column "));
  CHECK(error_of(with(line, "fedcba98", "FEDCBA98")).starts_with("output_hash: "));
  CHECK(error_of(with(line, "fedcba98", "edcba98")).starts_with("output_hash: "));
}

TEST_CASE("no line cut short is taken for a record", "[trace]") {
  const std::string line = format(example());
  for (std::size_t size = 0; size < line.size(); ++size) {
    REQUIRE(!mgt::parse_trace_line(std::string_view(line).substr(0, size)));
  }
}
