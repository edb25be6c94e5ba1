#include <cstring>

#include "hash.hpp"
#include "mgt/witness.hpp"

namespace mgt {
namespace {

/// Fields one after another without padding, so that equal records have equal bytes on every target.
class Packer {
 public:
  template <class T>
  void put(T value) noexcept {
    std::memcpy(bytes_ + size_, &value, sizeof value);
    size_ += sizeof value;
  }
  std::span<const std::byte> bytes() const noexcept { return {bytes_, size_}; }

 private:
  std::byte bytes_[sizeof(Witness)];
  std::size_t size_ = 0;
};

}  // namespace

std::uint64_t seal(const Witness& w) noexcept {
  Packer packer;
  packer.put(w.step);
  packer.put(w.token);
  packer.put(w.tier);
  packer.put(w.decision);
  packer.put(w.reason);
  packer.put(w.spike_fired);
  packer.put(w.lambda);
  packer.put(w.lambda_prev);
  packer.put(w.delta_lambda);
  packer.put(w.boundary_edges);
  packer.put(w.boundary_concentration_q15);
  packer.put(w.partition_count);
  packer.put(w.spike_rate_q15);
  packer.put(w.spike_novelty_q15);
  packer.put(w.effective_window);
  packer.put(w.surprise);
  packer.put(w.energy);
  packer.put(w.threshold);
  packer.put(w.layers_run);
  packer.put(w.layers_caught_up);
  packer.put(w.layers_replayed);
  packer.put(w.layers_deferred);
  packer.put(w.kv_bytes_read);
  packer.put(w.kv_bytes_written);
  packer.put(w.kv_write);
  packer.put(w.external_write);
  packer.put(w.top_token);
  packer.put(w.top_probability);
  packer.put(w.output_hash);
  return hash64(packer.bytes(), w.previous_hash);
}

}  // namespace mgt
