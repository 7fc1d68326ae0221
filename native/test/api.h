#pragma once

#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "amanuensis.h"

/** The C interface with owning handles. Functions throw std::runtime_error with the library's message. */
namespace api {

inline void require_ok(am_status status) {
  if (status != AM_OK) {
    throw std::runtime_error("status " + std::to_string(status) + ": " + am_last_error());
  }
}

template <auto kClose>
struct Closer {
  template <typename T>
  void operator()(T *handle) const {
    kClose(&handle);
  }
};

using Options = std::unique_ptr<am_options, Closer<am_options_close>>;
using Model = std::unique_ptr<am_model, Closer<am_model_close>>;
using Call = std::unique_ptr<am_call, Closer<am_call_close>>;
using Session = std::unique_ptr<am_session, Closer<am_session_close>>;
using Decoder = std::unique_ptr<am_decoder, Closer<am_decoder_close>>;
using Decoding = std::unique_ptr<am_decoding, Closer<am_decoding_close>>;
using Alignment = std::unique_ptr<am_alignment, Closer<am_alignment_close>>;

using Pairs = std::initializer_list<std::pair<const char *, const char *>>;

inline Options options(Pairs pairs) {
  am_options *handle = nullptr;
  require_ok(am_options_open(&handle));
  Options owner(handle);
  for (const auto &[key, value] : pairs) {
    require_ok(am_options_set(handle, key, value));
  }
  return owner;
}

inline Model open_model(const char *folder, Pairs pairs = {}) {
  am_model *handle = nullptr;
  require_ok(am_model_open(folder, options(pairs).get(), &handle));
  return Model(handle);
}

inline Model open_model(const std::string &folder, Pairs pairs = {}) {
  return open_model(folder.c_str(), pairs);
}

inline Session open_session(const Model &model) {
  am_session *handle = nullptr;
  require_ok(am_session_open(model.get(), nullptr, &handle));
  return Session(handle);
}

inline Decoder open_decoder(const Model &model, Pairs pairs = {}) {
  am_decoder *handle = nullptr;
  require_ok(am_decoder_open(model.get(), options(pairs).get(), &handle));
  return Decoder(handle);
}

/** The ticket of a window that joins. */
inline int64_t add(const Decoder &decoder, const std::vector<float> &states, int64_t positions, Pairs pairs = {}) {
  int64_t ticket = 0;
  require_ok(am_decoder_add(decoder.get(), nullptr, states.data(), AM_FLOAT32, positions, options(pairs).get(), &ticket));
  return ticket;
}

/** The ticket of a window that has ended; 0 if none is left. */
inline int64_t advance(const Decoder &decoder) {
  int64_t ticket = 0, count = 0;
  require_ok(am_decoder_advance(decoder.get(), nullptr, &ticket, 1, &count));
  return count == 0 ? 0 : ticket;
}

inline Decoding take(const Decoder &decoder, int64_t ticket) {
  am_decoding *handle = nullptr;
  require_ok(am_decoder_take(decoder.get(), ticket, &handle));
  return Decoding(handle);
}

inline Decoding result(const Decoder &decoder, int64_t ticket) {
  am_decoding *handle = nullptr;
  require_ok(am_decoder_result(decoder.get(), ticket, &handle));
  return Decoding(handle);
}

inline Call open_call() {
  am_call *handle = nullptr;
  require_ok(am_call_open(&handle));
  return Call(handle);
}

inline int64_t number(const Model &model, const char *key) {
  int64_t value = 0;
  require_ok(am_model_number(model.get(), key, &value));
  return value;
}

inline std::vector<int32_t> tokens_of(const Model &model, const std::string &text) {
  std::vector<int32_t> tokens(text.size());
  int64_t count = 0;
  require_ok(am_model_tokens_of(model.get(), text.c_str(), tokens.data(), static_cast<int64_t>(tokens.size()), &count));
  tokens.resize(static_cast<size_t>(count));
  return tokens;
}

inline std::vector<float> log_mel(const Model &model, const Session &session, const std::vector<int16_t> &samples) {
  std::vector<float> mel(static_cast<size_t>(number(model, "mel-bins") * number(model, "mel-frames")));
  require_ok(am_log_mel(session.get(), samples.data(), static_cast<int64_t>(samples.size()), mel.data(),
                        static_cast<int64_t>(mel.size())));
  return mel;
}

/** mel: of one or more windows. */
inline std::vector<float> encode(const Model &model, const Session &session, const std::vector<float> &mel) {
  const auto windows = static_cast<int32_t>(static_cast<int64_t>(mel.size()) /
                                            (number(model, "mel-bins") * number(model, "mel-frames")));
  std::vector<float> states(
      static_cast<size_t>(windows * number(model, "state-positions") * number(model, "state-width")));
  require_ok(am_encode(session.get(), nullptr, mel.data(), windows, nullptr, AM_FLOAT32, states.data(),
                       static_cast<int64_t>(states.size())));
  return states;
}

inline Decoding decode(const Session &session, const std::vector<float> &states, int32_t windows, Pairs pairs = {}) {
  am_decoding *handle = nullptr;
  require_ok(am_decode(session.get(), nullptr, states.data(), AM_FLOAT32, windows, options(pairs).get(), &handle));
  return Decoding(handle);
}

inline std::vector<int32_t> tokens(const Decoding &decoding, int32_t window = 0) {
  const int32_t *first = nullptr;
  int64_t count = 0;
  require_ok(am_decoding_tokens(decoding.get(), window, &first, &count));
  return {first, first + count};
}

inline std::string text(const Decoding &decoding, int32_t window = 0) {
  const char *found = nullptr;
  require_ok(am_decoding_text(decoding.get(), window, &found));
  return found;
}

inline double measure(const Decoding &decoding, const char *key, int32_t window = 0) {
  double value = 0;
  require_ok(am_decoding_measure(decoding.get(), window, key, &value));
  return value;
}

struct Word {
  std::string text;
  int32_t start_ms, end_ms;
  double probability;

  bool operator==(const Word &) const = default;
};

inline std::vector<Word> words(const Alignment &alignment) {
  int32_t count = 0;
  require_ok(am_alignment_count(alignment.get(), &count));
  std::vector<Word> words;
  for (int32_t i = 0; i < count; ++i) {
    const char *found = nullptr;
    Word word;
    require_ok(am_alignment_word(alignment.get(), i, &found, &word.start_ms, &word.end_ms, &word.probability));
    word.text = found;
    words.push_back(word);
  }
  return words;
}

inline std::vector<Word> align(const Session &session, const std::vector<float> &states,
                               const std::vector<int32_t> &tokens, int64_t sample_count,
                               const char *language = nullptr) {
  am_alignment *handle = nullptr;
  require_ok(am_align(session.get(), nullptr, states.data(), AM_FLOAT32, tokens.data(),
                      static_cast<int64_t>(tokens.size()), sample_count, language, &handle));
  return words(Alignment(handle));
}

inline std::vector<Word> align(const Decoder &decoder, int64_t ticket, const std::vector<int32_t> &tokens,
                               int64_t sample_count, const char *language = nullptr) {
  am_alignment *handle = nullptr;
  require_ok(am_decoder_align(decoder.get(), nullptr, ticket, tokens.data(), static_cast<int64_t>(tokens.size()),
                              sample_count, language, &handle));
  return words(Alignment(handle));
}

}  // namespace api
