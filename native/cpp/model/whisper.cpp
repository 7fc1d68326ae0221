#include "model/whisper.h"

#include "common/error.h"

namespace amanuensis {
namespace {

void require_layout(const std::string &folder, const SpecialTokens &special, const Dimensions &d) {
  const int64_t timestamps = d.vocab_size - special.timestamp_begin;
  if (special.end_of_text >= special.timestamp_begin || special.start_of_transcript >= special.timestamp_begin ||
      timestamps < d.max_source_positions + 1) {
    fail(AM_ERROR_MODEL, folder, ": the vocabulary of ", d.vocab_size, " should end with ", d.max_source_positions + 1,
         " timestamp tokens; they begin at ", special.timestamp_begin);
  }
}

std::unique_ptr<const WhisperText> read_text(const std::string &folder, Checkpoint &checkpoint,
                                             const Dimensions &dimensions, const Kernels &kernels, Precision precision) {
  GenerationConfig generation = read_generation_config(folder, dimensions);
  const Vocabulary vocabulary = read_vocabulary(folder, dimensions.vocab_size);
  SpecialTokens special = find_special_tokens(vocabulary, generation);
  require_layout(folder, special, dimensions);
  return std::make_unique<const WhisperText>(WhisperText{
      read_decoder(checkpoint, dimensions, kernels, precision), Tokenizer(vocabulary), std::move(special), std::move(generation),
      read_alignment_head(folder, dimensions, kernels)});
}

Whisper read(const std::string &folder, const Kernels &kernels, Precision precision, Precision of_encoder_layers) {
  const Dimensions dimensions = read_dimensions(folder);
  Checkpoint checkpoint(folder);
  Whisper whisper = {kernels, precision, dimensions,
                     read_encoder(checkpoint, dimensions, kernels, precision, of_encoder_layers), nullptr};
  if (checkpoint.has_prefix("model.decoder.") || has_tokenizer(folder)) {
    whisper.text = read_text(folder, checkpoint, dimensions, kernels, precision);
  }
  checkpoint.require_all_taken();
  return whisper;
}

}  // namespace

int64_t bytes_of(const WhisperText &text) {
  return bytes_of(text.decoder) + (text.alignment_head ? text.alignment_head->bytes() : 0);
}

Whisper read_whisper(const std::string &folder, const Kernels &kernels, Precision precision) {
  return read(folder, kernels, precision, precision);
}

Whisper read_whisper_for_device(const std::string &folder, const Kernels &kernels, Precision precision) {
  return read(folder, kernels, precision, Precision::kFloat32);
}

}  // namespace amanuensis
