#include "model/config.h"

#include "common/error.h"
#include "common/file.h"
#include "common/sound.h"
#include "cpu/kernels.h"

namespace amanuensis {
namespace {

/** A settings file, and messages that name it. */
class Settings {
 public:
  explicit Settings(const std::string &path) : path_(path), json_(parse_json(read_text_file(path), path)) {}

  const Json *find(const char *key) const { return json_.find(key); }

  int64_t integer(const char *key, int64_t least, int64_t most) const {
    int64_t value = 0;
    const Json *found = find(key);
    if (!found || !found->integer_in(least, most, value)) {
      fail(AM_ERROR_MODEL, path_, ": ", key, found ? " is not" : " is missing; needed is", " an integer from ", least,
           " to ", most);
    }
    return value;
  }

  /** The setting may be absent; present, it must be this. */
  void require_if_present(const char *key, int64_t wanted) const {
    if (find(key)) {
      integer(key, wanted, wanted);
    }
  }

  std::optional<std::vector<int32_t>> tokens(const char *key, int64_t vocab_size) const {
    const Json *found = find(key);
    if (!found) {
      return std::nullopt;
    }
    std::vector<int32_t> tokens;
    for (const Json &item : list(key, *found)) {
      int64_t token = 0;
      if (!item.integer_in(-1, vocab_size - 1, token)) {
        fail(AM_ERROR_MODEL, path_, ": ", key, ": not a list of tokens below ", vocab_size);
      }
      tokens.push_back(static_cast<int32_t>(token));
    }
    return tokens;
  }

  /** A list of pairs of integers; absent is empty. A null in a pair is -1. */
  std::vector<std::pair<int64_t, int64_t>> pairs(const char *key, int64_t first_most, int64_t second_most) const {
    std::vector<std::pair<int64_t, int64_t>> pairs;
    const Json *found = find(key);
    if (!found) {
      return pairs;
    }
    for (const Json &item : list(key, *found)) {
      const Json::Array *pair = item.array();
      int64_t first = 0, second = -1;
      if (!pair || pair->size() != 2 || !(*pair)[0].integer_in(0, first_most, first) ||
          !((*pair)[1].is_null() || (*pair)[1].integer_in(0, second_most, second))) {
        fail(AM_ERROR_MODEL, path_, ": ", key, ": not pairs of 0 to ", first_most, " and 0 to ", second_most);
      }
      pairs.emplace_back(first, second);
    }
    return pairs;
  }

  const std::string &path() const { return path_; }

 private:
  const Json::Array &list(const char *key, const Json &value) const {
    if (!value.array()) {
      fail(AM_ERROR_MODEL, path_, ": ", key, " is not a list");
    }
    return *value.array();
  }

  std::string path_;
  Json json_;
};

constexpr int64_t kMost = 1 << 20;  // of any dimension: products of two stay far from overflow
constexpr int64_t kMostLayers = 256;
constexpr int64_t kMostWindowSeconds = 300;

void require_heads(const Settings &config, const char *key, int64_t width, int64_t heads) {
  if (width % heads != 0) {
    fail(AM_ERROR_MODEL, config.path(), ": d_model ", width, " cannot be divided among ", heads, " ", key);
  }
  if (width / heads > kWidestHead) {
    fail(AM_ERROR_MODEL, config.path(), ": d_model ", width, " and ", heads, " ", key, " make heads of ", width / heads,
         "; they may be at most ", kWidestHead, " wide");
  }
}

void require_whisper(const Settings &config) {
  const Json *activation = config.find("activation_function");
  if (activation && (!activation->text() || *activation->text() != "gelu")) {
    fail(AM_ERROR_MODEL, config.path(), ": activation_function is not \"gelu\", which every Whisper model has");
  }
  const Json *scale = config.find("scale_embedding");
  if (scale && scale->boolean() && *scale->boolean()) {
    fail(AM_ERROR_MODEL, config.path(), ": scale_embedding is true; no Whisper model has that");
  }
}

int64_t read_window_samples(const std::string &folder, const Dimensions &dimensions) {
  const Settings settings(folder + "/preprocessor_config.json");
  settings.require_if_present("sampling_rate", kSampleRate);
  settings.require_if_present("n_fft", kMelFftSize);
  settings.require_if_present("hop_length", kMelHop);
  settings.require_if_present("feature_size", dimensions.num_mel_bins);
  const int64_t samples = settings.integer("chunk_length", 1, kMostWindowSeconds) * kSampleRate;
  settings.require_if_present("n_samples", samples);
  if (samples / kMelHop != 2 * dimensions.max_source_positions) {
    fail(AM_ERROR_MODEL, settings.path(), ": chunk_length gives ", samples / kMelHop,
         " log-mel frames; max_source_positions ", dimensions.max_source_positions,
         " of config.json needs twice as many");
  }
  return samples;
}

}  // namespace

Dimensions read_dimensions(const std::string &folder) {
  const Settings config(folder + "/config.json");
  require_whisper(config);
  Dimensions d = {
      .num_mel_bins = config.integer("num_mel_bins", 1, 1024),
      .d_model = config.integer("d_model", 1, kMost),
      .encoder_layers = config.integer("encoder_layers", 1, kMostLayers),
      .encoder_attention_heads = config.integer("encoder_attention_heads", 1, kMost),
      .encoder_ffn_dim = config.integer("encoder_ffn_dim", 1, kMost),
      .decoder_layers = config.integer("decoder_layers", 1, kMostLayers),
      .decoder_attention_heads = config.integer("decoder_attention_heads", 1, kMost),
      .decoder_ffn_dim = config.integer("decoder_ffn_dim", 1, kMost),
      .max_source_positions = config.integer("max_source_positions", 1, kMost),
      .max_target_positions = config.integer("max_target_positions", 8, kMost),
      .vocab_size = config.integer("vocab_size", 1, kMost),
      .window_samples = 0,
  };
  require_heads(config, "encoder_attention_heads", d.d_model, d.encoder_attention_heads);
  require_heads(config, "decoder_attention_heads", d.d_model, d.decoder_attention_heads);
  d.window_samples = read_window_samples(folder, d);
  return d;
}

GenerationConfig read_generation_config(const std::string &folder, const Dimensions &dimensions) {
  const std::string path = folder + "/generation_config.json";
  const Settings settings(file_exists(path) ? path : folder + "/config.json");
  GenerationConfig generation;
  if (const Json *multilingual = settings.find("is_multilingual"); multilingual && multilingual->boolean()) {
    generation.is_multilingual = *multilingual->boolean();
  }
  generation.suppress_tokens = settings.tokens("suppress_tokens", dimensions.vocab_size);
  generation.begin_suppress_tokens = settings.tokens("begin_suppress_tokens", dimensions.vocab_size);
  for (const auto &[position, token] : settings.pairs("forced_decoder_ids", kMost, dimensions.vocab_size - 1)) {
    generation.forced_decoder_ids.push_back(static_cast<int32_t>(token));
  }
  if (settings.find("max_initial_timestamp_index")) {
    generation.max_initial_timestamp_index = settings.integer("max_initial_timestamp_index", 0, kMost);
  }
  generation.alignment_heads =
      settings.pairs("alignment_heads", dimensions.decoder_layers - 1, dimensions.decoder_attention_heads - 1);
  return generation;
}

}  // namespace amanuensis
