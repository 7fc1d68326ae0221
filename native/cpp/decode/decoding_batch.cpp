#include "decode/decoding_batch.h"

#include <algorithm>
#include <bit>

#include "common/random.h"
#include "decode/tickets.h"

namespace amanuensis {

KeyValues *CachePool::take(const Decoder &network, KeyValues (Decoder::*make)() const) {
  if (free_.empty()) {
    free_.reserve(all_.size() + 1);  // so that giving back cannot fail
    all_.push_back(std::make_unique<KeyValues>((network.*make)()));
    return all_.back().get();
  }
  KeyValues *cache = free_.back();
  free_.pop_back();
  return cache;
}

void CachePool::give_back(KeyValues *cache) {
  free_.push_back(cache);
}

int64_t CachePool::bytes() const {
  int64_t bytes = 0;
  for (const auto &cache : all_) {
    bytes += cache->bytes();
  }
  return bytes;
}

DecodingBatch::DecodingBatch(const Whisper &whisper, const DecodingRules &rules, const CacheNumbers &caches,
                             int64_t most_sequences, Keeping keeping)
    : whisper_(whisper),
      rules_(rules),
      most_sequences_(most_sequences),
      keeping_({.letters = keeping.letters && whisper.text->alignment_head,
                .trace = keeping.trace && !whisper.text->generation.alignment_heads.empty()}),
      network_(whisper.text->decoder, whisper.dimensions, whisper.kernels, caches) {}

int64_t DecodingBatch::bytes() const {
  int64_t bytes = network_.bytes() + sources_.bytes() + pasts_.bytes();
  for (const auto &trace : traces_) {
    bytes += trace->bytes();
  }
  for (const auto &[ticket, window] : windows_) {
    bytes += (window.trace ? window.trace->bytes() : 0) +
             static_cast<int64_t>(window.letters.values.capacity() * sizeof(float));
  }
  return bytes;
}

DecodingBatch::Window &DecodingBatch::window(int64_t ticket) {
  const auto found = windows_.find(ticket);
  if (found == windows_.end()) {
    fail_no_window(ticket);
  }
  return found->second;
}

int64_t DecodingBatch::add(Team &team, const float *states, int64_t positions, const DecodeOptions &options) {
  Window window = {.checksum = checksum_of(states, positions * whisper_.dimensions.d_model),
                   .source = nullptr,
                   .letters = {},
                   .trace = {},
                   .pasts = {},
                   .decoding = {}};
  try {
    if (keeping_.trace) {
      window.trace = take_trace(positions);
    }
    start(window, options);
    if (keeping_.letters) {
      window.letters = score_letters(*whisper_.text->alignment_head, states, positions);
    }
    window.source = sources_.take(network_, &Decoder::make_source);
    network_.read_source(team, states, positions, *window.source);
    windows_.emplace(next_ticket_, std::move(window));
  } catch (...) {
    give_pasts_back(window);
    if (window.trace) {
      traces_.push_back(std::move(window.trace));
    }
    if (window.source) {
      sources_.give_back(window.source);
    }
    throw;
  }
  return next_ticket_++;
}

/** Begins to decode: with as many sequences as the options ask for. On failure nothing has changed. */
void DecodingBatch::start(Window &window, const DecodeOptions &options) {
  const auto held = static_cast<int64_t>(window.pasts.size());
  require_sequences(options.beam_size, room() + held, most_sequences_);
  // Draws differ from temperature to temperature, and follow from nothing but the window.
  const uint64_t seed = window.checksum ^ std::bit_cast<uint64_t>(options.temperature);
  AlignmentTrace *trace = options.beam_size == 1 ? window.trace.get() : nullptr;
  WindowDecoding decoding(whisper_, rules_, options, seed, trace);
  window.pasts.reserve(static_cast<size_t>(options.beam_size));
  while (static_cast<int64_t>(window.pasts.size()) < options.beam_size) {
    window.pasts.push_back(pasts_.take(network_, &Decoder::make_past));
    ++taken_;
  }
  while (static_cast<int64_t>(window.pasts.size()) > options.beam_size) {
    pasts_.give_back(window.pasts.back());
    window.pasts.pop_back();
    --taken_;
  }
  window.decoding.emplace(std::move(decoding));
  if (trace) {
    trace->clear();
  }
  window.position = 0;
  window.ended = false;
}

std::unique_ptr<AlignmentTrace> DecodingBatch::take_trace(int64_t positions) {
  traces_.reserve(windows_.size() + traces_.size() + 1);  // so that giving back cannot fail
  if (traces_.empty()) {
    traces_.push_back(std::make_unique<AlignmentTrace>());
  }
  auto trace = std::move(traces_.back());
  traces_.pop_back();
  trace->begin(static_cast<int64_t>(whisper_.text->generation.alignment_heads.size()), positions);
  return trace;
}

void DecodingBatch::give_pasts_back(Window &window) {
  for (KeyValues *past : window.pasts) {
    pasts_.give_back(past);
    --taken_;
  }
  window.pasts.clear();
}

int64_t DecodingBatch::advance(Team &team, std::span<int64_t> out_tickets) {
  const auto is_running = [](const auto &entry) { return !entry.second.ended; };
  while (ended_.empty() && std::any_of(windows_.begin(), windows_.end(), is_running)) {
    step(team);
  }
  const size_t count = std::min(ended_.size(), out_tickets.size());
  std::copy_n(ended_.begin(), count, out_tickets.begin());
  ended_.erase(ended_.begin(), ended_.begin() + static_cast<std::ptrdiff_t>(count));
  return static_cast<int64_t>(count);
}

void DecodingBatch::step(Team &team) {
  struct Row {
    Window *window;
    int64_t sequence;
  };
  std::vector<Row> rows;
  std::vector<Continuation> continuations;
  std::vector<AlignmentTrace *> traces;  // of all rows of the network; null but for the last of a continuation
  for (auto &[ticket, window] : windows_) {
    for (int64_t i = 0; !window.ended && i < window.decoding->sequences(); ++i) {
      rows.push_back({&window, i});
      traces.resize(traces.size() + window.decoding->next(i).size());
      if (window.decoding->trace() && window.decoding->is_choosing()) {
        traces.back() = window.decoding->trace();
        traces.back()->open_row();
      }
      continuations.push_back({.source = window.source,
                               .past = window.pasts[static_cast<size_t>(i)],
                               .position = window.position,
                               .tokens = window.decoding->next(i)});
    }
  }
  const auto keep = [&, scale = cross_scale(whisper_.dimensions)](int64_t head, int64_t row, const float *scores) {
    if (AlignmentTrace *trace = traces[static_cast<size_t>(row)]) {
      trace->keep(whisper_.kernels, head, scores, scale);
    }
  };
  const CrossTap tap = alignment_tap(whisper_, keep);
  network_.advance(team, continuations, keeping_.trace ? &tap : nullptr);
  const auto vocabulary = static_cast<size_t>(network_.vocabulary());
  for (int64_t first = 0; first < network_.rows(); first += Decoder::kMostLogits) {
    const int64_t count = std::min(Decoder::kMostLogits, network_.rows() - first);
    float *logits = network_.logits(team, first, count);
    team.each(count, [&](int64_t task, int) {
      const Row &row = rows[static_cast<size_t>(first + task)];
      row.window->decoding->read(row.sequence, {logits + static_cast<size_t>(task) * vocabulary, vocabulary});
    });
  }
  for (auto &[ticket, window] : windows_) {
    if (window.ended) {
      continue;
    }
    window.position += static_cast<int64_t>(window.decoding->next(0).size());
    window.ended = window.decoding->settle();
    if (window.ended) {
      ended_.push_back(ticket);
    } else {
      follow_parents(team, window);
    }
  }
}

/** The first sequence to continue a parent takes over its cache, the others a copy. */
void DecodingBatch::follow_parents(Team &team, Window &window) {
  struct Copy {
    const KeyValues *from;
    KeyValues *to;
  };
  const std::vector<int64_t> &parents = window.decoding->parents();
  std::vector<KeyValues *> before = window.pasts, left = window.pasts, now;
  std::vector<Copy> copies;
  for (const int64_t parent : parents) {
    const auto found = std::find(left.begin(), left.end(), before[static_cast<size_t>(parent)]);
    now.push_back(found == left.end() ? nullptr : *found);
    if (found != left.end()) {
      left.erase(found);
    }
  }
  for (size_t i = 0; i < now.size(); ++i) {
    if (!now[i]) {
      now[i] = left.back();
      left.pop_back();
      copies.push_back({before[static_cast<size_t>(parents[i])], now[i]});
    }
  }
  team.each(static_cast<int64_t>(copies.size()), [&](int64_t task, int) {
    const Copy &copy = copies[static_cast<size_t>(task)];
    copy.to->copy(*copy.from, window.position);
  });
  now.insert(now.end(), left.begin(), left.end());
  window.pasts = std::move(now);
}

DecodedWindow DecodingBatch::result(int64_t ticket) {
  const Window &ended = window(ticket);
  if (!ended.ended) {
    fail_not_ended(ticket);
  }
  return ended.decoding->result();
}

DecodedWindow DecodingBatch::take(int64_t ticket) {
  struct Leaving {
    DecodingBatch &batch;
    int64_t ticket;
    ~Leaving() { batch.remove(ticket); }
  };
  if (!window(ticket).ended) {
    fail_not_ended(ticket);
  }
  const Leaving leaving{*this, ticket};
  return result(ticket);
}

void DecodingBatch::retry(int64_t ticket, const DecodeOptions &options) {
  Window &ended = window(ticket);
  if (!ended.ended) {
    fail_not_ended(ticket);
  }
  start(ended, options);
  std::erase(ended_, ticket);
}

const AlignmentTrace *DecodingBatch::trace(int64_t ticket, std::span<const int32_t> tokens) {
  const Window &ended = window(ticket);
  return ended.ended && ended.decoding->chose(tokens) ? ended.decoding->trace() : nullptr;
}

void DecodingBatch::remove(int64_t ticket) {
  Window &leaving = window(ticket);
  give_pasts_back(leaving);
  if (leaving.trace) {
    traces_.push_back(std::move(leaving.trace));
  }
  sources_.give_back(leaving.source);
  std::erase(ended_, ticket);
  windows_.erase(ticket);
}

}  // namespace amanuensis
