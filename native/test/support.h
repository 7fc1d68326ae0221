#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "common/json.h"

/** What several tests need: the demo model's files, arrays and sounds, comparisons, and random numbers. */
namespace support {

/** native/demo-model */
std::string demo_folder();
inline std::string demo_model() {
  return demo_folder() + "/model";
}

/** whisper-base-encoder, or check::Skip with the reason. */
std::string base_encoder_folder();

struct Sound {
  int64_t sample_rate;
  std::vector<int16_t> samples;  // of the first channel
};

/** A WAV file of 16-bit linear or mu-law samples. */
Sound read_wav(const std::string &path);

/** At most `most` samples of a WAV file at 16 kHz; 8 kHz ones pass scipy's resample_poly(x, 2, 1) and are rounded. */
std::vector<int16_t> read_16k(const std::string &path, size_t most);

struct Array {
  std::vector<int64_t> shape;
  std::vector<float> values;
};

/** A float32 .npy file in C order. */
Array read_npy(const std::string &path);

/** The rows of demo-model/reference/greedy.jsonl. */
std::vector<amanuensis::Json> greedy_references();

/** The rows of demo-model/testset/manifest.jsonl in which somebody speaks: text and true word times. */
std::vector<amanuensis::Json> said_references();

std::string text_of(const amanuensis::Json &row, const char *key);
double number_of(const amanuensis::Json &row, const char *key);
std::vector<int32_t> tokens_of(const amanuensis::Json &row, const char *key);

/** |a - b| / |b| in the Euclidean norm; infinite if a value is NaN. */
double relative_l2(const std::vector<float> &actual, const std::vector<float> &expected);

/** Of the angle between two vectors; NaN if a value is. */
double cosine(const std::vector<float> &a, const std::vector<float> &b);

double largest_difference(const std::vector<float> &actual, const std::vector<float> &expected);

/** Signed numbers of a normal distribution. */
inline std::vector<float> normal_numbers(size_t count, std::mt19937 &random) {
  std::normal_distribution<float> normal;
  std::vector<float> numbers(count);
  std::generate(numbers.begin(), numbers.end(), [&] { return normal(random); });
  return numbers;
}

/** Signed noise of about half the range. */
std::vector<int16_t> noise(size_t count, unsigned seed);

/** A folder of its own that is removed at the end. */
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;
  ~TemporaryFolder();

  const std::string &path() const { return path_; }
  void write(const std::string &name, const std::string &content) const;
  void link(const std::string &name, const std::string &target) const;

 private:
  std::string path_;
};

std::string read_file(const std::string &path);

}  // namespace support
