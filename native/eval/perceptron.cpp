#include "eval/perceptron.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mgt::cli {
namespace {

constexpr int kEpochs = 10;
constexpr std::size_t kBatch = 256;
constexpr float kRate = 2e-3f;
constexpr float kFirstMoment = 0.9f, kSecondMoment = 0.999f;  // decay of Adam's running means
constexpr float kDecay = 0.05f;    // of the weights, spread over a batch: what is rare is not learnt by heart
constexpr float kFarthest = 6.0f;  // standard deviations that a signal may count

/// Adam's state for one vector of weights.
class Adam {
 public:
  explicit Adam(std::size_t n) : mean_(n), square_(n) {}

  void step(std::span<const float> gradient, std::span<float> weights) {
    first_ *= kFirstMoment;
    second_ *= kSecondMoment;
    const float rate = kRate * std::sqrt(1 - second_) / (1 - first_);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      mean_[i] += (gradient[i] - mean_[i]) * (1 - kFirstMoment);
      square_[i] += (gradient[i] * gradient[i] - square_[i]) * (1 - kSecondMoment);
      weights[i] -= rate * mean_[i] / (std::sqrt(square_[i]) + 1e-8f);
    }
  }

 private:
  std::vector<float> mean_, square_;
  float first_ = 1, second_ = 1;
};

}  // namespace

Perceptron::Perceptron(std::span<const float> rows, std::size_t columns, const std::vector<bool>& events,
                       std::uint32_t seed)
    : columns_(columns), mean_(columns), scale_(columns), weights_(kHidden * (columns + 2) + 1) {
  const std::size_t n = events.size();
  measure(rows, n);
  std::vector<float> inputs(n * columns);
  for (std::size_t i = 0; i < n; ++i) standardise(rows.subspan(i * columns, columns), inputs.data() + i * columns);

  std::mt19937 random(seed);
  start(random);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Adam adam(weights_.size());
  std::vector<float> gradient(weights_.size());
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
    for (std::size_t from = 0; from < n; from += kBatch) {
      const std::span batch = std::span(order).subspan(from, std::min(kBatch, n - from));
      const float share = 1.0f / static_cast<float>(batch.size());
      std::fill(gradient.begin(), gradient.end(), 0.0f);
      for (std::size_t i = 0; i < kHidden * columns; ++i) gradient[i] = weights_[i] * kDecay * share;
      for (const std::size_t row : batch) add_gradient(inputs.data() + row * columns, events[row], share, gradient);
      adam.step(gradient, weights_);
    }
  }
}

void Perceptron::measure(std::span<const float> rows, std::size_t n) {
  std::vector<double> sums(columns_), squares(columns_);
  for (std::size_t i = 0; i < n * columns_; ++i) {
    sums[i % columns_] += double{rows[i]};
    squares[i % columns_] += double{rows[i]} * double{rows[i]};
  }
  for (std::size_t c = 0; c < columns_; ++c) {
    const double mean = sums[c] / static_cast<double>(n);
    const double variance = std::max(0.0, squares[c] / static_cast<double>(n) - mean * mean);
    mean_[c] = static_cast<float>(mean);
    scale_[c] = static_cast<float>(1 / (std::sqrt(variance) + 1e-6));
  }
}

void Perceptron::start(std::mt19937& random) {
  const auto draw = [&](std::size_t fan) {
    const double unit = static_cast<double>(random()) / 2147483648.0 - 1;  // in [-1, 1)
    return static_cast<float>(unit * std::sqrt(6.0 / static_cast<double>(fan)));
  };
  for (std::size_t i = 0; i < kHidden * columns_; ++i) weights_[i] = draw(columns_ + kHidden);
  for (std::size_t h = 0; h < kHidden; ++h) weights_[output_at() + h] = draw(kHidden + 1);
}

void Perceptron::add_gradient(const float* row, bool event, float share, std::span<float> gradient) const {
  float active[kHidden];
  const float p = 1 / (1 + std::exp(-forward(row, active)));
  const float error = (p - (event ? 1.0f : 0.0f)) * share;
  gradient.back() += error;
  for (std::size_t h = 0; h < kHidden; ++h) {
    if (active[h] <= 0) continue;
    gradient[output_at() + h] += error * active[h];
    const float back = error * weights_[output_at() + h];
    gradient[biases_at() + h] += back;
    float* const of_unit = gradient.data() + h * columns_;
    for (std::size_t c = 0; c < columns_; ++c) of_unit[c] += back * row[c];
  }
}

float Perceptron::operator()(std::span<const float> row) const {
  std::vector<float> x(columns_);
  standardise(row, x.data());
  float active[kHidden];
  return forward(x.data(), active);
}

void Perceptron::standardise(std::span<const float> row, float* out) const {
  for (std::size_t c = 0; c < columns_; ++c) {
    out[c] = std::clamp((row[c] - mean_[c]) * scale_[c], -kFarthest, kFarthest);
  }
}

float Perceptron::forward(const float* row, float* active) const {
  const float* biases = weights_.data() + biases_at();
  const float* out_weights = weights_.data() + output_at();
  float sum = weights_.back();
  for (std::size_t h = 0; h < kHidden; ++h) {
    const float* w = weights_.data() + h * columns_;
    constexpr std::size_t kLanes = 4;
    float lanes[kLanes] = {};
    std::size_t c = 0;
    for (; c + kLanes <= columns_; c += kLanes) {
      for (std::size_t l = 0; l < kLanes; ++l) lanes[l] += w[c + l] * row[c + l];
    }
    float unit = biases[h] + ((lanes[0] + lanes[2]) + (lanes[1] + lanes[3]));
    for (; c < columns_; ++c) unit += w[c] * row[c];
    active[h] = std::max(0.0f, unit);
    sum += out_weights[h] * active[h];
  }
  return sum;
}

}  // namespace mgt::cli
