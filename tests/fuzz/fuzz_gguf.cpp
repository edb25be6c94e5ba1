// Model files from an adversary: the container, the listing, the plan and the whole load.
//
// An input is the header of a file; its last eight bytes, repeated, stand in for the tensors that follow, so that
// inputs stay at about two kilobytes while every load reaches the weights. The mutator knows where fields begin.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "../support/tiny_energy.hpp"
#include "hash.hpp"
#include "mgt/inspect.hpp"
#include "model/load.hpp"
#include "require.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using namespace mgt;
using fuzz::require;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kMaxInput = 4096;
constexpr std::size_t kTensorBytes = 16 * 1024;  ///< the seed model's tensors need 13 kB

std::span<const std::byte> as_bytes(const Bytes& bytes) {
  return std::as_bytes(std::span(bytes));
}

/// The header of a one-layer model in Q4_0: the smallest file that loads.
Bytes seed_header() {
  test::TinyOptions o;
  o.n_layers = 1;
  o.hidden = o.ffn = 32;
  o.n_heads = o.n_kv_heads = 1;
  o.window_min = o.window_max = o.window = 8;
  o.embedding_type = o.matrix_type = gguf::TensorType::q4_0;
  o.self_test_tokens = 1;
  o.add_keys = [](gguf::Writer& w) {
    const float policy[] = {0.9f, 0.8f};
    w.add_f32_array("mgt.calibration.default", policy);
    test::add_energy(w);
    w.add_u32("general.alignment", 32);
  };
  const auto file = test::tiny_gguf(o);
  const auto parsed = gguf::File::parse(file, gguf::Extent::whole_file);
  const auto* begin = reinterpret_cast<const std::uint8_t*>(file.data());
  Bytes header(begin, begin + parsed->data_offset());
  header.resize(header.size() + 8);  // tensors of zeros
  return header;
}

/// Where the entries and the numbers of a parsed header lie.
struct Map {
  std::vector<std::size_t> keys;     ///< start of each key, and the end of the last
  std::vector<std::size_t> tensors;  ///< likewise
  std::vector<std::size_t> fields;   ///< start of every number that is worth changing
};

Map map_of(const Bytes& bytes, const gguf::File& file) {
  Map map;
  const auto at = [&](const void* p) {
    return static_cast<std::size_t>(static_cast<const std::uint8_t*>(p) - bytes.data());
  };
  map.fields = {4, 8, 16};
  for (const auto& v : file.values()) {
    const std::size_t type = at(v.key.data()) + v.key.size();
    map.keys.push_back(at(v.key.data()) - 8);
    map.fields.insert(map.fields.end(), {at(v.key.data()) - 8, type, type + 4});
    if (v.type == gguf::ValueType::array) map.fields.insert(map.fields.end(), {type + 8, type + 16, type + 20});
  }
  for (const auto& t : file.tensors()) {
    const std::size_t rank = at(t.name.data()) + t.name.size();
    map.tensors.push_back(at(t.name.data()) - 8);
    map.fields.insert(map.fields.end(), {at(t.name.data()) - 8, rank});
    for (std::size_t d = 0; d < t.n_dims + 2u; ++d) map.fields.push_back(rank + 4 + 8 * d);
    map.fields.push_back(rank + 8 + 8 * t.n_dims);
  }
  const std::size_t end = map.tensors.empty()
                              ? bytes.size()
                              : at(file.tensors().back().name.data()) + file.tensors().back().name.size() + 16 +
                                    8 * file.tensors().back().n_dims;
  map.tensors.push_back(end);
  map.keys.push_back(map.tensors.front());
  return map;
}

/// Overwrites a number with one that has broken parsers before.
void set_field(Bytes& bytes, std::size_t at, test::Random& random) {
  static constexpr std::uint64_t kNumbers[] = {0,
                                               1,
                                               2,
                                               3,
                                               4,
                                               6,
                                               8,
                                               9,
                                               13,
                                               31,
                                               32,
                                               33,
                                               63,
                                               64,
                                               65,
                                               127,
                                               128,
                                               255,
                                               256,
                                               257,
                                               4096,
                                               4097,
                                               8192,
                                               16384,
                                               65536,
                                               65537,
                                               1 << 20,
                                               1048577,
                                               0x3f800000,
                                               0x7f800000,
                                               0x7fc00000,
                                               0xff800000,
                                               0x7fffffff,
                                               0xffffffff,
                                               0x100000000,
                                               1ull << 36,
                                               1ull << 61,
                                               1ull << 63,
                                               ~0ull,
                                               ~0ull - 31,
                                               (1ull << 63) - 32,
                                               (1ull << 62) + 8};
  std::uint64_t value = kNumbers[random.next() % std::size(kNumbers)];
  const std::size_t width = std::size_t{1} << (random.next() % 4);
  if (at + width > bytes.size()) return;
  if (random.next() % 4 == 0) {
    std::uint64_t old = 0;
    std::memcpy(&old, bytes.data() + at, width);
    value = old + random.next() % 65 - 32;
  }
  std::memcpy(bytes.data() + at, &value, width);
}

/// Drops, doubles or moves one key or tensor and, mostly, keeps the count right.
void splice(Bytes& bytes, const std::vector<std::size_t>& starts, std::size_t count_at, test::Random& random) {
  if (starts.size() < 2) return;
  const auto entry = [&](std::size_t i) {
    return Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(starts[i]),
                 bytes.begin() + static_cast<std::ptrdiff_t>(starts[i + 1]));
  };
  const std::size_t from = random.next() % (starts.size() - 1);
  const Bytes piece = entry(from);
  const std::uint64_t action = random.next() % 3;
  std::int64_t change = 0;
  if (action != 0) {  // insert a copy somewhere
    const std::size_t to = starts[random.next() % starts.size()];
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(to), piece.begin(), piece.end());
    ++change;
    if (action == 2) {  // and remove the original: a move
      const std::size_t old = to <= starts[from] ? starts[from] + piece.size() : starts[from];
      bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(old),
                  bytes.begin() + static_cast<std::ptrdiff_t>(old + piece.size()));
      --change;
    }
  } else {
    bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(starts[from]),
                bytes.begin() + static_cast<std::ptrdiff_t>(starts[from + 1]));
    --change;
  }
  if (random.next() % 8 == 0) return;
  std::uint64_t count;
  std::memcpy(&count, bytes.data() + count_at, sizeof count);
  count += static_cast<std::uint64_t>(change);
  std::memcpy(bytes.data() + count_at, &count, sizeof count);
}

const Bytes& seed() {
  static const Bytes bytes = seed_header();
  return bytes;
}

std::size_t mutate(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned int number) {
  test::Random random(number);
  Bytes bytes(data, data + size);
  if (size < 24 || random.next() % 1024 == 0) bytes = seed();
  const auto file = gguf::File::parse(as_bytes(bytes), gguf::Extent::header_only);
  if (!file || random.next() % 4 == 0) {
    const std::size_t old = bytes.size();
    bytes.resize(std::max(max_size, old));
    bytes.resize(LLVMFuzzerMutate(bytes.data(), std::min(old, max_size), max_size));
  } else {
    const Map map = map_of(bytes, *file);
    for (std::uint64_t n = random.next() % 4; n > 0; --n) {
      set_field(bytes, map.fields[random.next() % map.fields.size()], random);
    }
    if (random.next() % 4 == 0)
      splice(bytes, map.keys, 16, random);
    else if (random.next() % 4 == 0)
      splice(bytes, map.tensors, 8, random);
    if (random.next() % 4 == 0) {  // other weights
      const std::size_t tail = std::min<std::size_t>(8, bytes.size());
      LLVMFuzzerMutate(bytes.data() + bytes.size() - tail, tail, tail);
    }
  }
  const std::size_t out = std::min(bytes.size(), max_size);
  std::memcpy(data, bytes.data(), out);
  return out;
}

/// The input and, after it, its last eight bytes over and over.
std::span<const std::byte> with_tensors(const std::uint8_t* data, std::size_t size) {
  static std::uint8_t file[kMaxInput + kTensorBytes];
  std::memcpy(file, data, size);
  std::memset(file + size, 0, kTensorBytes);
  if (size >= 8) {
    std::memcpy(file + size, file + size - 8, 8);
    for (std::size_t n = 8; n < kTensorBytes; n *= 2) std::memcpy(file + size + n, file + size, n);
  }
  return std::as_bytes(std::span(file).first(size + kTensorBytes));
}

/// Loads, and checks that the plan was exact. The input decides whether the weights are read: they cost thirty
/// times the header, so that one input in 32 has to pay for them.
void check_load(const std::uint8_t* data, std::size_t size, std::uint64_t choice) {
  const auto file = with_tensors(data, size);
  const auto plan = Model::plan(file);
  if (plan && choice % 32 != 0) return;
  const auto model = detail::load_model_data(file, detail::SelfTest::skip);
  if (model) {
    require(plan && *plan == (*model)->size_bytes);
    require((*model)->embedding != nullptr && (*model)->head.rows == kVocabSize);
  } else {
    require(std::strlen(model.error().message()) > 0);
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int number) {
  return mutate(data, size, max_size, number);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMaxInput) return 0;
  const auto input = std::as_bytes(std::span(data, size));
  const std::uint64_t choice = hash64(input);
  check_load(data, size, choice);
  if ((choice >> 8) % 8 == 0) {  // the bare header, which ends where the input ends
    const auto planned = Model::plan(input);
    const auto description = describe(input);
    require(!planned || description);
    const auto whole = gguf::File::parse(input, gguf::Extent::whole_file);
    require(!whole || description);
  }
  return 0;
}
