#include "model/calibrated_copy.hpp"

#include "model/config.hpp"
#include "model/file_hash.hpp"
#include "model/gguf_reader.hpp"
#include "model/gguf_writer.hpp"

namespace mgt::detail {

Expected<std::vector<std::byte>> calibrated_copy(std::span<const std::byte> file, PolicyKind policy, float energy_max,
                                                 const EnergyTable* table) noexcept {
  const char* threshold_key = energy_key(policy);
  if (threshold_key == nullptr) {
    return fail(Errc::option_out_of_range, "policy %s has no threshold, conservative, default and permissive have one",
                name_of(policy));
  }
  const auto parsed = gguf::File::parse(file, gguf::Extent::whole_file);
  if (!parsed) return std::unexpected(parsed.error());
  gguf::Writer writer;
  for (const gguf::Value& value : parsed->values()) {
    const bool replaced = value.key == threshold_key || (table != nullptr && value.key == kEnergyWeightsKey);
    if (!replaced) writer.add_value(value);
  }
  if (table != nullptr) writer.add_f32_array(kEnergyWeightsKey, table->weights);
  writer.add_f32(threshold_key, energy_max);
  for (const gguf::Tensor& tensor : parsed->tensors()) {
    writer.add_tensor(tensor.name, tensor.type, std::span(tensor.dims).first(tensor.n_dims),
                      {tensor.bytes.begin(), tensor.bytes.end()});
  }
  std::vector<std::byte> copy = writer.finish(parsed->alignment());
  if (const auto ok = seal_file(copy); !ok) return std::unexpected(ok.error());
  return copy;
}

}  // namespace mgt::detail
