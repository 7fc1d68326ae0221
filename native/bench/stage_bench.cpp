/*
 * Times of log-mel, encoder, decoder and alignment of a model folder.
 *
 *   stage_bench [--smoke] [--model FOLDER] [--wav FILE] [--isa NAME] [--precision NAME] [--threads N] [--rounds N]
 *
 * Without --model: the demo model. Prints the machine, then of each stage the median and the best of the rounds, the
 * least processor time, which other work on the machine hardly changes, and a hash of the result: equal hashes mean
 * that two runs computed the same bits.
 */
#include <chrono>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>

#include "../test/api.h"
#include "common/cores.h"
#include "../test/support.h"

namespace {

struct Settings {
  std::string model = support::demo_model();
  std::string wav = support::demo_folder() + "/testset/utterance-10-kal16-clean.wav";
  std::string isa = "auto", precision = "auto";
  int rounds = 15;
};

Settings settings_of(int count, char **arguments) {
  Settings settings;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--smoke") {
      settings.rounds = 1;
      continue;
    }
    if (i + 1 == count) {
      throw std::runtime_error("usage: stage_bench [--smoke] [--model FOLDER] [--wav FILE] [--isa NAME] [--precision NAME] [--threads N] "
                               "[--rounds N]");
    }
    const std::string value = arguments[++i];
    if (name == "--model") {
      settings.model = value;
    } else if (name == "--wav") {
      settings.wav = value;
    } else if (name == "--isa") {
      settings.isa = value;
    } else if (name == "--precision") {
      settings.precision = value;
    } else if (name == "--threads") {
      amanuensis::Cores::all().resize(std::stoi(value));
    } else if (name == "--rounds") {
      settings.rounds = std::max(1, std::stoi(value));
    } else {
      throw std::runtime_error("unknown argument " + name);
    }
  }
  return settings;
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) {
      return line.substr(line.find(':') + 2);
    }
  }
  return "unknown processor";
}

/** FNV-1a over the bytes of a result. */
template <typename T>
uint64_t hash_of(const std::vector<T> &values) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto *bytes = reinterpret_cast<const unsigned char *>(values.data());
  for (size_t i = 0; i < values.size() * sizeof(T); ++i) {
    hash = (hash ^ bytes[i]) * 0x100000001b3;
  }
  return hash;
}

/** Runs a stage once to warm up and then `rounds` times. units: what one time is divided by, such as tokens. */
template <typename Run>
void measure(const char *stage, int rounds, size_t units, Run run) {
  auto result = run();
  std::vector<double> times_ms, processor_ms;
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t processor_start = std::clock();
    result = run();
    processor_ms.push_back(1000.0 * static_cast<double>(std::clock() - processor_start) / CLOCKS_PER_SEC /
                           static_cast<double>(units));
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    times_ms.push_back(elapsed.count() / static_cast<double>(units));
  }
  std::sort(times_ms.begin(), times_ms.end());
  std::cout << std::left << std::setw(26) << stage << std::right << std::fixed << std::setprecision(3) << " median "
            << std::setw(8) << times_ms[times_ms.size() / 2] << " ms, best " << std::setw(8) << times_ms.front()
            << " ms, processor time " << std::setw(8) << *std::min_element(processor_ms.begin(), processor_ms.end())
            << " ms, hash " << std::hex << hash_of(result) << std::dec << std::endl;
}

void run(const Settings &settings) {
  const auto model = api::open_model(settings.model, {{"isa", settings.isa.c_str()}, {"precision", settings.precision.c_str()}});
  const auto session = api::open_session(model);
  const char *isa = nullptr, *precision = nullptr;
  api::require_ok(am_model_text(model.get(), "precision", &precision));
  api::require_ok(am_model_text(model.get(), "isa", &isa));
  const auto samples = support::read_16k(settings.wav, static_cast<size_t>(api::number(model, "window-samples")));
  std::cout << processor() << ", " << amanuensis::Cores::all().count() << " threads, " << isa << ", " << precision << "; library " << am_library_build() << "\n"
            << settings.model << ": window " << api::number(model, "window-samples") / 16000 << " s, width "
            << api::number(model, "state-width") << ", weights " << api::number(model, "weight-bytes") / 1000000
            << " MB; " << settings.rounds << " rounds" << std::endl;

  const auto mel = api::log_mel(model, session, samples);
  const auto states = api::encode(model, session, mel);
  measure("log-mel, a window", settings.rounds, 1, [&] { return api::log_mel(model, session, samples); });
  measure("encode, a window", settings.rounds, 1, [&] { return api::encode(model, session, mel); });
  if (api::number(model, "decoder-positions") > 0) {
    const auto decoding = api::decode(session, states, 1, {{"timestamps", "off"}});
    const auto tokens = api::tokens(decoding);
    measure("decode, first token", settings.rounds, 1,
            [&] { return api::tokens(api::decode(session, states, 1, {{"timestamps", "off"}, {"max-tokens", "1"}})); });
    measure("decode, per token in all", settings.rounds, tokens.size() + 1,
            [&] { return api::tokens(api::decode(session, states, 1, {{"timestamps", "off"}})); });
    measure("align, a window", settings.rounds, 1, [&] {
      std::vector<int32_t> times;
      for (const api::Word &word : api::align(session, states, tokens, static_cast<int64_t>(samples.size()))) {
        times.insert(times.end(), {word.start_ms, word.end_ms});
      }
      return times;
    });
  }
  int64_t bytes = 0;
  api::require_ok(am_session_bytes(session.get(), &bytes));
  std::cout << "session " << static_cast<double>(bytes) / 1e6 << " MB" << std::endl;
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
