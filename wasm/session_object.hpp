// A session as JavaScript holds it: the session itself and the memory through which both sides talk, at one address.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "error_slot.hpp"
#include "mgt/generate.hpp"
#include "mgt/session.hpp"
#include "records.hpp"

namespace mgt::wasm {

/// Addresses of the last result. They stay the same for one kind of call (stream or window mode).
struct ResultRecord {
  std::uint32_t answer = 0;         ///< for mgt_answer_logits
  std::uint32_t probabilities = 0;  ///< float32[256]
  std::uint32_t witness = 0;        ///< Witness
};

/// The last token that a generation drew, with its alternatives.
struct DrawRecord {
  TokenLogprob drawn;
  std::uint32_t n_top = 0;
  TokenLogprob top[kMaxLogprobs];
};

class SessionObject {
 public:
  /// Bytes that one prefill call takes; longer inputs come in pieces, which gives the same result.
  static constexpr std::size_t kInputBytes = 4096;

  SessionObject(Session s, std::unique_ptr<std::uint8_t[]> buffer, std::size_t bytes) noexcept
      : session(std::move(s)), input(std::move(buffer)), input_bytes(bytes) {}

  /// Keeps the addresses of a result; returns the call's status.
  Status publish(const Expected<StepView>& view) noexcept {
    if (view) {
      result = {address_of(view->answer), address_of(view->probabilities.data()), address_of(view->witness)};
    }
    return status_of(view);
  }

  /// The prompt stands in the input buffer; JavaScript prefills what of it did not fit.
  Status start_generating(const GenerateOptions& options, std::size_t n_tokens) noexcept {
    auto started = Generator::start(session, {input.get(), n_tokens}, options);
    if (started) generator = *std::move(started);
    return status_of(started);
  }

  Status draw_next() noexcept {
    const auto made = generator->next();
    if (made) {
      draw.drawn = made->drawn;
      draw.n_top = static_cast<std::uint32_t>(made->top.size());
      std::copy(made->top.begin(), made->top.end(), draw.top);
    }
    return status_of(made);
  }

  Session session;
  ResultRecord result;
  GatePacket gate;    ///< written by JavaScript before mgt_step_with
  SpikePacket spike;  ///< the same; written by mgt_session_spike
  std::unique_ptr<std::uint8_t[]> input;
  std::size_t input_bytes;
  std::optional<Generator> generator;
  DrawRecord draw;
};

}  // namespace mgt::wasm
