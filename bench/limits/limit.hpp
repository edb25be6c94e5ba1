// One thing that the machine can do at most so fast.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace mgt::bench {

struct Limit {
  std::string what;                         ///< "dot" (int8 multiply-adds) or "read" (bytes)
  std::string where;                        ///< of a dot: instruction set and where its operands come from
  std::size_t size_bytes = 0;               ///< of a read: the buffer
  double work = 0;                          ///< multiply-adds or bytes of one run()
  std::function<void(unsigned char*)> run;  ///< nothing but the thing itself, once, on a buffer of kBufferBytes
};

inline constexpr std::size_t kBufferBytes = std::size_t{16} << 20;

/// The dot loops this build has and this CPU can run.
std::vector<Limit> dot_limits();
/// Reading as much as the models' weights are.
std::vector<Limit> read_limits();

}  // namespace mgt::bench
