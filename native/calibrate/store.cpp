#include "calibrate/store.hpp"

#include <array>

#include "app/failure.hpp"
#include "model/gguf_reader.hpp"
#include "model/gguf_writer.hpp"

namespace mgt::cli {

std::vector<std::byte> with_calibration(std::span<const std::byte> file, const std::string& path,
                                        const std::string& policy, const Thresholds& thresholds) {
  const gguf::File parsed = unwrap(gguf::File::parse(file, gguf::Extent::whole_file), path);
  const std::string key = "mgt.calibration." + policy;
  const std::array values{thresholds.memory_confidence, thresholds.exit_confidence};
  gguf::Writer writer;
  for (const gguf::Value& value : parsed.values()) {
    if (value.key != key) writer.add_value(value);
  }
  writer.add_f32_array(key, values);
  for (const gguf::Tensor& tensor : parsed.tensors()) {
    writer.add_tensor(tensor.name, tensor.type, std::span(tensor.dims).first(tensor.n_dims),
                      {tensor.bytes.begin(), tensor.bytes.end()});
  }
  return writer.finish(parsed.alignment());
}

}  // namespace mgt::cli
