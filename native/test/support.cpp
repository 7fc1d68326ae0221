#include "support.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <numbers>
#include <sstream>
#include <stdexcept>

#include "check.h"

namespace support {
namespace {

template <typename T>
T value_at(const std::string &bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/** ITU-T G.711, expanded to 16 bits. */
int16_t of_mu_law(uint8_t byte) {
  const int code = static_cast<uint8_t>(~byte);
  const int magnitude = (((code & 15) << 3) + 132) << ((code >> 4) & 7);
  return static_cast<int16_t>((code & 0x80) ? 132 - magnitude : magnitude - 132);
}

/** The filter of scipy.signal.resample_poly(x, 2, 1): firwin(41, 1 / 2, window=("kaiser", 5)) times 2. */
std::vector<double> doubling_filter() {
  constexpr int kHalf = 20;
  std::vector<double> taps;
  double sum = 0;
  for (int i = -kHalf; i <= kHalf; ++i) {
    const double x = 0.5 * i, place = static_cast<double>(i) / kHalf;
    const double sinc = i == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
    taps.push_back(sinc * std::cyl_bessel_i(0, 5 * std::sqrt(1 - place * place)));
    sum += taps.back();
  }
  for (double &tap : taps) {
    tap *= 2 / sum;
  }
  return taps;
}

std::vector<int16_t> doubled_rate(const std::vector<int16_t> &samples) {
  const std::vector<double> taps = doubling_filter();
  const auto count = static_cast<int64_t>(samples.size()), half = static_cast<int64_t>(taps.size() / 2);
  std::vector<int16_t> out;
  for (int64_t i = 0; i < 2 * count; ++i) {
    double sum = 0;
    for (int64_t k = 0; k <= 2 * half; ++k) {
      const int64_t from = i + half - k;  // of the samples with a zero after each
      if (from % 2 == 0 && from >= 0 && from < 2 * count) {
        sum += taps[static_cast<size_t>(k)] * samples[static_cast<size_t>(from / 2)];
      }
    }
    out.push_back(static_cast<int16_t>(std::clamp(std::lround(sum), -32768l, 32767l)));
  }
  return out;
}

}  // namespace

std::string demo_folder() {
  return std::string(AMANUENSIS_SOURCE_DIR) + "/demo-model";
}

std::string base_encoder_folder() {
  const char *set = std::getenv("AMANUENSIS_SHARED_DIR");
  std::string shared = set && *set ? set : AMANUENSIS_SHARED_DIR;
  if (shared.empty()) {
    shared = std::string(AMANUENSIS_SOURCE_DIR) + "/../../shared";
  }
  const std::string folder = shared + "/whisper-base-encoder";
  if (!std::filesystem::exists(folder + "/model.safetensors")) {
    throw check::Skip{"no " + folder + "; set AMANUENSIS_SHARED_DIR to the folder that holds whisper-base-encoder"};
  }
  return folder;
}

std::string read_file(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw std::runtime_error(path + ": cannot be read");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

Sound read_wav(const std::string &path) {
  const std::string bytes = read_file(path);
  Sound sound = {};
  uint16_t format = 0, channels = 0;
  for (size_t at = 12; at + 8 <= bytes.size();) {
    const std::string name = bytes.substr(at, 4);
    const size_t size = value_at<uint32_t>(bytes, at + 4), body = at + 8;
    if (name == "fmt ") {
      format = value_at<uint16_t>(bytes, body);
      channels = value_at<uint16_t>(bytes, body + 2);
      sound.sample_rate = value_at<uint32_t>(bytes, body + 4);
    } else if (name == "data") {
      const size_t step = channels * (format == 7 ? 1 : 2);
      for (size_t i = body; i + step <= std::min(body + size, bytes.size()); i += step) {
        sound.samples.push_back(format == 7 ? of_mu_law(value_at<uint8_t>(bytes, i)) : value_at<int16_t>(bytes, i));
      }
      return sound;
    }
    at = body + size + size % 2;
  }
  throw std::runtime_error(path + ": no data");
}

std::vector<int16_t> read_16k(const std::string &path, size_t most) {
  Sound sound = read_wav(path);
  std::vector<int16_t> samples = sound.sample_rate == 8000 ? doubled_rate(sound.samples) : std::move(sound.samples);
  samples.resize(std::min(samples.size(), most));
  return samples;
}

Array read_npy(const std::string &path) {
  const std::string bytes = read_file(path);
  const size_t header_size = value_at<uint16_t>(bytes, 8), data = 10 + header_size;
  const std::string header = bytes.substr(10, header_size);
  if (bytes.compare(0, 8, std::string("\x93NUMPY\x01\x00", 8)) != 0 || header.find("'<f4'") == std::string::npos ||
      header.find("'fortran_order': False") == std::string::npos) {
    throw std::runtime_error(path + ": not a float32 array in C order");
  }
  Array array;
  std::istringstream shape(header.substr(header.find('(') + 1));
  for (int64_t size; shape >> size; shape.ignore(1)) {
    array.shape.push_back(size);
  }
  array.values.resize((bytes.size() - data) / sizeof(float));
  std::memcpy(array.values.data(), bytes.data() + data, array.values.size() * sizeof(float));
  return array;
}

namespace {

std::vector<amanuensis::Json> rows_of(const std::string &file) {
  std::istringstream lines(read_file(demo_folder() + "/" + file));
  std::vector<amanuensis::Json> rows;
  for (std::string line; std::getline(lines, line);) {
    rows.push_back(amanuensis::parse_json(line, file));
  }
  return rows;
}

}  // namespace

std::vector<amanuensis::Json> greedy_references() {
  return rows_of("reference/greedy.jsonl");
}

std::vector<amanuensis::Json> said_references() {
  std::vector<amanuensis::Json> rows = rows_of("testset/manifest.jsonl");
  std::erase_if(rows, [](const amanuensis::Json &row) {
    const amanuensis::Json *words = row.find("words");
    return !words || words->array()->empty();
  });
  return rows;
}

namespace {

const amanuensis::Json &member(const amanuensis::Json &row, const char *key) {
  const amanuensis::Json *found = row.find(key);
  if (!found) {
    throw std::runtime_error(std::string("no member ") + key);
  }
  return *found;
}

}  // namespace

std::string text_of(const amanuensis::Json &row, const char *key) {
  return *member(row, key).text();
}

double number_of(const amanuensis::Json &row, const char *key) {
  return *member(row, key).number();
}

std::vector<int32_t> tokens_of(const amanuensis::Json &row, const char *key) {
  std::vector<int32_t> tokens;
  for (const amanuensis::Json &item : *member(row, key).array()) {
    tokens.push_back(static_cast<int32_t>(*item.number()));
  }
  return tokens;
}

double relative_l2(const std::vector<float> &actual, const std::vector<float> &expected) {
  if (actual.size() != expected.size()) {
    return std::numeric_limits<double>::infinity();
  }
  double difference = 0, norm = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double d = static_cast<double>(actual[i]) - expected[i];
    difference += d * d;
    norm += static_cast<double>(expected[i]) * expected[i];
  }
  const double relative = std::sqrt(difference / norm);
  return std::isnan(relative) ? std::numeric_limits<double>::infinity() : relative;
}

double cosine(const std::vector<float> &a, const std::vector<float> &b) {
  double both = 0, of_a = 0, of_b = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    both += static_cast<double>(a[i]) * b.at(i);
    of_a += static_cast<double>(a[i]) * a[i];
    of_b += static_cast<double>(b[i]) * b[i];
  }
  return both / std::sqrt(of_a * of_b);
}

double largest_difference(const std::vector<float> &actual, const std::vector<float> &expected) {
  double largest = actual.size() == expected.size() ? 0 : std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
    const double difference = std::abs(static_cast<double>(actual[i]) - expected[i]);
    largest = difference <= largest    ? largest
              : std::isnan(difference) ? std::numeric_limits<double>::infinity()
                                       : difference;
  }
  return largest;
}

std::vector<int16_t> noise(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<int16_t> samples(count);
  for (int16_t &sample : samples) {
    sample = static_cast<int16_t>(static_cast<int>(random() % 32768) - 16384);
  }
  return samples;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "amanuensis-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) {
    throw std::runtime_error("no temporary folder");
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TemporaryFolder::write(const std::string &name, const std::string &content) const {
  std::ofstream(path_ + "/" + name, std::ios::binary) << content;
}

void TemporaryFolder::link(const std::string &name, const std::string &target) const {
  std::filesystem::create_symlink(target, path_ + "/" + name);
}

}  // namespace support
