// One step of a stream: sense, remember, decide and compute, conclude.
#include <algorithm>
#include <array>

#include "hash.hpp"
#include "memory/certainty.hpp"
#include "session/state.hpp"

namespace mgt {

Expected<StepView> Session::step(Token token) noexcept {
  StepInput input;
  input.token = token;
  return step(input);
}

Expected<StepView> Session::step(const StepInput& input) noexcept {
  if (input.token >= kVocabSize) {
    return fail(Errc::token_out_of_range, "token is %u, the vocabulary has %zu", input.token, kVocabSize);
  }
  if (input.tier && *input.tier > Tier::skip) {
    return fail(Errc::option_out_of_range, "tier is %u, known are 0 to 3", static_cast<unsigned>(*input.tier));
  }
  if (input.spike && input.spike->top_len > input.spike->top_idx.size()) {
    return fail(Errc::option_out_of_range, "spike.top_len is %u, at most %zu fit", input.spike->top_len,
                input.spike->top_idx.size());
  }
  return state_->run_step(input);
}

StepView Session::State::run_step(const StepInput& input, Drafter* drafter) noexcept {
  const decode::Work before = work();
  const Evidence evidence = sense(input);
  if (evidence.rules.flushes && evidence.keeps_trace) cache.flush();
  remember(input.token, evidence);
  take_ahead(input, drafter);
  const bool from_batch = ahead.taken >= 0;
  const cache::Position position = from_batch ? readmit(input.token) : append(input.token, evidence.keeps_trace);
  decide_and_compute(input, evidence, position);
  if (!evidence.keeps_trace) cache.retract();
  const decode::Work cost = from_batch ? taken_cost(position) : work() - before;
  return conclude(input.token, evidence, position, cost, has_signature ? signature : nullptr);
}

cache::Position Session::State::append(Token token, bool lasting) noexcept {
  const auto byte = static_cast<std::uint8_t>(token);
  const cache::Position position = runner.append(cache, byte);
  if (store) store->append(position, byte, cache.begin(), lasting);
  return position;
}

decode::Work Session::State::work() const noexcept {
  decode::Work work = runner.work();
  if (store) work.layers_replayed = store->layers_taken();
  return work;
}

Session::State::Evidence Session::State::sense(const StepInput& input) noexcept {
  Evidence e;
  // What the arriving byte costs the answer, the memory and the transformer alone.
  const bool predicted = memory.has_value() && memory->has_predicted();  // before the first byte all are as probable
  std::array arriving{answer.probabilities[input.token],
                      predicted ? prediction.probabilities[input.token] : 1.0f / kVocabSize,
                      answer.model_probabilities[input.token]};
  natural_logs(arriving);
  const auto [in_answer, in_memory, in_model] = arriving;
  e.surprise = -in_answer;
  e.memory_surprise = -in_memory;
  const spike::SpikeReading& reading = spike->push(e.surprise);
  if (input.spike) {
    e.spike = *input.spike;
  } else {
    e.spike.fired = reading.fired;
    e.spike.rate_q15 = reading.rate_q15;
    e.spike.novelty_q15 = reading.novelty_q15;
  }
  if (input.gate) {
    e.gate = *input.gate;
  } else if (coherence) {
    e.gate = coherence->packet();
  }
  e.rules = gate::apply_rules(policy, e.gate, e.spike);
  e.keeps_trace = !e.rules.freezes() || policy.allow_kv_write_when_unstable;

  stats.nats += static_cast<double>(e.surprise);
  if (answer.given && answer.top_token == input.token) ++stats.correct;
  if (answer.layers > 0) {
    stats.model_nats -= static_cast<double>(in_model);
    ++stats.model_tokens;
  }
  return e;
}

void Session::State::remember(Token token, const Evidence& evidence) noexcept {
  if (!evidence.keeps_trace) {
    if (mixer) mixer->discard();
    return;
  }
  if (!memory) return;
  const auto byte = static_cast<std::uint8_t>(token);
  memory_potential.push(spike::to_q16(evidence.memory_surprise));
  mixer->learn(byte);
  memory->update(byte);
  memory->predict(prediction);
}

void Session::State::decide_and_compute(const StepInput& input, const Evidence& evidence,
                                        cache::Position position) noexcept {
  has_signature = false;
  answer.fresh = false;
  const bool with_memory = memory.has_value() && evidence.keeps_trace;
  const std::optional<Tier> forced = input.tier ? input.tier : options.tier;
  // A caller's own event source that says "nothing happened"; policies that promise the dense bits do not listen.
  const bool lossless = options.policy == PolicyKind::dense || options.policy == PolicyKind::exact;
  const bool silent = !lossless && input.spike != nullptr && !gate::spike_counts(policy, evidence.spike);

  if (forced == Tier::skip || (!forced && (evidence.gate.flags & GatePacket::kSkip) != 0)) {
    with_memory ? answer_from_memory() : answer.repeat();
    settle(Tier::skip, 0, GateReason::ForcedByFlag, 0.0f);
  } else if (forced) {
    run_to_tier(*forced, position, with_memory);
    settle(*forced, model.config().tier_layers(*forced), GateReason::ForcedByFlag, 0.0f);
  } else if (silent && answer.given) {
    answer.repeat();
    settle(Tier::skip, 0, GateReason::None, 0.0f);
  } else {
    begin_energy(with_memory);
    if (with_memory && memory_suffices()) {
      answer_from_memory();
      settle(Tier::skip, 0, GateReason::MemoryHit, policy.memory_confidence);
    } else if (deadline_tier == Tier::skip) {
      with_memory ? answer_from_memory() : answer.repeat();
      settle(Tier::skip, 0, GateReason::Deadline, policy.memory_confidence);
    } else {
      refine(position, std::max(evidence.rules.deepest, deadline_tier), with_memory);
    }
  }
  report_replay(position);
  report_rules(evidence);
  if (evidence.keeps_trace) fall_back_on_table(position);
}

void Session::State::begin_energy(bool with_memory) noexcept {
  if (!with_memory) return;
  gate::StepSignals signals;
  signals.memory_confidence = prediction.confidence;
  signals.potential = static_cast<float>(spike->reading().potential_q16) * 0x1p-16f;
  signals.memory_potential = memory_potential.nats();
  signals.letters = prediction.letters;
  signals.expects_word = memory::of_word(prediction.predicted);
  energy.begin(signals, answer.layers == model.config().n_layers);
}

bool Session::State::memory_suffices() noexcept {
  const bool low_energy = energy.accepts(0, prediction.confidence);
  if (policy.memory_confidence <= 1.0f) certainty = memory_certainty();
  return low_energy || (certainty && *certainty >= policy.memory_confidence);
}

float Session::State::memory_certainty() const noexcept {
  return memory::certainty_of(prediction.confidence, memory_potential.nats());
}

bool Session::State::exit_has_chance(std::size_t exit) const noexcept {
  return policy.exit_confidence <= 1.0f || energy.worth_asking(1 + exit);
}

bool Session::State::exit_suffices(std::size_t exit) noexcept {
  const float confidence = answer.probabilities[answer.top_token];
  const bool low_energy = energy.accepts(1 + exit, confidence);
  return low_energy || confidence >= policy.exit_confidence;
}

void Session::State::refine(cache::Position position, Tier deepest, bool with_memory) noexcept {
  const bool may_exit = policy.exit_confidence <= 1.0f || (energy.on() && with_memory);
  const bool has_exits = model.config().n_layers > 1;
  bool exits_off = may_exit && has_exits;
  std::uint32_t below = 0;  // layers of the tier before
  for (const Tier tier : {Tier::safe, Tier::reduced, Tier::full}) {
    const std::uint32_t layers = model.config().tier_layers(tier);
    const bool is_last = layers >= model.config().tier_layers(deepest);
    const bool is_new = layers > below;
    below = layers;
    const std::size_t exit = tier == Tier::safe ? 0 : 1;
    if (!is_last) {
      if (!may_exit || !is_new) continue;
      if (!exit_has_chance(exit)) {
        exits_off = false;
        continue;
      }
      if (!kill_switch.allows(exit)) continue;
    }
    run_to_tier(tier, position, with_memory);
    const bool early = layers < model.config().n_layers;
    const bool confident = early && exit_suffices(exit);
    GateReason reason = GateReason::None;
    if (early && is_last && deepest == deadline_tier) reason = GateReason::Deadline;
    if (confident) reason = GateReason::LowRisk;
    if (!early && exits_off) reason = GateReason::KillSwitch;
    settle(is_last ? deepest : tier, layers, reason, policy.exit_confidence);
    if (is_last) return;
    exits_off = false;
    kill_switch.enter(exit, look_macs(), confident ? spared_macs(layers) : 0);
    if (confident) return;
  }
}

std::uint64_t Session::State::look_macs() const noexcept {
  // A softmax and a mixing take the time of 3,000 to 80,000 multiply-adds; of what was tried, this made logs quickest.
  constexpr std::uint64_t kMixing = 16'384;
  return std::uint64_t{model.config().hidden} * kVocabSize + kMixing;
}

std::uint64_t Session::State::spared_macs(std::uint32_t layers) const noexcept {
  const ModelConfig& c = model.config();
  const std::uint64_t projection = std::uint64_t{2} * c.hidden * c.kv_dim();  // K and V, which later steps will read
  return (c.n_layers - layers) * (c.layer_macs() - projection);
}

void Session::State::settle(Tier tier, std::uint32_t layers, GateReason reason, float accepted_confidence) noexcept {
  witness.tier = tier;
  witness.reason = reason;
  witness.threshold = accepted_confidence < 1.0f ? 1.0f - accepted_confidence : 0.0f;
  witness.layers_run = static_cast<std::uint16_t>(layers);
  witness.layers_deferred = static_cast<std::uint16_t>(model.config().n_layers - layers);
}

std::uint32_t Session::State::layers_run_for(cache::Position position) noexcept {
  const cache::Progress& progress = cache.progress(position);
  return std::uint32_t{progress.depth} - progress.replayed;
}

void Session::State::report_replay(cache::Position position) noexcept {
  if (!store) return;
  witness.layers_run = static_cast<std::uint16_t>(layers_run_for(position));
  const bool untouched = witness.layers_run == 0 && witness.tier == Tier::full;
  if (!untouched || witness.reason == GateReason::ForcedByFlag) return;
  witness.tier = Tier::skip;
  witness.reason = GateReason::ExactReplay;
}

void Session::State::report_rules(const Evidence& evidence) noexcept {
  if (evidence.rules.reason != GateReason::None) witness.reason = evidence.rules.reason;
}

StepView Session::State::conclude(Token token, const Evidence& evidence, cache::Position position,
                                  const decode::Work& cost, const std::uint64_t* signature) noexcept {
  answer.given = true;
  Witness& w = witness;
  w.step = stats.tokens;
  w.token = token;
  w.decision = evidence.rules.decision;
  w.spike_fired = gate::spike_counts(policy, evidence.spike);
  w.lambda = evidence.gate.lambda;
  w.lambda_prev = evidence.gate.lambda_prev;
  w.delta_lambda = static_cast<std::int32_t>(evidence.gate.lambda - evidence.gate.lambda_prev);
  w.boundary_edges = evidence.gate.boundary_edges;
  w.boundary_concentration_q15 = evidence.gate.boundary_concentration_q15;
  w.partition_count = evidence.gate.partition_count;
  w.spike_rate_q15 = evidence.spike.rate_q15;
  w.spike_novelty_q15 = evidence.spike.novelty_q15;
  w.effective_window = static_cast<std::uint16_t>(std::min<std::uint64_t>(window, position - cache.begin() + 1));
  w.surprise = evidence.surprise;
  w.kv_write = evidence.keeps_trace;
  w.external_write = !evidence.rules.unstable() || policy.allow_external_write_when_unstable;
  ++stats.tokens;
  ++stats.tiers[static_cast<std::size_t>(w.tier)];
  enter_cost(cost);
  if (coherence) coherence->push(static_cast<std::uint8_t>(token), signature);
  return seal_answer();
}

void Session::State::enter_cost(const decode::Work& cost) noexcept {
  Witness& w = witness;
  const std::uint64_t caught_up = cost.layers_run - w.layers_run;
  w.layers_caught_up = saturate<std::uint16_t>(caught_up);
  w.layers_replayed = saturate<std::uint16_t>(cost.layers_replayed);
  w.kv_bytes_read = saturate<std::uint32_t>(cost.kv_bytes_read);
  w.kv_bytes_written = saturate<std::uint32_t>(cost.kv_bytes_written);
  stats.layers_run += cost.layers_run;
  stats.layers_caught_up += caught_up;
  stats.layers_replayed += cost.layers_replayed;
  stats.kv_projections += cost.kv_projections;
  stats.macs += cost.macs;
  stats.kv_bytes_read += cost.kv_bytes_read;
  stats.kv_bytes_written += cost.kv_bytes_written;
}

void close(Witness& witness, const Answer& answer) noexcept {
  witness.top_token = answer.top_token;
  witness.top_probability = answer.probabilities[answer.top_token];
  witness.output_hash = answer.hash;
  witness.previous_hash = witness.hash;
  witness.hash = seal(witness);
}

StepView Session::State::seal_answer() noexcept {
  if (answer.fresh) answer.seal();
  Witness& w = witness;
  // What decided: the energy of the last answer looked at, or the memory's certainty where no energy let it answer.
  const auto finding = energy.finding();
  const bool from_memory = answer.layers == 0;
  if (from_memory && certainty && !(finding && finding->energy <= finding->threshold)) {
    w.energy = 1.0f - *certainty;
  } else if (finding) {
    w.energy = finding->energy;
    w.threshold = finding->threshold;
  } else {
    w.energy = 1.0f - answer.probabilities[answer.top_token];
  }
  energy.end();
  certainty.reset();
  close(w, answer);
  stats.logits_hash = hash64(std::as_bytes(std::span(&answer.hash, 1)), stats.logits_hash);
  return view();
}

}  // namespace mgt
