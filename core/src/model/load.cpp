#include "model/load.hpp"

#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "array.hpp"
#include "hash.hpp"
#include "mgt/model.hpp"
#include "model/config.hpp"
#include "model/file_hash.hpp"
#include "model/gguf_cursor.hpp"
#include "model/layout.hpp"
#include "model/rope_table.hpp"
#include "model/self_test.hpp"
#include "model/tensor_schema.hpp"
#include "model/weight_format.hpp"
#include "model/weights.hpp"

namespace mgt {
namespace detail {
namespace {

/// Everything the header says, checked; `block_bytes` is what the weights and tables will need.
struct Header {
  ModelConfig config;
  std::string_view name;
  GateStatistics statistics;
  SelfTestVectors self_test;
  bool row_scales = false;
  std::uint64_t block_bytes = 0;
};

Expected<Header> read_header(const gguf::File& file) noexcept {
  const auto config = read_config(file);
  if (!config) return std::unexpected(config.error());
  const auto name = file.get_string("general.name");
  if (!name) return std::unexpected(name.error());
  if (const auto ok = check_tensors(file, *config); !ok) return std::unexpected(ok.error());
  const auto statistics = read_statistics(file, *config);
  if (!statistics) return std::unexpected(statistics.error());
  const auto self_test = read_self_test(file, *config);
  if (!self_test) return std::unexpected(self_test.error());
  const auto row_scales = read_row_scales(file);
  if (!row_scales) return std::unexpected(row_scales.error());

  ModelData sketch;
  sketch.config = *config;
  choose_formats(file, *row_scales, sketch);
  const std::uint64_t block_bytes = lay_out(sketch, statistics->signature_mean != nullptr, nullptr);
  constexpr std::uint64_t kAddressable = std::numeric_limits<std::ptrdiff_t>::max() / 2;
  if (block_bytes > kAddressable) {
    return fail(Errc::limit_exceeded, "the weights need %llu bytes, this build can address %llu",
                gguf::ull{block_bytes}, gguf::ull{kAddressable});
  }
  return Header{*config, *name, *statistics, *self_test, *row_scales, block_bytes};
}

std::size_t total_bytes(const Header& header) noexcept {
  return sizeof(ModelData) + static_cast<std::size_t>(header.block_bytes);
}

/// At most 63 bytes, cut between UTF-8 characters; control characters become '?'.
void copy_name(std::string_view from, char (&to)[64]) noexcept {
  std::size_t n = from.size();
  if (n > sizeof to - 1) {
    n = sizeof to - 1;
    while (n > 0 && (static_cast<unsigned char>(from[n]) & 0xc0u) == 0x80u) --n;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const auto c = static_cast<unsigned char>(from[i]);
    to[i] = c < 0x20 || c == 0x7f ? '?' : from[i];
  }
  to[n] = '\0';
}

Expected<std::unique_ptr<ModelData>> allocate(const gguf::File& file, const Header& header) noexcept {
  std::unique_ptr<ModelData> data(new (std::nothrow) ModelData);
  if (data) data->storage = allocate_block(static_cast<std::size_t>(header.block_bytes));
  if (!data || !data->storage) return out_of_memory("model", total_bytes(header));
  data->config = header.config;
  data->size_bytes = total_bytes(header);
  data->n_parameters = count_parameters(header.config);
  copy_name(header.name, data->name);
  choose_formats(file, header.row_scales, *data);
  lay_out(*data, header.statistics.signature_mean != nullptr, data->storage.get());
  return data;
}

void fill_tables(const GateStatistics& statistics, ModelData& data) noexcept {
  fill_rope_table(data.config.rope_theta, data.config.head_dim, const_cast<float*>(data.rope_cos),
                  const_cast<float*>(data.rope_sin));
  data.similarity = statistics.similarity;
  data.bigram = statistics.bigram;
  data.policies = statistics.policies;
  data.energy = statistics.energy;
  data.energy_max = statistics.energy_max;
  if (statistics.signature_mean != nullptr) {
    const auto bytes = statistics.signature_mean->bytes;
    std::memcpy(const_cast<float*>(data.signature_mean), bytes.data(), bytes.size());
  }
}

}  // namespace

Expected<std::unique_ptr<const ModelData>> load_model_data(std::span<const std::byte> bytes,
                                                           SelfTest self_test) noexcept {
  const auto file = gguf::File::parse(bytes, gguf::Extent::whole_file);
  if (!file) return std::unexpected(file.error());
  if (const auto ok = check_seal(*file, bytes); !ok) return std::unexpected(ok.error());
  const auto header = read_header(*file);
  if (!header) return std::unexpected(header.error());
  auto data = allocate(*file, *header);
  if (!data) return std::unexpected(data.error());
  if (const auto ok = fill_weights(*file, **data); !ok) return std::unexpected(ok.error());
  fill_tables(header->statistics, **data);
  (*data)->hash = hash64(bytes);
  if (self_test == SelfTest::run) {
    if (const auto ok = run_self_test(header->self_test, **data); !ok) return std::unexpected(ok.error());
  }
  return *std::move(data);
}

}  // namespace detail

Expected<Model> Model::load(std::span<const std::byte> file) noexcept {
  auto data = detail::load_model_data(file, detail::SelfTest::run);
  if (!data) return std::unexpected(data.error());
  return Model(data->release());
}

Model::Model(const detail::ModelData* data) noexcept : data_(data) {
  if (data_ != nullptr) data_->handles.fetch_add(1, std::memory_order_relaxed);
}

Model::~Model() {
  // The last handle has to see what the others did before it frees.
  if (data_ != nullptr && data_->handles.fetch_sub(1, std::memory_order_acq_rel) == 1) delete data_;
}

Expected<std::size_t> Model::plan(std::span<const std::byte> bytes) noexcept {
  const auto file = gguf::File::parse(bytes, gguf::Extent::header_only);
  if (!file) return std::unexpected(file.error());
  const auto header = detail::read_header(*file);
  if (!header) return std::unexpected(header.error());
  return detail::total_bytes(*header);
}

const ModelConfig& Model::config() const noexcept {
  return data_->config;
}
const char* Model::name() const noexcept {
  return data_->name;
}
std::uint64_t Model::n_parameters() const noexcept {
  return data_->n_parameters;
}
std::size_t Model::size_bytes() const noexcept {
  return data_->size_bytes;
}
std::uint64_t Model::hash() const noexcept {
  return data_->hash;
}

}  // namespace mgt
