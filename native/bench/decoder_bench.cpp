/*
 * The decoder of Whisper base on random weights: windows decoded together, 100 tokens each.
 *
 *   decoder_bench [--smoke] [--precision f32|bf16|int8] [--cache f32|bf16|int8] [--threads N] [--rounds N] [--isa NAME]
 *                 [--windows N]
 *
 * Prints, for each number of windows (1, 4, 8, 16, 32 or the one given), the median over the rounds of the time a token
 * and window takes, prompt, attention, sampling and rules included, in wall clock and in processor time of all threads,
 * which other work on the machine changes less; the same of the keys and values of a window's states, of a beam and of
 * word times; and a hash of the tokens.
 */
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <string>

#include "align/aligner.h"
#include "cpu/instruction_sets.h"
#include "decode/decoding_batch.h"
#include "random_whisper.h"
#include "timing.h"

namespace {

using namespace amanuensis;
using bench::median;

struct Settings {
  bool smoke = false;
  std::string precision = "int8", cache, isa = "auto";
  int threads = 2, rounds = 9;
  int64_t tokens = 100;
  std::vector<int64_t> windows = {1, 4, 8, 16, 32};
};

Settings settings_of(int count, char **arguments) {
  Settings settings;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--smoke") {
      settings.smoke = true;
      settings.rounds = 1;
      settings.tokens = 5;
      continue;
    }
    const std::string value = i + 1 < count ? arguments[++i] : "";
    if (name == "--precision") {
      settings.precision = value;
    } else if (name == "--cache") {
      settings.cache = value;
    } else if (name == "--isa") {
      settings.isa = value;
    } else if (name == "--threads") {
      settings.threads = std::stoi(value);
    } else if (name == "--rounds") {
      settings.rounds = std::stoi(value);
    } else if (name == "--windows") {
      settings.windows = {std::stoi(value)};
    } else {
      throw std::runtime_error("unknown argument " + name);
    }
  }
  settings.cache = settings.cache.empty() ? settings.precision : settings.cache;
  return settings;
}

CacheNumbers caches_of(const std::string &name) {
  const Number number = name == "f32" ? Number::kFloat32 : Number::kBfloat16;
  return {.source = name == "int8" ? Number::kInt8 : number, .past = number};
}

/** Medians of what the runs took, in milliseconds of the clock and of all threads' processor time. */
class Stopwatch {
 public:
  template <typename Run>
  void measure(const Run &run) {
    const bench::Time time = bench::time_of(run);
    wall_ms_.push_back(1000 * time.wall);
    processor_ms_.push_back(1000 * time.processor);
  }

  void print(const std::string &what, double units) const {
    std::cout << std::left << std::setw(44) << what << std::right << std::fixed << std::setprecision(3)
              << " wall median " << std::setw(9) << median(wall_ms_) / units << " ms, best " << std::setw(9)
              << *std::min_element(wall_ms_.begin(), wall_ms_.end()) / units << " ms, processor time " << std::setw(9)
              << median(processor_ms_) / units << " ms" << std::endl;
  }

 private:
  std::vector<double> wall_ms_, processor_ms_;
};

uint64_t hash_of(uint64_t hash, const std::vector<int32_t> &tokens) {
  for (const int32_t token : tokens) {
    hash = (hash ^ static_cast<uint32_t>(token)) * 0x100000001b3;
  }
  return hash;
}

/** Decodes all windows of the batch to their end, again and again. */
void decode(Team &team, DecodingBatch &batch, const std::vector<int64_t> &tickets, const DecodeOptions &options) {
  for (const int64_t ticket : tickets) {
    batch.retry(ticket, options);
  }
  std::vector<int64_t> ended(tickets.size());
  while (batch.advance(team, ended) > 0) {
  }
}

void run(const Settings &settings) {
  const Dimensions dimensions = settings.smoke ? bench::small_dimensions() : bench::base_dimensions();
  const Kernels &kernels = kernels_named(settings.isa);
  const Whisper whisper = bench::random_whisper(dimensions, kernels, precision_named(settings.precision, kernels));
  const DecodingRules rules(*whisper.text);
  const DecodeOptions options = {.language = "en", .timestamps = false, .max_tokens = settings.tokens, .min_tokens = settings.tokens};
  std::cout << kernels.name << ", " << settings.precision << ", cache " << settings.cache << ", " << settings.threads
            << " threads, " << settings.rounds << " rounds of " << settings.tokens << " tokens; weights "
            << bytes_of(whisper.text->decoder) / 1000000 << " MB" << std::endl;
  Cores cores(settings.threads);
  uint64_t hash = 0xcbf29ce484222325;
  for (const int64_t windows : settings.windows) {
    DecodingBatch batch(whisper, rules, caches_of(settings.cache), windows, {.trace = true});
    Team team(nullptr, Cores::kMost, cores);
    Stopwatch adding, decoding;
    std::vector<int64_t> tickets;
    for (int64_t i = 0; i < windows; ++i) {
      const auto states = bench::random_states(dimensions, static_cast<uint64_t>(i));
      adding.measure([&] { tickets.push_back(batch.add(team, states.data(), dimensions.max_source_positions, options)); });
    }
    std::vector<int64_t> ended(tickets.size());
    while (batch.advance(team, ended) > 0) {  // the first round warms up
    }
    for (int round = 0; round < settings.rounds; ++round) {
      decoding.measure([&] { decode(team, batch, tickets, options); });
    }
    decoding.print("decode, " + std::to_string(windows) + " windows, a token and window",
                   static_cast<double>(settings.tokens * windows));
    for (const int64_t ticket : tickets) {
      hash = hash_of(hash, batch.result(ticket).tokens);
    }
    if (windows == 32) {
      adding.print("keys and values of a window", 1);
      std::cout << "memory " << batch.bytes() / 1000000 << " MB" << std::endl;
    }
    if (windows == 8) {
      DecodeOptions beam = options;
      beam.beam_size = 5;
      for (size_t i = 1; i < tickets.size(); ++i) {
        batch.remove(tickets[i]);
      }
      tickets.resize(1);
      Stopwatch searching, aligning, passing;
      KeyValues past = batch.network().make_past();
      const std::vector<int32_t> tokens = batch.result(tickets[0]).tokens;
      const auto align = [&](const AlignmentTrace *trace) {
        align_words(team, whisper, batch.network(), {batch.source(tickets[0]), nullptr, dimensions.window_samples}, past,
                    {tokens, trace, "en"});
      };
      for (int round = 0; round < settings.rounds; ++round) {
        aligning.measure([&] { align(batch.trace(tickets[0], tokens)); });
        passing.measure([&] { align(nullptr); });
      }
      for (int round = 0; round < settings.rounds; ++round) {
        searching.measure([&] { decode(team, batch, tickets, beam); });
      }
      searching.print("decode, a window, beam of 5, a token", static_cast<double>(settings.tokens));
      aligning.print("word times of a window by its decoding's attention", 1);
      passing.print("word times of a window by one more pass", 1);
    }
  }
  std::cout << "hash " << std::hex << hash << std::dec << std::endl;
}

}  // namespace

int main(int count, char **arguments) {
  try {
    run(settings_of(count, arguments));
    return 0;
  } catch (const std::exception &error) {
    std::cerr << error.what() << std::endl;
    return 1;
  }
}
