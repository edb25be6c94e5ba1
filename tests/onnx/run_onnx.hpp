// Runs an ONNX graph in double precision, one operator at a time: the meaning of the operators that the exporter
// writes, after the operator specification of opset 17. For tests of tiny graphs.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "onnx/read_onnx.hpp"

namespace mgt::test {

using OnnxValues = std::map<std::string, OnnxTensor>;

class OnnxRunner {
 public:
  explicit OnnxRunner(OnnxFile file) : file_(std::move(file)) {}

  /// The value of every name; throws std::out_of_range where a node reads what no earlier node wrote.
  OnnxValues run(const OnnxValues& inputs) {
    values_ = file_.constants;
    values_.insert(inputs.begin(), inputs.end());
    for (const OnnxNode& node : file_.nodes) {
      node_ = &node;
      compute();
    }
    return values_;
  }

 private:
  using Dims = std::vector<std::int64_t>;

  const OnnxTensor& in(std::size_t i) const { return values_.at(node_->inputs.at(i)); }
  void out(OnnxTensor tensor, std::size_t i = 0) { values_[node_->outputs.at(i)] = std::move(tensor); }
  std::int64_t attribute(const char* name, std::int64_t otherwise = 0) const {
    const auto found = node_->attributes.find(name);
    return found == node_->attributes.end() ? otherwise : found->second.at(0);
  }
  /// An axis counted from the front.
  static std::size_t axis_of(const OnnxTensor& x, std::int64_t axis) {
    return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(x.dims.size()) : axis);
  }
  static std::int64_t size_of(const Dims& dims, std::size_t from, std::size_t to) {
    std::int64_t n = 1;
    for (std::size_t i = from; i < to; ++i) n *= dims[i];
    return n;
  }

  void compute() {
    const std::string& op = node_->op;
    if (op == "Add") return combine([](double a, double b) { return a + b; });
    if (op == "Mul") return combine([](double a, double b) { return a * b; });
    if (op == "Div") return combine([](double a, double b) { return a / b; });
    if (op == "Pow") return combine([](double a, double b) { return std::pow(a, b); });
    if (op == "Sqrt") return map([](double a) { return std::sqrt(a); });
    if (op == "Relu") return map([](double a) { return std::max(a, 0.0); });
    if (op == "Cos") return map([](double a) { return std::cos(a); });
    if (op == "Sin") return map([](double a) { return std::sin(a); });
    if (op == "Cast") return map([](double a) { return a; });
    if (op == "ReduceMean") return reduce_mean();
    if (op == "Softmax") return softmax();
    if (op == "Gather") return gather();
    if (op == "Slice") return slice();
    if (op == "Split") return split();
    if (op == "Concat") return concat();
    if (op == "Transpose") return transpose();
    if (op == "Reshape") return reshape();
    if (op == "MatMul") return multiply(in(0), in(1), 0);
    if (op == "MatMulInteger") return multiply(in(0), in(1), in(2).values.at(0));
    if (op == "DynamicQuantizeLinear") return quantize();
    if (op == "MatMulNBits") return multiply(in(0), unpacked_nibbles(), 0);
    throw std::runtime_error("no such operator: " + op);
  }

  template <class Function>
  void map(Function f) {
    OnnxTensor y = in(0);
    for (double& v : y.values) v = f(v);
    out(y);
  }

  /// Numpy's broadcasting: dimensions align at the end, a size of 1 repeats.
  template <class Function>
  void combine(Function f) {
    const OnnxTensor &a = in(0), &b = in(1);
    OnnxTensor y;
    y.dims = a.dims.size() > b.dims.size() ? a.dims : b.dims;
    const auto aligned = [&](const OnnxTensor& x) {
      Dims dims(y.dims.size() - x.dims.size(), 1);
      dims.insert(dims.end(), x.dims.begin(), x.dims.end());
      return dims;
    };
    const Dims da = aligned(a), db = aligned(b);
    for (std::size_t i = 0; i < y.dims.size(); ++i) y.dims[i] = da[i] == 1 ? db[i] : da[i];
    const std::int64_t n = size_of(y.dims, 0, y.dims.size());
    for (std::int64_t at = 0; at < n; ++at) {
      std::int64_t rest = at, index_a = 0, index_b = 0, stride_a = 1, stride_b = 1;
      for (std::size_t i = y.dims.size(); i-- > 0; rest /= y.dims[i]) {
        const std::int64_t index = rest % y.dims[i];
        index_a += (da[i] == 1 ? 0 : index) * stride_a;
        index_b += (db[i] == 1 ? 0 : index) * stride_b;
        stride_a *= da[i];
        stride_b *= db[i];
      }
      y.values.push_back(f(a.values[static_cast<std::size_t>(index_a)], b.values[static_cast<std::size_t>(index_b)]));
    }
    out(y);
  }

  /// Calls row(values, n) for every run along the last axis.
  template <class Row>
  static void for_rows(OnnxTensor& x, Row row) {
    const auto n = static_cast<std::size_t>(x.dims.back());
    for (std::size_t at = 0; at < x.values.size(); at += n) row(x.values.data() + at, n);
  }

  void reduce_mean() {
    OnnxTensor x = in(0), y;
    for_rows(x, [&](const double* v, std::size_t n) {
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += v[i];
      y.values.push_back(sum / static_cast<double>(n));
    });
    y.dims = x.dims;
    y.dims.back() = 1;
    out(y);
  }

  void softmax() {
    OnnxTensor y = in(0);
    for_rows(y, [](double* v, std::size_t n) {
      const double highest = *std::max_element(v, v + n);
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += v[i] = std::exp(v[i] - highest);
      for (std::size_t i = 0; i < n; ++i) v[i] /= sum;
    });
    out(y);
  }

  void gather() {
    const OnnxTensor &table = in(0), &indices = in(1);
    OnnxTensor y;
    y.dims = {indices.dims.at(0), table.dims.at(1)};
    for (const double index : indices.values) {
      const auto row = table.values.begin() + static_cast<std::int64_t>(index) * table.dims[1];
      y.values.insert(y.values.end(), row, row + table.dims[1]);
    }
    out(y);
  }

  /// The positions [from, to) along an axis.
  static OnnxTensor cut(const OnnxTensor& x, std::size_t axis, std::int64_t from, std::int64_t to) {
    const std::int64_t outer = size_of(x.dims, 0, axis), inner = size_of(x.dims, axis + 1, x.dims.size());
    OnnxTensor y;
    y.dims = x.dims;
    y.dims[axis] = to - from;
    for (std::int64_t o = 0; o < outer; ++o) {
      const auto base = x.values.begin() + (o * x.dims[axis] + from) * inner;
      y.values.insert(y.values.end(), base, base + (to - from) * inner);
    }
    return y;
  }

  void slice() {
    const OnnxTensor& x = in(0);
    const std::size_t axis = axis_of(x, static_cast<std::int64_t>(in(3).values.at(0)));
    const auto clamped = [&](double at) {
      const std::int64_t size = x.dims[axis];
      const auto index = static_cast<std::int64_t>(at);
      return std::clamp<std::int64_t>(index < 0 ? index + size : index, 0, size);
    };
    out(cut(x, axis, clamped(in(1).values.at(0)), clamped(in(2).values.at(0))));
  }

  void split() {
    const OnnxTensor& x = in(0);
    const std::size_t axis = axis_of(x, attribute("axis"));
    std::int64_t at = 0;
    for (std::size_t i = 0; i < node_->outputs.size(); ++i) {
      const std::int64_t size = node_->inputs.size() > 1
                                    ? static_cast<std::int64_t>(in(1).values.at(i))
                                    : x.dims[axis] / static_cast<std::int64_t>(node_->outputs.size());
      out(cut(x, axis, at, at + size), i);
      at += size;
    }
  }

  void concat() {
    OnnxTensor y = in(0);
    for (std::size_t i = 1; i < node_->inputs.size(); ++i) {
      const OnnxTensor &a = y, &b = in(i);
      const std::size_t axis = axis_of(a, attribute("axis"));
      const std::int64_t outer = size_of(a.dims, 0, axis);
      OnnxTensor both;
      both.dims = a.dims;
      both.dims[axis] += b.dims[axis];
      for (std::int64_t o = 0; o < outer; ++o) {
        for (const OnnxTensor* part : {&a, &b}) {
          const std::int64_t n = size_of(part->dims, axis, part->dims.size());
          both.values.insert(both.values.end(), part->values.begin() + o * n, part->values.begin() + (o + 1) * n);
        }
      }
      y = both;
    }
    out(y);
  }

  void transpose() {
    const OnnxTensor& x = in(0);
    const Dims& order = node_->attributes.at("perm");
    OnnxTensor y;
    for (const std::int64_t from : order) y.dims.push_back(x.dims[static_cast<std::size_t>(from)]);
    for (std::size_t at = 0; at < x.values.size(); ++at) {
      auto rest = static_cast<std::int64_t>(at);
      std::int64_t from = 0;
      for (std::size_t i = order.size(); i-- > 0; rest /= y.dims[i]) {
        const auto axis = static_cast<std::size_t>(order[i]);
        from += rest % y.dims[i] * size_of(x.dims, axis + 1, x.dims.size());
      }
      y.values.push_back(x.values[static_cast<std::size_t>(from)]);
    }
    out(y);
  }

  void reshape() {
    OnnxTensor y = in(0);
    y.dims.assign(in(1).values.begin(), in(1).values.end());
    if (size_of(y.dims, 0, y.dims.size()) != static_cast<std::int64_t>(y.values.size())) {
      throw std::runtime_error("reshape to another size: " + node_->outputs[0]);
    }
    out(y);
  }

  /// a [..., n, k] times b [..., k, m]; where b has two dimensions it serves every batch of a.
  void multiply(const OnnxTensor& a, const OnnxTensor& b, double zero_point) {
    const std::int64_t k = a.dims.back(), m = b.dims.back(), n = a.dims[a.dims.size() - 2];
    if (b.dims[b.dims.size() - 2] != k) throw std::runtime_error("inner sizes differ: " + node_->outputs[0]);
    OnnxTensor y;
    y.dims = a.dims;
    y.dims.back() = m;
    for (std::int64_t row = 0; row < size_of(a.dims, 0, a.dims.size() - 1); ++row) {
      const double* b_at = b.values.data() + (b.dims.size() > 2 ? row / n * k * m : 0);
      for (std::int64_t column = 0; column < m; ++column) {
        double sum = 0;
        for (std::int64_t i = 0; i < k; ++i) {
          sum += (a.values[static_cast<std::size_t>(row * k + i)] - zero_point) * b_at[i * m + column];
        }
        y.values.push_back(sum);
      }
    }
    out(y);
  }

  void quantize() {
    OnnxTensor y = in(0);
    const auto [low, high] = std::minmax_element(y.values.begin(), y.values.end());
    const double least = std::min(*low, 0.0);
    const double scale = (std::max(*high, 0.0) - least) / 255;
    const double zero_point = std::clamp(std::nearbyint(-least / scale), 0.0, 255.0);
    for (double& v : y.values) v = std::clamp(std::nearbyint(v / scale) + zero_point, 0.0, 255.0);
    out(y);
    out({{}, {scale}}, 1);
    out({{}, {zero_point}}, 2);
  }

  /// The weights [K, N] of MatMulNBits with 4 bits in blocks of 32 and a zero point of 8.
  OnnxTensor unpacked_nibbles() const {
    const std::int64_t columns = attribute("K"), rows = attribute("N"), block = attribute("block_size");
    OnnxTensor y;
    y.dims = {columns, rows};
    for (std::int64_t c = 0; c < columns; ++c) {
      for (std::int64_t r = 0; r < rows; ++r) {
        const auto pair = static_cast<unsigned>(in(1).values[static_cast<std::size_t>((r * columns + c) / 2)]);
        const unsigned code = c % 2 == 0 ? pair & 15u : pair >> 4;
        const double scale = in(2).values[static_cast<std::size_t>((r * columns + c) / block)];
        y.values.push_back(scale * (static_cast<double>(code) - 8));
      }
    }
    return y;
  }

  OnnxFile file_;
  OnnxValues values_;
  const OnnxNode* node_ = nullptr;
};

}  // namespace mgt::test
