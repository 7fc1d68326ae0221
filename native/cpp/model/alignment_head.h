#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpu/kernels.h"
#include "model/config.h"
#include "ops/linear.h"

namespace amanuensis {

/**
 * A linear map from encoder states to letters, by which words are aligned to sound. A model folder may hold one:
 * alignment_head.safetensors with "weight" [classes][d_model] and "bias" [classes], and alignment_head.json with "classes",
 * a list of characters of which the first is "" and stands for none of them, and "topology": what a frame says.
 */
struct AlignmentHead {
  enum class Topology {
    kCtc,    // a letter is heard in one frame or a few, and none before and after it (connectionist temporal classification)
    kFrames  // every frame of a word says which of its letters is being spoken, and frames between words none
  };

  Topology topology;
  std::vector<std::string> classes;
  Linear letters;  // in float32

  int64_t bytes() const { return letters.weights.bytes() + letters.bias.bytes(); }
};

/** Nothing if the folder holds none. Throws AM_ERROR_IO or AM_ERROR_MODEL. */
std::optional<AlignmentHead> read_alignment_head(const std::string &folder, const Dimensions &dimensions,
                                                 const Kernels &kernels);

/** Log-probabilities of letters: [positions][classes]. */
struct LetterScores {
  int64_t positions = 0, classes = 0;
  std::vector<float> values;

  float at(int64_t position, int64_t of) const { return values[static_cast<size_t>(position * classes + of)]; }
};

/** states: [positions][d_model]. Scores of states that are not finite, or beyond all measure, are not finite either. */
LetterScores score_letters(const AlignmentHead &head, const float *states, int64_t positions);

}  // namespace amanuensis
