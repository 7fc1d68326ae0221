/* The encoder with its linear maps on the emulated device: real weights, and what the numbers do to the demo model's text. */
#include "api.h"
#include "check.h"
#include "support.h"
#include "word_errors.h"

namespace {

struct Heard {
  std::vector<std::string> texts;
  std::vector<std::vector<int32_t>> tokens;
};

/** The test set from sound to text; what follows the encoder in float32. */
Heard hear(api::Pairs options) {
  const auto model = api::open_model(support::demo_model(), options);
  const auto session = api::open_session(model);
  Heard heard;
  for (const auto &row : support::greedy_references()) {
    const std::string path = support::demo_folder() + "/testset/" + support::text_of(row, "file");
    const auto states = api::encode(model, session, api::log_mel(model, session, support::read_16k(path, 160000)));
    const auto decoding = api::decode(session, states, 1, {{"timestamps", "off"}});
    heard.texts.push_back(api::text(decoding));
    heard.tokens.push_back(api::tokens(decoding));
  }
  return heard;
}

double word_error_rate(const std::vector<std::string> &texts) {
  size_t errors = 0, words = 0, file = 0;
  for (const auto &row : support::greedy_references()) {
    const auto said = support::plain_words(support::text_of(row, "said"));
    errors += support::distance(said, support::plain_words(texts[file++]));
    words += said.size();
  }
  return 100.0 * static_cast<double>(errors) / static_cast<double>(words);
}

/** Prints what differs. */
size_t equal_utterances(const Heard &exact, const Heard &device) {
  size_t same = 0;
  for (size_t i = 0; i < exact.tokens.size(); ++i) {
    same += exact.tokens[i] == device.tokens[i] ? 1 : 0;
    if (exact.tokens[i] != device.tokens[i]) {
      std::cout << "      device: \"" << device.texts[i] << "\"\n      f32:    \"" << exact.texts[i] << "\"" << std::endl;
    }
  }
  std::cout << "      " << same << " of " << exact.tokens.size() << " utterances with equal tokens; word error rate "
            << word_error_rate(device.texts) << " %, float32 " << word_error_rate(exact.texts) << " %" << std::endl;
  return same;
}

constexpr double kMostRateDifference = 0.5;  // percentage points

}  // namespace

TEST(the_demo_model_hears_the_same) {
  const Heard exact = hear({{"precision", "f32"}});
  const Heard device = hear({{"precision", "f32"}, {"back-end", "npu"}, {"device", "emulated"}});
  CHECK(static_cast<double>(equal_utterances(exact, device)) >= 0.95 * static_cast<double>(exact.tokens.size()));
  CHECK_AT_MOST(std::abs(word_error_rate(device.texts) - word_error_rate(exact.texts)), kMostRateDifference);
  const Heard plain = hear({{"precision", "f32"}, {"back-end", "npu"}, {"device", "emulated"}, {"device-products", "1"}});
  equal_utterances(exact, plain);
  CHECK_AT_MOST(std::abs(word_error_rate(plain.texts) - word_error_rate(exact.texts)), kMostRateDifference);
}

TEST(states_of_the_real_base_encoder_stay_close) {
  const std::string folder = support::base_encoder_folder();
  const auto expected = support::read_npy(folder + "/jfk.encoder-states.npy").values;
  const auto cosine_of = [&](const char *products, const char *rounding) {
    const auto model = api::open_model(folder, {{"precision", "f32"},
                                                {"back-end", "npu"},
                                                {"device", "emulated"},
                                                {"device-products", products},
                                                {"device-rounding", rounding}});
    const auto session = api::open_session(model);
    const auto states =
        api::encode(model, session, api::log_mel(model, session, support::read_16k(folder + "/jfk.wav", 480000)));
    const double cosine = support::cosine(states, expected);
    std::cout << "      " << products << " products, " << rounding << ": cosine " << cosine << ", relative L2 "
              << support::relative_l2(states, expected) << ", " << api::number(model, "device-runs") << " commands"
              << std::endl;
    return cosine;
  };
  CHECK(cosine_of("1", "even") >= 0.9995);
  CHECK(cosine_of("1", "floor") < 0.9995);  // what rounding down costs, and the next line mends
  CHECK(cosine_of("3", "floor") >= 0.9999);
  CHECK(cosine_of("3", "even") >= 0.9999);
}
