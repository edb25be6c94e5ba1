#include "verify/recomputation.hpp"

#include <algorithm>
#include <string_view>

#include "app/failure.hpp"
#include "app/json.hpp"
#include "mgt/trace.hpp"

namespace mgt::cli {
namespace {

/// The fields of a record in the order of the format, each as `"name":value`. No value contains a comma.
class Fields {
 public:
  explicit Fields(const Witness& witness) {
    const std::size_t size = format_trace_line(witness, line_);
    rest_ = std::string_view(line_.data(), size).substr(1, size - 2);  // without the braces
  }
  bool done() const noexcept { return rest_.empty(); }
  std::string_view next() noexcept {
    const std::string_view field = rest_.substr(0, rest_.find(','));
    rest_.remove_prefix(std::min(rest_.size(), field.size() + 1));
    return field;
  }

 private:
  std::array<char, kMaxTraceLine> line_;
  std::string_view rest_;
};

std::string name_in(std::string_view field) {
  return std::string(field.substr(1, field.find(':') - 2));
}
std::string value_in(std::string_view field) {
  return std::string(field.substr(field.find(':') + 1));
}

}  // namespace

std::optional<std::uint8_t> Recomputation::next_byte() {
  if (limit_ > 0 && taken_ == limit_) return std::nullopt;
  if (ready_.empty()) ready_ = std::span(block_).first(source_.read(block_));
  if (ready_.empty()) return std::nullopt;
  const std::uint8_t byte = ready_.front();
  ready_ = ready_.subspan(1);
  ++taken_;
  return byte;
}

void Recomputation::compare(const ChainChecker& chain, const Witness& said) {
  if (said.step == 0 && said.previous_hash != session_.model().hash()) {
    chain.differ(said, "continues " + hex16(said.previous_hash) + ", a stream of this model begins at " +
                           hex16(session_.model().hash()));
  }
  const Witness* made = nullptr;
  while (session_.stats().tokens <= said.step) {  // a trace may begin in the middle of the stream
    const std::optional<std::uint8_t> byte = next_byte();
    if (!byte) chain.differ(said, "has no byte, " + source_.name() + " ends after " + std::to_string(taken_));
    made = unwrap(session_.step(*byte), "").witness;
  }
  Fields theirs(said);
  Fields ours(*made);
  while (!theirs.done()) {
    const std::string_view a = theirs.next();
    const std::string_view b = ours.next();
    if (a != b) chain.differ(said, "says " + name_in(a) + " " + value_in(a) + ", recomputed it is " + value_in(b));
  }
}

void Recomputation::expect_end(const std::string& trace, std::uint64_t last_step) {
  if (!next_byte()) return;
  fail_input(trace + ": ends with step " + std::to_string(last_step) + ", " + source_.name() + " goes on");
}

}  // namespace mgt::cli
