/* Model folders: every storage and layout gives the same model, and every fault is an error that names what is wrong.
 */
#include <limits>

#include "api.h"
#include "check.h"
#include "common/number_format.h"
#include "support.h"
#include "tiny_model.h"

namespace {

constexpr unsigned kSeed = 20261121;

/** Opens the folder, and fails unless that gives the status and a message with the words. */
void check_refused(const TinyModel &tiny, am_status status, const std::vector<std::string> &words) {
  const support::TemporaryFolder folder;
  tiny.write(folder);
  am_model *model = nullptr;
  for (const std::string &word : words) {
    CHECK_STATUS(am_model_open(folder.path().c_str(), nullptr, &model), status, word);
  }
  CHECK(model == nullptr);
}

void check_refused_tensors(const std::string &safetensors, const std::string &words) {
  const support::TemporaryFolder folder;
  TinyModel().write(folder);
  folder.write("model.safetensors", safetensors);
  am_model *model = nullptr;
  CHECK_STATUS(am_model_open(folder.path().c_str(), nullptr, &model), AM_ERROR_MODEL, words);
}

struct Outcome {
  std::vector<float> states;
  std::vector<int32_t> tokens;
};

Outcome outcome_of(const std::string &folder) {
  const auto model = api::open_model(folder);
  const auto session = api::open_session(model);
  Outcome outcome;
  outcome.states = api::encode(model, session, api::log_mel(model, session, support::noise(20000, kSeed)));
  outcome.tokens = api::tokens(api::decode(session, outcome.states, 1));
  return outcome;
}

std::string with_header(const std::string &header, const std::string &data) {
  const uint64_t size = header.size();
  return std::string(reinterpret_cast<const char *>(&size), sizeof size) + header + data;
}

}  // namespace

TEST(a_model_of_unusual_shape_works) {
  const support::TemporaryFolder folder;
  TinyModel().write(folder);
  const auto model = api::open_model(folder.path(), {{"precision", "f32"}});
  CHECK_EQUAL(api::number(model, "mel-bins"), 128);
  CHECK_EQUAL(api::number(model, "window-samples"), 32000);
  CHECK_EQUAL(api::number(model, "timestamp-ms"), 20);
  CHECK_EQUAL(api::number(model, "token-no-speech"), TinyModel::kNoSpeech);
  CHECK_EQUAL(api::number(model, "token-timestamp-begin"), TinyModel::kTimestampBegin);
  const char *languages = nullptr;
  CHECK_OK(am_model_text(model.get(), "languages", &languages));
  CHECK_EQUAL(std::string(languages), "de,ja");
  const Outcome outcome = outcome_of(folder.path());
  CHECK(!outcome.tokens.empty() && outcome.tokens.front() >= TinyModel::kTimestampBegin);
  CHECK_AT_MOST(outcome.tokens.size(), 12u);
}

TEST(storage_types_and_shards_give_the_same_bits) {
  TinyModel tiny;
  std::vector<Outcome> outcomes;
  for (const char *dtype : {"F32", "F16", "BF16"}) {
    tiny.store_as(dtype);
    for (const bool sharded : {false, true}) {
      const support::TemporaryFolder folder;
      tiny.write(folder, sharded);
      outcomes.push_back(outcome_of(folder.path()));
      CHECK(outcomes.back().states == outcomes.front().states);
      CHECK(outcomes.back().tokens == outcomes.front().tokens);
    }
  }
}

TEST(half_precision_is_converted_exactly) {
  using amanuensis::float_of_float16;
  CHECK_EQUAL(float_of_float16(0x3c00), 1.0f);
  CHECK_EQUAL(float_of_float16(0xc500), -5.0f);
  CHECK_EQUAL(float_of_float16(0x7bff), 65504.0f);
  CHECK_EQUAL(float_of_float16(0x0001), 0x1p-24f);
  CHECK_EQUAL(float_of_float16(0x83ff), -0x1.ff8p-15f);
  CHECK(std::signbit(float_of_float16(0x8000)) && float_of_float16(0x8000) == 0);
  CHECK(std::isinf(float_of_float16(0xfc00)) && std::isnan(float_of_float16(0x7e01)));
  CHECK_EQUAL(amanuensis::bfloat16_of_float(1.00390625f), 0x3f80);  // a tie goes to even
  CHECK_EQUAL(amanuensis::bfloat16_of_float(1.01171875f), 0x3f82);
  CHECK_EQUAL(amanuensis::bfloat16_of_float(-3.4e38f), 0xff80);
}

TEST(a_missing_tensor_is_named) {
  TinyModel tiny;
  tiny.tensors.erase("model.encoder.layers.1.fc2.bias");
  check_refused(tiny, AM_ERROR_MODEL, {"model.encoder.layers.1.fc2.bias of shape [20] is missing"});
}

TEST(an_extra_tensor_is_named) {
  TinyModel tiny;
  tiny.tensors["model.encoder.layers.2.fc1.bias"] = {"F32", {2}, {1, 2}};
  check_refused(tiny, AM_ERROR_MODEL, {"model.encoder.layers.2.fc1.bias of shape [2] does not belong"});
  TinyModel biased;
  biased.tensors["model.encoder.layers.0.self_attn.k_proj.bias"] = {"F32", {20}, std::vector<float>(20)};
  check_refused(biased, AM_ERROR_MODEL, {"k_proj.bias"});
}

TEST(a_mis_shaped_tensor_is_named_with_both_shapes) {
  TinyModel tiny;
  tiny.tensors["model.encoder.conv1.weight"].shape = {20, 3, 128};
  check_refused(tiny, AM_ERROR_MODEL, {"model.encoder.conv1.weight", "[20, 3, 128]", "[20, 128, 3]"});
}

TEST(settings_that_ask_for_more_than_the_files_hold_take_no_memory) {
  TinyModel tiny;
  tiny.replace("config.json", "\"encoder_ffn_dim\": 24", "\"encoder_ffn_dim\": 1048576");
  check_refused(tiny, AM_ERROR_MODEL, {"layers.0.fc1.weight has shape [24, 20]"});
  TinyModel wide;
  wide.replace("config.json", "\"d_model\": 20", "\"d_model\": 1048570");
  wide.replace("config.json", "\"encoder_attention_heads\": 5", "\"encoder_attention_heads\": 104857");
  wide.replace("config.json", "\"decoder_attention_heads\": 2", "\"decoder_attention_heads\": 104857");
  check_refused(wide, AM_ERROR_MODEL, {"conv1.weight has shape [20, 128, 3]"});
}

TEST(an_output_projection_may_only_be_the_embedding) {
  TinyModel tiny;
  tiny.tensors["proj_out.weight"] = tiny.tensors["model.decoder.embed_tokens.weight"];
  const support::TemporaryFolder folder;
  tiny.write(folder);
  CHECK(api::open_model(folder.path(), {{"precision", "f32"}}) != nullptr);
  tiny.tensors["proj_out.weight"].values[5] += 1;
  check_refused(tiny, AM_ERROR_MODEL, {"proj_out.weight differs"});
}

TEST(an_encoder_with_a_tokenizer_misses_its_decoder) {
  TinyModel tiny;
  std::erase_if(tiny.tensors, [](const auto &entry) { return entry.first.starts_with("model.decoder."); });
  check_refused(tiny, AM_ERROR_MODEL, {"model.decoder.embed_tokens.weight of shape [368, 20] is missing"});
}

TEST(conflicting_settings_are_refused) {
  const auto refused = [](const char *file, const char *from, const char *to, const char *words) {
    TinyModel tiny;
    tiny.replace(file, from, to);
    check_refused(tiny, AM_ERROR_MODEL, {words, file});
  };
  refused("config.json", "\"d_model\": 20", "\"d_model\": 21", "cannot be divided");
  refused("config.json", "\"d_model\": 20", "\"d_model\": 2000", "at most 256 wide");
  refused("config.json", "\"d_model\": 20", "\"d_model\": -20", "d_model is not an integer");
  refused("config.json", "\"d_model\": 20, ", "", "d_model is missing");
  refused("config.json", "\"gelu\"", "\"relu\"", "activation_function");
  refused("config.json", "\"whisper\",", "\"whisper\", \"scale_embedding\": true,", "scale_embedding");
  refused("preprocessor_config.json", "\"chunk_length\": 2", "\"chunk_length\": 3", "300 log-mel frames");
  refused("preprocessor_config.json", "\"feature_size\": 128", "\"feature_size\": 80", "feature_size");
  refused("preprocessor_config.json", "\"n_fft\": 400", "\"n_fft\": 512", "n_fft");
  refused("generation_config.json", "[[0, 1]]", "[[0, 2]]", "alignment_heads");
  refused("generation_config.json", "[-1]", "[368]", "suppress_tokens");
  refused("vocab.json", "\"th\": 256", "\"th\": 400", "\"th\" is not from 0 to 367");
}

TEST(a_missing_file_is_named) {
  for (const char *file : {"config.json", "preprocessor_config.json", "vocab.json", "merges.txt"}) {
    TinyModel tiny;
    tiny.files.erase(file);
    const bool tokenizer_is_gone = std::string(file) == "vocab.json";
    check_refused(tiny, AM_ERROR_IO, {tokenizer_is_gone ? "tokenizer.json" : file});
  }
  am_model *model = nullptr;
  CHECK_STATUS(am_model_open("/nowhere/at/all", nullptr, &model), AM_ERROR_IO, "/nowhere/at/all/config.json");
}

TEST(a_tokenizer_without_a_needed_token_is_refused) {
  TinyModel tiny;
  tiny.replace("added_tokens.json", "<|notimestamps|>", "<|other|>");
  check_refused(tiny, AM_ERROR_MODEL, {"<|notimestamps|>"});
}

TEST(an_english_only_model_has_no_language_in_its_prompt) {
  TinyModel tiny;
  tiny.replace("generation_config.json", "\"is_multilingual\": true", "\"is_multilingual\": false");
  const support::TemporaryFolder folder;
  tiny.write(folder);
  const auto model = api::open_model(folder.path(), {{"precision", "f32"}});
  const auto session = api::open_session(model);
  CHECK_EQUAL(api::number(model, "multilingual"), 0);
  const auto states = api::encode(model, session, api::log_mel(model, session, support::noise(20000, kSeed)));
  const auto decoding =
      api::decode(session, states, 1, {{"language", "xx"}, {"timestamps", "off"}, {"max-tokens", "24"}});
  const char *language = nullptr;
  CHECK_OK(am_decoding_language(decoding.get(), 0, &language));
  CHECK_EQUAL(std::string(language), "en");
  // The prompt is the start and <|notimestamps|>: 23 tokens can follow in 24 positions, the last of them never fed
  // back.
  CHECK_EQUAL(api::tokens(decoding).size(), 23u);
}

TEST(weights_that_are_not_finite_are_found) {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  const std::pair<const char *, float> faults[] = {{"model.encoder.layers.0.fc1.bias", infinity},
                                                   {"model.encoder.conv1.bias", nan},
                                                   {"model.encoder.embed_positions.weight", nan},
                                                   {"model.decoder.layers.0.self_attn.q_proj.bias", -infinity},
                                                   {"model.decoder.layer_norm.bias", nan}};
  for (const auto &[name, value] : faults) {
    TinyModel tiny;
    tiny.tensors[name].values[3] = value;
    const support::TemporaryFolder folder;
    tiny.write(folder);
    for (const char *precision : {"f32", "int8"}) {
      am_model *model = nullptr;
      const auto options = api::options({{"precision", precision}});
      CHECK_STATUS(am_model_open(folder.path().c_str(), options.get(), &model), AM_ERROR_MODEL,
                   std::string("tensor ") + name + " holds NaN or infinity: element 3");
    }
  }
}

TEST(damaged_safetensors_are_refused) {
  const std::string tensor = R"("a": {"dtype": "F32", "shape": [2], "data_offsets": )";
  check_refused_tensors("", "no safetensors file");
  check_refused_tensors("1234567", "no safetensors file");
  check_refused_tensors(std::string(8, '\xff') + "{}", "header's length");
  check_refused_tensors(std::string("\x00\xe1\xf5\x05\x00\x00\x00\x00", 8) + "{}", "header's length");
  check_refused_tensors(with_header("[]", ""), "not a JSON object");
  check_refused_tensors(with_header("{", ""), "not JSON at byte 1");
  check_refused_tensors(with_header("{\"a\": 1}", ""), "dtype is missing");
  check_refused_tensors(with_header(R"({"a": {"dtype": "I8", "shape": [2], "data_offsets": [0, 2]}})", "xx"),
                        "dtype is I8");
  check_refused_tensors(with_header("{" + tensor + "[0, 8]}}", "1234567"), "two offsets into the 7 bytes");
  check_refused_tensors(with_header("{" + tensor + "[8, 0]}}", "12345678"), "two offsets");
  check_refused_tensors(with_header("{" + tensor + "[-8, 0]}}", "12345678"), "two offsets");
  check_refused_tensors(with_header("{" + tensor + "[0, 1e300]}}", "12345678"), "two offsets");
  check_refused_tensors(with_header("{" + tensor + "[0, 4]}}", "12345678"), "needs 8 bytes");
  check_refused_tensors(with_header("{" + tensor + "[4, 12]}}", "123456789012"), "leave a gap");
  check_refused_tensors(with_header("{" + tensor + "[0, 8]}}", "123456789012"), "of which tensors take 8");
  check_refused_tensors(
      with_header("{" + tensor + "[0, 8]}, \"b\": {\"dtype\": \"F16\", \"shape\": [1], \"data_offsets\": [6, 8]}}",
                  "12345678"),
      "overlap");
  check_refused_tensors(with_header("{" + tensor + "[0, 8]}, " + tensor + "[0, 8]}}", "12345678"), "twice");
  const std::string huge =
      R"({"a": {"dtype": "F32", "shape": [1099511627776, 1099511627776], "data_offsets": [0, 8]}})";
  check_refused_tensors(with_header(huge, "12345678"), "not a list of sizes");
}

TEST(truncated_and_mutated_files_never_crash) {
  TinyModel tiny;
  const std::string whole = TinyModel::safetensors(tiny.tensors);
  const support::TemporaryFolder folder;
  tiny.write(folder);
  std::mt19937 random(kSeed);
  const size_t header = 8 + 9000;
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    std::string damaged = whole;
    damaged[random() % header] = static_cast<char>(random());
    if (round % 2) {
      damaged.resize(random() % damaged.size());
    }
    folder.write("model.safetensors", damaged);
    am_model *model = nullptr;
    refused += am_model_open(folder.path().c_str(), nullptr, &model) == AM_OK ? 0 : 1;
    am_model_close(&model);
  }
  CHECK(refused > 150);
}

TEST(a_bad_index_is_refused) {
  const support::TemporaryFolder folder;
  TinyModel tiny;
  tiny.write(folder, true);
  const auto refused = [&](const char *index, am_status status, const char *words) {
    folder.write("model.safetensors.index.json", index);
    am_model *model = nullptr;
    CHECK_STATUS(am_model_open(folder.path().c_str(), nullptr, &model), status, words);
  };
  refused("{}", AM_ERROR_MODEL, "weight_map is missing");
  refused(R"({"weight_map": {"a": "../part-0.safetensors"}})", AM_ERROR_MODEL, "not the name of a file");
  refused(R"({"weight_map": {"a": "absent.safetensors"}})", AM_ERROR_IO, "absent.safetensors");
  refused(R"({"weight_map": {"a": "part-0.safetensors"}})", AM_ERROR_MODEL, "tensor a is not in part-0.safetensors");
}

TEST(weights_that_are_not_finite_are_named) {
  for (const char *name : {"model.encoder.layers.0.fc1.weight", "model.encoder.conv2.weight"}) {
    TinyModel tiny;
    tiny.tensors.at(name).values.at(7) = std::numeric_limits<float>::quiet_NaN();
    support::TemporaryFolder folder;
    tiny.write(folder);
    am_model *model = nullptr;
    CHECK_STATUS(am_model_open(folder.path().c_str(), nullptr, &model), AM_ERROR_MODEL, name);
    CHECK(model == nullptr);
  }
}
