#include "calibrate/store.hpp"

#include "app/failure.hpp"
#include "model/gguf_reader.hpp"
#include "model/gguf_writer.hpp"

namespace mgt::cli {

std::vector<std::byte> with_calibration(std::span<const std::byte> file, const std::string& path,
                                        const std::string& policy, float energy_max, const detail::EnergyTable* table) {
  const gguf::File parsed = unwrap(gguf::File::parse(file, gguf::Extent::whole_file), path);
  const std::string key = "mgt.energy." + policy;
  const std::string weights_key = "mgt.energy.weights";
  gguf::Writer writer;
  for (const gguf::Value& value : parsed.values()) {
    const bool replaced = value.key == key || (table != nullptr && value.key == weights_key);
    if (!replaced) writer.add_value(value);
  }
  if (table != nullptr) writer.add_f32_array(weights_key, table->weights);
  writer.add_f32(key, energy_max);
  for (const gguf::Tensor& tensor : parsed.tensors()) {
    writer.add_tensor(tensor.name, tensor.type, std::span(tensor.dims).first(tensor.n_dims),
                      {tensor.bytes.begin(), tensor.bytes.end()});
  }
  return writer.finish(parsed.alignment());
}

}  // namespace mgt::cli
