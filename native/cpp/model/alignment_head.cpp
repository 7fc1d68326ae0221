#include "model/alignment_head.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "common/error.h"
#include "common/file.h"
#include "common/json.h"
#include "common/utf8.h"
#include "model/safetensors.h"

namespace amanuensis {
namespace {

constexpr size_t kMostClasses = 4096;

AlignmentHead::Topology topology_of(const Json &json, const std::string &path) {
  const Json *found = json.find("topology");
  const std::string *name = found ? found->text() : nullptr;
  if (name && *name == "ctc") {
    return AlignmentHead::Topology::kCtc;
  }
  if (name && *name == "frames") {
    return AlignmentHead::Topology::kFrames;
  }
  fail(AM_ERROR_MODEL, path, ": topology is neither \"ctc\" nor \"frames\"");
}

bool is_character(const std::string &text) {
  return !text.empty() && is_valid_utf8(text) && first_of_utf8(text).bytes == text.size();
}

std::vector<std::string> classes_of(const Json &json, const std::string &path) {
  const Json *found = json.find("classes");
  const Json::Array *list = found ? found->array() : nullptr;
  if (!list || list->size() < 2 || list->size() > kMostClasses) {
    fail(AM_ERROR_MODEL, path, ": classes is not a list of 2 to ", kMostClasses, " characters");
  }
  std::vector<std::string> classes;
  std::set<std::string> seen;
  for (const Json &item : *list) {
    const std::string *text = item.text();
    const bool fits = text && (classes.empty() ? text->empty() : is_character(*text));
    if (!fits || !seen.insert(*text).second) {
      fail(AM_ERROR_MODEL, path, ": classes, item ", classes.size(), ": needed are \"\" first and then single characters, each once");
    }
    classes.push_back(*text);
  }
  return classes;
}

std::vector<float> tensor(const SafetensorsFile &file, const std::string &path, const char *name,
                          const std::vector<int64_t> &shape) {
  const auto found = file.tensors().find(name);
  if (found == file.tensors().end() || found->second.shape != shape) {
    fail(AM_ERROR_MODEL, path, ": tensor ", name,
         found == file.tensors().end() ? " is missing" : " is " + text_of_shape(found->second.shape), "; needed is ",
         text_of_shape(shape));
  }
  std::vector<float> values(static_cast<size_t>(found->second.elements()));
  found->second.read(0, found->second.elements(), values.data());
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      fail(AM_ERROR_MODEL, path, ": tensor ", name, ": element ", i, " is ", values[i]);
    }
  }
  return values;
}

}  // namespace

std::optional<AlignmentHead> read_alignment_head(const std::string &folder, const Dimensions &dimensions,
                                                 const Kernels &kernels) {
  const std::string settings = folder + "/alignment_head.json", weights = folder + "/alignment_head.safetensors";
  if (file_exists(settings) != file_exists(weights)) {
    fail(AM_ERROR_MODEL, folder, ": alignment_head.json and alignment_head.safetensors belong together; one is missing");
  }
  if (!file_exists(settings)) {
    return std::nullopt;
  }
  const Json json = parse_json(read_text_file(settings), settings);
  AlignmentHead head = {topology_of(json, settings), classes_of(json, settings), {}};
  const auto classes = static_cast<int64_t>(head.classes.size()), width = dimensions.d_model;
  const SafetensorsFile file(weights);
  const std::vector<float> weight = tensor(file, weights, "weight", {classes, width});
  const std::vector<float> bias = tensor(file, weights, "bias", {classes});
  const int64_t panel = kernels.float32.panel_columns;
  head.letters = {PackedMatrix(kernels.float32, width, classes), Buffer((classes + panel - 1) / panel * panel)};
  for (int64_t i = 0; i < classes; ++i) {
    head.letters.weights.set_column(i, weight.data() + i * width);
    head.letters.bias.data()[i] = bias[static_cast<size_t>(i)];
  }
  return head;
}

LetterScores score_letters(const AlignmentHead &head, const float *states, int64_t positions) {
  const Arithmetic &arithmetic = head.letters.weights.arithmetic();
  const int64_t width = head.letters.weights.depth();
  LetterScores scores = {positions, head.letters.weights.columns(), {}};
  scores.values.resize(static_cast<size_t>(positions * scores.classes));
  LeftBuffer left(arithmetic, positions, width);
  left.set_float(states, width, positions, width);
  apply(head.letters, left, positions, scores.values.data(), scores.classes);
  for (int64_t position = 0; position < positions; ++position) {
    float *row = scores.values.data() + position * scores.classes;
    const double most = *std::max_element(row, row + scores.classes);
    double sum = 0;
    for (int64_t i = 0; i < scores.classes; ++i) {
      sum += std::exp(row[i] - most);
    }
    const auto whole = static_cast<float>(most + std::log(sum));
    std::transform(row, row + scores.classes, row, [&](float value) { return value - whole; });
  }
  return scores;
}

}  // namespace amanuensis
