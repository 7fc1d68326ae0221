/* OpenAI's Whisper base encoder, a folder without a decoder, against PyTorch float32 over the same weights. */
#include "api.h"
#include "check.h"
#include "cpu/instruction_sets.h"
#include "support.h"

TEST(log_mel_and_states_of_speech_are_the_references) {
  const std::string folder = support::base_encoder_folder();
  const auto model = api::open_model(folder, {{"precision", "f32"}});
  const auto session = api::open_session(model);
  const auto mel = api::log_mel(model, session, support::read_16k(folder + "/jfk.wav", 480000));
  const double mel_difference = support::largest_difference(mel, support::read_npy(folder + "/jfk.log-mel.npy").values);
  CHECK_AT_MOST(mel_difference, 1e-4);
  const auto states = api::encode(model, session, mel);
  const double difference = support::relative_l2(states, support::read_npy(folder + "/jfk.encoder-states.npy").values);
  CHECK_AT_MOST(difference, 1e-3);
  std::cout << "      log-mel difference " << mel_difference << ", relative L2 of states " << difference << std::endl;
}

TEST(lower_precisions_stay_close_to_the_reference) {
  const std::string folder = support::base_encoder_folder();
  const auto expected = support::read_npy(folder + "/jfk.encoder-states.npy").values;
  const struct {
    const char *precision;
    double cosine;
  } gates[] = {{"bf16", 0.9998}, {"int8", 0.998}};
  for (const amanuensis::Kernels *kernels : amanuensis::available_instruction_sets()) {
    for (const auto &gate : gates) {
      const auto model = api::open_model(folder, {{"isa", kernels->name}, {"precision", gate.precision}});
      const auto session = api::open_session(model);
      const auto states =
          api::encode(model, session, api::log_mel(model, session, support::read_16k(folder + "/jfk.wav", 480000)));
      const double cosine = support::cosine(states, expected);
      CHECK(cosine >= gate.cosine);
      std::cout << "      " << kernels->name << " " << gate.precision << ": cosine " << cosine << ", relative L2 "
                << support::relative_l2(states, expected) << std::endl;
    }
  }
}

TEST(an_encoder_alone_refuses_to_decode) {
  const auto model = api::open_model(support::base_encoder_folder());
  const auto session = api::open_session(model);
  CHECK_EQUAL(api::number(model, "state-positions"), 1500);
  CHECK_EQUAL(api::number(model, "state-width"), 512);
  CHECK_EQUAL(api::number(model, "decoder-positions"), 0);
  CHECK_EQUAL(api::number(model, "vocabulary-size"), 0);
  CHECK_EQUAL(api::number(model, "token-no-speech"), -1);
  const std::vector<float> states(1500 * 512);
  am_decoding *decoding = nullptr;
  CHECK_STATUS(am_decode(session.get(), nullptr, states.data(), AM_FLOAT32, 1, nullptr, &decoding), AM_ERROR_MODEL,
               "encoder only");
  CHECK(decoding == nullptr);
}
