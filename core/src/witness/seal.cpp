#include <cstring>

#include "hash.hpp"
#include "mgt/witness.hpp"
#include "witness/trace_fields.hpp"

namespace mgt {
namespace {

/// Fields one after another without padding, so that equal records have equal bytes on every target.
class Packer {
 public:
  template <class T>
  void operator()(const char* /*name*/, const T& value) noexcept {
    std::memcpy(bytes_ + size_, &value, sizeof value);
    size_ += sizeof value;
  }
  template <class Word>
  void operator()(const char* name, detail::Hex<Word> hex) noexcept {
    (*this)(name, hex.value);
  }
  std::span<const std::byte> bytes() const noexcept { return {bytes_, size_}; }

 private:
  std::byte bytes_[sizeof(Witness)];
  std::size_t size_ = 0;
};

}  // namespace

std::uint64_t seal(const Witness& w) noexcept {
  Packer packer;
  detail::visit_sealed_fields(w, packer);
  return hash64(packer.bytes(), w.previous_hash);
}

}  // namespace mgt
