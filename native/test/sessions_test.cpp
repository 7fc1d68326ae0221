/* What sessions share and what they do not: the same bits in a batch, in two threads, and an honest count of memory. */
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

#include "api.h"
#include "check.h"
#include "cpu/instruction_sets.h"
#include "ops/large_pages.h"
#include "support.h"

namespace {

std::atomic<int64_t> live_bytes{0};

void *counted(void *memory) {
  if (!memory) {
    throw std::bad_alloc();
  }
  live_bytes += static_cast<int64_t>(malloc_usable_size(memory));
  return memory;
}

void uncounted(void *memory) {
  if (memory) {
    live_bytes -= static_cast<int64_t>(malloc_usable_size(memory));
  }
  std::free(memory);
}

}  // namespace

// All memory of the library comes through these.
void *operator new(size_t size) {
  return counted(std::malloc(size));
}
void *operator new[](size_t size) {
  return counted(std::malloc(size));
}
void *operator new(size_t size, std::align_val_t alignment) {
  void *memory = nullptr;
  return counted(posix_memalign(&memory, static_cast<size_t>(alignment), size) == 0 ? memory : nullptr);
}
void *operator new[](size_t size, std::align_val_t alignment) {
  return operator new(size, alignment);
}
void operator delete(void *memory) noexcept {
  uncounted(memory);
}
void operator delete[](void *memory) noexcept {
  uncounted(memory);
}
void operator delete(void *memory, size_t) noexcept {
  uncounted(memory);
}
void operator delete[](void *memory, size_t) noexcept {
  uncounted(memory);
}
void operator delete(void *memory, std::align_val_t) noexcept {
  uncounted(memory);
}
void operator delete[](void *memory, std::align_val_t) noexcept {
  uncounted(memory);
}
void operator delete(void *memory, size_t, std::align_val_t) noexcept {
  uncounted(memory);
}
void operator delete[](void *memory, size_t, std::align_val_t) noexcept {
  uncounted(memory);
}

namespace {

using amanuensis::Json;

std::vector<float> mel_of_row(const api::Model &model, const api::Session &session, size_t row) {
  const Json rows = support::greedy_references()[row];
  return api::log_mel(model, session,
                      support::read_16k(support::demo_folder() + "/testset/" + support::text_of(rows, "file"), 160000));
}

std::vector<float> several(const std::vector<std::vector<float>> &parts) {
  std::vector<float> all;
  for (const auto &part : parts) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

int64_t session_bytes(const api::Session &session) {
  int64_t bytes = 0;
  CHECK_OK(am_session_bytes(session.get(), &bytes));
  return bytes;
}

}  // namespace

TEST(a_batch_of_three_is_three_singles_bit_for_bit) {
  const auto model = api::open_model(support::demo_model());
  const auto session = api::open_session(model);
  std::vector<std::vector<float>> mels, states;
  for (const size_t row : {3u, 0u, 7u}) {
    mels.push_back(mel_of_row(model, session, row));
    states.push_back(api::encode(model, session, mels.back()));
  }
  const auto together = api::encode(model, session, several(mels));
  CHECK(together == several(states));
  const auto decoded = api::decode(session, together, 3);
  for (int32_t window = 0; window < 3; ++window) {
    const auto alone = api::decode(session, states[static_cast<size_t>(window)], 1);
    CHECK(api::tokens(decoded, window) == api::tokens(alone));
    CHECK_EQUAL(api::measure(decoded, "average-log-probability", window),
                api::measure(alone, "average-log-probability"));
    CHECK_EQUAL(api::measure(decoded, "no-speech-probability", window), api::measure(alone, "no-speech-probability"));
  }
}

TEST(two_threads_give_the_same_bits_as_one) {
  const auto model = api::open_model(support::demo_model());
  const auto alone_session = api::open_session(model);
  constexpr size_t kRows = 4;
  struct Result {
    std::vector<float> states;
    std::vector<int32_t> tokens;
    double log_probability;
  };
  const auto run = [&](const api::Session &session, size_t row) {
    Result result = {api::encode(model, session, mel_of_row(model, session, row)), {}, 0};
    const auto decoding = api::decode(session, result.states, 1);
    result.tokens = api::tokens(decoding);
    result.log_probability = api::measure(decoding, "average-log-probability");
    return result;
  };
  std::vector<Result> alone, first(kRows), second(kRows);
  for (size_t row = 0; row < kRows; ++row) {
    alone.push_back(run(alone_session, row));
  }
  const auto work = [&](std::vector<Result> &results, bool backwards) {
    const auto session = api::open_session(model);
    for (size_t i = 0; i < kRows; ++i) {
      const size_t row = backwards ? kRows - 1 - i : i;
      results[row] = run(session, row);
    }
  };
  std::thread one([&] { work(first, false); }), other([&] { work(second, true); });
  one.join();
  other.join();
  for (const auto &results : {first, second}) {
    for (size_t row = 0; row < kRows; ++row) {
      CHECK(results[row].states == alone[row].states);
      CHECK(results[row].tokens == alone[row].tokens);
      CHECK_EQUAL(results[row].log_probability, alone[row].log_probability);
    }
  }
}

TEST(a_session_does_not_remember_the_window_before) {
  const auto model = api::open_model(support::demo_model());
  const auto used = api::open_session(model), fresh = api::open_session(model);
  const auto mel = mel_of_row(model, used, 1);
  api::decode(used, api::encode(model, used, mel_of_row(model, used, 5)), 1);
  const auto states = api::encode(model, used, mel);
  CHECK(states == api::encode(model, fresh, mel));
  CHECK(api::tokens(api::decode(used, states, 1)) == api::tokens(api::decode(fresh, states, 1)));
}

TEST(instruction_sets_agree) {
  std::vector<float> first;
  std::vector<int32_t> first_tokens;
  for (const amanuensis::Kernels *kernels : amanuensis::available_instruction_sets()) {
    const auto model = api::open_model(support::demo_model(), {{"isa", kernels->name}, {"precision", "f32"}});
    const auto session = api::open_session(model);
    const auto states = api::encode(model, session, mel_of_row(model, session, 2));
    const auto tokens = api::tokens(api::decode(session, states, 1));
    const char *isa = nullptr;
    CHECK_OK(am_model_text(model.get(), "isa", &isa));
    CHECK_EQUAL(std::string(isa), kernels->name);
    if (first.empty()) {
      first = states;
      first_tokens = tokens;
    }
    CHECK_AT_MOST(support::relative_l2(states, first), 1e-5);
    CHECK(tokens == first_tokens);
  }
}

int64_t bytes_in_use() {
  return live_bytes + amanuensis::large_page_bytes();
}

TEST(a_session_counts_its_memory_and_it_is_bounded) {
  const auto model = api::open_model(support::demo_model());
  std::vector<float> mel, states;
  {
    const auto session = api::open_session(model);
    mel = several({mel_of_row(model, session, 0), mel_of_row(model, session, 1)});
    states = api::encode(model, session, mel);
  }
  const std::vector<int16_t> samples = support::noise(160000, 1);
  std::vector<float> one_mel(mel.size() / 2);
  const int64_t before = bytes_in_use();
  const auto session = api::open_session(model);
  CHECK_AT_MOST(session_bytes(session), 1 << 16);
  int64_t after_first = 0;
  for (int round = 0; round < 3; ++round) {
    CHECK_OK(am_log_mel(session.get(), samples.data(), 160000, one_mel.data(), static_cast<int64_t>(one_mel.size())));
    CHECK_OK(am_encode(session.get(), nullptr, mel.data(), 2, nullptr, AM_FLOAT32, states.data(),
                       static_cast<int64_t>(states.size())));
    api::decode(session, states, 2);
    api::align(session, states, {345, 467}, 160000);
    const int64_t counted_bytes = session_bytes(session), held = bytes_in_use() - before;
    CHECK_AT_MOST(std::abs(counted_bytes - held), held / 100);
    after_first = round == 0 ? counted_bytes : after_first;
    CHECK_EQUAL(counted_bytes, after_first);
  }
  CHECK(after_first > 1 << 20);
}

TEST(a_model_counts_its_weights) {
  const int64_t before = bytes_in_use();
  const auto model = api::open_model(support::demo_model(), {{"precision", "f32"}});
  const int64_t weights = api::number(model, "weight-bytes"), held = bytes_in_use() - before;
  CHECK(weights > 6000000 * 4);  // every parameter as float32
  CHECK_AT_MOST(weights, held);
  CHECK_AT_MOST(held - weights, 2 << 20);  // the rest is the tokenizer and tables
}
