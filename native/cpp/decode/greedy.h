#pragma once

#include "decode/decoding.h"
#include "decode/rules.h"
#include "model/decoder.h"
#include "model/whisper.h"

namespace amanuensis {

/**
 * Decodes one window at temperature 0. states: [max_source_positions][d_model].
 * Source: openai/whisper decoding.py, DecodingTask with GreedyDecoder.
 */
DecodedWindow decode_greedily(const Call &call, const Whisper &whisper, const DecodingRules &rules, Decoder &decoder,
                              const float *states, const DecodeOptions &options);

}  // namespace amanuensis
