#include "generate/making.hpp"

#include <algorithm>

#include "app/clock.hpp"
#include "app/failure.hpp"
#include "app/files.hpp"

namespace mgt::cli {
namespace {

/// Bytes that one session makes before the other gets its turn.
constexpr std::size_t kTurn = 64;

/// One session at work.
class Maker {
 public:
  Maker(Session& session, std::span<const std::uint8_t> prompt, const GenerateOptions& options)
      : session_(session), generator_(unwrap(Generator::start(session, prompt, options), "")) {
    made_.prompt = session.stats();
  }

  /// Makes bytes until there are `n`, or until Ctrl-C.
  void make_until(std::size_t n, const std::function<void(std::uint8_t)>& show) {
    while (made_.bytes.size() < n && !interrupted()) {
      const double start = thread_seconds();
      const GeneratedToken token = unwrap(generator_.next(), "");
      made_.seconds += thread_seconds() - start;
      made_.bytes.push_back(static_cast<std::uint8_t>(token.drawn.token));
      if (!token.top.empty()) made_.logprobs.push_back({token.drawn, {token.top.begin(), token.top.end()}});
      if (show) show(made_.bytes.back());
    }
  }

  std::size_t size() const noexcept { return made_.bytes.size(); }

  Generated finish() {
    made_.stats = generator_.stats();
    made_.total = session_.stats();
    return std::move(made_);
  }

 private:
  Session& session_;
  Generator generator_;
  Generated made_;
};

}  // namespace

Both make(Session& session, Session* plain, std::span<const std::uint8_t> prompt, const GenerateOptions& options,
          std::size_t n, const std::function<void(std::uint8_t)>& show) {
  Maker maker(session, prompt, options);
  if (plain == nullptr) {
    maker.make_until(n, show);
    return {maker.finish(), {}};
  }
  GenerateOptions without = options;
  without.speculative = false;
  Maker reference(*plain, prompt, without);
  bool plain_first = false;
  for (std::size_t turn = 0; turn < n && !interrupted(); turn += kTurn, plain_first = !plain_first) {
    const std::size_t until = std::min(n, turn + kTurn);
    if (plain_first) reference.make_until(until, {});
    maker.make_until(until, show);
    reference.make_until(maker.size(), {});
  }
  return {maker.finish(), reference.finish()};
}

}  // namespace mgt::cli
