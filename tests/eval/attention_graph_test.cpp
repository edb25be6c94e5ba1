#include "eval/attention_graph.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/stoer_wagner_min_cut.hpp>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <numeric>
#include <random>

#include "decode/layer_runner.hpp"
#include "model/data.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

using Catch::Approx;
using cli::AttentionGraph;
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                                    boost::property<boost::edge_weight_t, double>>;

TEST_CASE("the global minimum cut is Boost's", "[eval]") {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const std::size_t n = 2 + random() % 15;
    std::vector<double> weights(n * n, 0.0);
    Graph graph(n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double weight = random() % 3 == 0 ? 0.0 : static_cast<double>(random() % 100);
        weights[i * n + j] = weights[j * n + i] = weight;
        boost::add_edge(i, j, weight, graph);
      }
    }
    const double expected = boost::stoer_wagner_min_cut(graph, boost::get(boost::edge_weight, graph));
    REQUIRE(cli::global_min_cut(weights, n) == Approx(expected));
  }
}

TEST_CASE("a row is what the first layer attends to", "[eval]") {
  const Model model = tiny_model();
  const ModelConfig& c = model.config();
  const AttentionGraph graph(model);
  std::vector<std::uint8_t> bytes(c.window + 5);
  std::mt19937 random(3);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());

  CHECK(graph.row(std::span(bytes).first(1)) == std::vector<float>{1.0f});
  const std::vector<float> row = graph.row(bytes);
  REQUIRE(row.size() == c.window);
  CHECK(std::accumulate(row.begin(), row.end(), 0.0) == Approx(1).epsilon(1e-5));

  // The same from the kernel: values that are 1 at one position and 0 elsewhere read its weight out, head by head.
  std::vector<float> table(decode::LayerRunner::byte_table_floats(c));
  const std::size_t scratch_bytes = decode::LayerRunner::plan_bytes(c);
  const Block scratch = allocate_block(scratch_bytes);
  decode::LayerRunner runner(model.data(), {scratch.get(), scratch_bytes});
  runner.use_tables(table.data(), nullptr);
  for (const auto byte : bytes) runner.learn(byte);
  const auto projected = [&](std::size_t back) {
    return table.data() + bytes[bytes.size() - 1 - back] * c.qkv_width();
  };
  const std::vector<float> ones(c.kv_dim(), 1.0f), zeros(c.kv_dim(), 0.0f);
  std::vector<float> out(c.hidden), scores(64);
  for (std::size_t back = 0; back < c.window; ++back) {
    std::vector<const float*> keys(c.window), values(c.window, zeros.data());
    for (std::size_t i = 0; i < c.window; ++i) keys[c.window - 1 - i] = projected(i) + c.hidden;
    values[c.window - 1 - back] = ones.data();
    AttentionArgs args;
    args.query = projected(0);
    args.keys = keys.data();
    args.values = values.data();
    args.rope_cos = model.data().rope_cos;
    args.rope_sin = model.data().rope_sin;
    args.scores = scores.data();
    args.out = out.data();
    args.n_rows = c.window;
    args.n_heads = c.n_heads;
    args.n_kv_heads = c.n_kv_heads;
    args.head_dim = c.head_dim;
    kernels().attention(args);
    double mean = 0;
    for (std::size_t head = 0; head < c.n_heads; ++head) mean += double{out[head * c.head_dim]} / c.n_heads;
    CHECK(double{row[back]} == Approx(mean).epsilon(1e-3).margin(1e-6));
  }
}

TEST_CASE("a node's own links bound the attention graph's cut", "[eval]") {
  const Model model = tiny_model();
  const AttentionGraph graph(model);
  std::vector<std::uint8_t> bytes(60);
  std::mt19937 random(5);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>('a' + random() % 6);
  const std::vector<float> lambdas = graph.lambdas(bytes);
  REQUIRE(lambdas.size() == bytes.size());
  CHECK(lambdas[0] == 0.0f);
  for (std::size_t t = 1; t < bytes.size(); ++t) {
    const std::vector<float> newest = graph.row(std::span(bytes).first(t + 1));
    CHECK(lambdas[t] > 0.0f);
    CHECK(lambdas[t] <= std::accumulate(newest.begin() + 1, newest.end(), 0.0f) + 1e-5f);
  }
}

}  // namespace
}  // namespace mgt::test
