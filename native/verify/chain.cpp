#include "verify/chain.hpp"

#include "app/failure.hpp"
#include "app/json.hpp"
#include "mgt/trace.hpp"

namespace mgt::cli {

Witness ChainChecker::check(std::string_view line) {
  ++records_;
  const Witness witness = unwrap(parse_trace_line(line), path_ + ": line " + std::to_string(records_));
  if (records_ == 1) {
    first_step_ = witness.step;
  } else {
    if (witness.step != last_step_ + 1) differ(witness, "follows step " + std::to_string(last_step_));
    if (witness.previous_hash != last_hash_) {
      differ(witness, "continues " + hex16(witness.previous_hash) + ", the record before ends in " + hex16(last_hash_));
    }
  }
  if (const std::uint64_t sealed = seal(witness); sealed != witness.hash) {
    differ(witness, "says hash " + hex16(witness.hash) + ", its fields give " + hex16(sealed));
  }
  last_step_ = witness.step;
  last_hash_ = witness.hash;
  return witness;
}

void ChainChecker::differ(const Witness& witness, const std::string& how) const {
  fail_input(path_ + ": line " + std::to_string(records_) + ": step " + std::to_string(witness.step) + " " + how);
}

}  // namespace mgt::cli
