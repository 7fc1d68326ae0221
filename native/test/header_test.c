/* The header is plain C99, and the shared library resolves every function of it. */
#include <stdio.h>
#include <string.h>

#include "amanuensis.h"

#define REQUIRE(condition)                                                                                      \
  do {                                                                                                          \
    if (!(condition)) {                                                                                         \
      fprintf(stderr, "%s:%d: %s is false; last error: %s\n", __FILE__, __LINE__, #condition, am_last_error()); \
      return 1;                                                                                                 \
    }                                                                                                           \
  } while (0)

static float mel[80 * 1000];
static float states[500 * 8];
static int16_t samples[16000];

int main(void) {
  am_options *options = NULL;
  am_model *model = NULL;
  am_session *session = NULL;
  am_call *call = NULL;
  am_decoding *decoding = NULL;
  am_alignment *alignment = NULL;
  const char *text = NULL;
  const int32_t *tokens = NULL;
  int64_t count = 0, bytes = 0;
  int32_t words = 0;
  double measure = -1;
  size_t i;

  for (i = 0; i < sizeof samples / sizeof *samples; ++i) {
    samples[i] = (int16_t)(i * i % 7919);
  }
  REQUIRE(am_abi_version() == AM_ABI_VERSION);
  REQUIRE(strstr(am_library_build(), "0.1.0 ") == am_library_build());
  REQUIRE(am_options_open(&options) == AM_OK);
  REQUIRE(am_options_set(options, "back-end", "echo") == AM_OK);
  REQUIRE(am_model_open(NULL, options, &model) == AM_OK);
  REQUIRE(am_model_text(model, "back-end", &text) == AM_OK && strcmp(text, "echo") == 0);
  REQUIRE(am_model_number(model, "mel-frames", &count) == AM_OK && count == 1000);
  REQUIRE(am_session_open(model, NULL, &session) == AM_OK);
  REQUIRE(am_call_open(&call) == AM_OK);
  REQUIRE(am_call_start(call, 60000) == AM_OK);
  REQUIRE(am_log_mel(session, samples, 16000, mel, sizeof mel / sizeof *mel) == AM_OK);
  REQUIRE(am_encode(session, call, mel, 1, NULL, AM_FLOAT32, states, sizeof states / sizeof *states) == AM_OK);
  REQUIRE(am_decode(session, call, states, AM_FLOAT32, 1, NULL, &decoding) == AM_OK);
  REQUIRE(am_decoding_tokens(decoding, 0, &tokens, &count) == AM_OK && count > 0);
  REQUIRE(am_decoding_text(decoding, 0, &text) == AM_OK && strlen(text) > 0);
  REQUIRE(am_decoding_language(decoding, 0, &text) == AM_OK && strcmp(text, "en") == 0);
  REQUIRE(am_decoding_measure(decoding, 0, "end-reached", &measure) == AM_OK && measure == 1);
  REQUIRE(am_align(session, call, states, AM_FLOAT32, tokens, count, 16000, "en", &alignment) == AM_OK);
  REQUIRE(am_alignment_count(alignment, &words) == AM_OK && words > 0);
  REQUIRE(am_session_bytes(session, &bytes) == AM_OK && bytes > 0);
  REQUIRE(am_call_cancel(call) == AM_OK);
  REQUIRE(am_encode(session, call, mel, 1, NULL, AM_FLOAT32, states, 4000) == AM_ERROR_CANCELLED);

  am_alignment_close(&alignment);
  am_decoding_close(&decoding);
  am_call_close(&call);
  am_session_close(&session);
  am_model_close(&model);
  am_options_close(&options);
  REQUIRE(!alignment && !decoding && !call && !session && !model && !options);
  am_model_close(&model);
  return 0;
}
