/*
 * The encoder of Whisper tiny, base and small over a window of 30 s, on random weights, against the processor's limit.
 *
 *   encoder_bench [--smoke] [--size tiny|base|small] [--precision bf16|int8] [--threads N] [--rounds N]
 *
 * The limit is the time that the operations of the products alone take at the register-only peak of their instruction,
 * which every round measures anew just before the encoder: convolutions in bfloat16; linear maps and attention in the
 * model's precision. For int8 also against the limit with attention in bfloat16. Printed are medians over the rounds;
 * of processor time with one thread only, as in kernel_bench.
 * Needs AVX-512 with VNNI and BF16.
 */
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include "cpu/instruction_sets.h"
#include "model/encoder.h"
#include "peak.h"
#include "random_weights.h"
#include "timing.h"

namespace {

using namespace amanuensis;
using bench::median;
using bench::Time;
using bench::time_of;

struct Settings {
  std::vector<std::string> sizes = {"tiny", "base", "small"}, precisions = {"bf16", "int8"};
  int rounds = 15;
  int64_t positions = 1500, peak_turns = 100000;
};

Dimensions dimensions_of(const std::string &size, int64_t positions) {
  const int64_t heads = size == "tiny" ? 6 : size == "base" ? 8 : 12, layers = size == "tiny" ? 4 : heads == 8 ? 6 : 12;
  Dimensions d = {};
  d.num_mel_bins = 80;
  d.d_model = 64 * heads;
  d.encoder_layers = layers;
  d.encoder_attention_heads = heads;
  d.encoder_ffn_dim = 4 * d.d_model;
  d.max_source_positions = positions;
  return d;
}

EncoderWeights random_encoder(const Dimensions &d, const Kernels &kernels, Precision precision) {
  const Precision of_convolutions = precision == Precision::kInt8 ? Precision::kBfloat16 : precision;
  bench::RandomWeights convolutions(kernels.arithmetic(of_convolutions), d.d_model);
  bench::RandomWeights random(kernels.arithmetic(precision), d.d_model);
  EncoderWeights weights;
  weights.conv1 = convolutions.linear(3 * d.num_mel_bins, d.d_model);
  weights.conv2 = convolutions.linear(3 * d.d_model, d.d_model);
  weights.positions = random.numbers(d.max_source_positions * d.d_model, 0.1f);
  for (int64_t i = 0; i < d.encoder_layers; ++i) {
    weights.layers.push_back(
        {.self_attn = {random.norm(), random.linear(d.d_model, 3 * d.d_model), random.linear(d.d_model, d.d_model)},
         .mlp = {random.norm(), random.linear(d.d_model, d.encoder_ffn_dim),
                 random.linear(d.encoder_ffn_dim, d.d_model)}});
  }
  weights.norm = random.norm();
  return weights;
}

/** Operations of a window; a multiplication and an addition are two. */
struct Operations {
  double convolutions, linear, attention;

  explicit Operations(const Dimensions &d) {
    const auto t = static_cast<double>(d.max_source_positions), width = static_cast<double>(d.d_model);
    const auto layers = static_cast<double>(d.encoder_layers), bins = static_cast<double>(d.num_mel_bins);
    convolutions = 2 * (2 * t * 3 * bins * width + t * 3 * width * width);
    linear = layers * 2 * t * (4 * width * width + 2 * width * static_cast<double>(d.encoder_ffn_dim));
    attention = layers * 2 * 2 * t * t * width;
  }
};

/** Seconds that an operation takes: on the clock with all members at work, and of processor time. */
Time cost_of(Team &team, Precision precision, int64_t turns) {
  const peak::Loop &loop = peak::loops()[static_cast<int>(precision)];
  const int64_t tasks = 4 * team.members();
  team.each(tasks, [&](int64_t, int) { loop.turns(turns / 10); });  // the helpers are awake from here on
  const Time time = time_of([&] { team.each(tasks, [&](int64_t, int) { loop.turns(turns); }); });
  const auto operations = static_cast<double>(tasks * turns * loop.operations);
  return {time.wall / operations, time.processor / operations};
}

void measure(const Settings &settings, const std::string &size, Precision precision) {
  const Kernels &kernels = kernels_named("avx512bf16");
  const Dimensions d = dimensions_of(size, settings.positions);
  const Operations operations(d);
  const EncoderWeights weights = random_encoder(d, kernels, precision);
  Encoder encoder(weights, d, kernels);
  std::vector<float> mel(static_cast<size_t>(2 * d.max_source_positions * d.num_mel_bins));
  uint64_t random = 1;
  for (float &value : mel) {
    value = static_cast<float>(2 * next_fraction(random) - 1);
  }
  std::vector<double> wall, processor, of_wall, of_processor, of_mixed;
  for (int round = -1; round < settings.rounds; ++round) {
    Team team(nullptr);
    const Time bfloat16 = cost_of(team, Precision::kBfloat16, settings.peak_turns);
    const Time own = cost_of(team, precision, settings.peak_turns);
    const Time time = time_of([&] { encoder.run(team, mel.data(), d.max_source_positions); });
    if (round < 0) {
      continue;
    }
    const auto limit = [&](double convolution, double linear, double attention) {
      return operations.convolutions * convolution + operations.linear * linear + operations.attention * attention;
    };
    wall.push_back(1000 * time.wall);
    processor.push_back(1000 * time.processor);
    of_wall.push_back(time.wall / limit(bfloat16.wall, own.wall, own.wall));
    of_processor.push_back(time.processor / limit(bfloat16.processor, own.processor, own.processor));
    of_mixed.push_back(time.wall / limit(bfloat16.wall, own.wall, bfloat16.wall));
  }
  std::cout << std::left << std::setw(6) << size << std::setw(5) << name_of(precision) << std::right << std::fixed
            << std::setprecision(1) << " median " << std::setw(7) << median(wall) << " ms, processor time "
            << std::setw(7) << median(processor) << " ms; x the limit: on the clock " << std::setprecision(3)
            << median(of_wall);
  if (precision == Precision::kInt8) {
    std::cout << " (" << median(of_mixed) << " x that with attention in bfloat16)";
  }
  if (Cores::all().count() == 1) {
    std::cout << ", of processor time " << median(of_processor);
  }
  std::cout << std::endl;
}

}  // namespace

int main(int count, char **arguments) {
  Settings settings;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--smoke") {
      settings.rounds = 1;
      settings.positions = 30;
      settings.peak_turns = 100;
    } else if (name == "--size" && i + 1 < count) {
      settings.sizes = {arguments[++i]};
    } else if (name == "--precision" && i + 1 < count) {
      settings.precisions = {arguments[++i]};
    } else if (name == "--threads" && i + 1 < count) {
      Cores::all().resize(std::stoi(arguments[++i]));
    } else if (name == "--rounds" && i + 1 < count) {
      settings.rounds = std::max(1, std::stoi(arguments[++i]));
    } else {
      std::cerr << "usage: encoder_bench [--smoke] [--size NAME] [--precision NAME] [--threads N] [--rounds N]\n";
      return 1;
    }
  }
  if (available_instruction_sets().back()->name != std::string("avx512bf16")) {
    std::cout << "this processor lacks AVX-512 with VNNI and BF16; nothing to compare" << std::endl;
    return 0;
  }
  std::cout << Cores::all().count() << " threads, " << settings.rounds << " rounds, window of "
            << settings.positions / 50 << " s" << std::endl;
  const Kernels &kernels = kernels_named("auto");
  for (const std::string &size : settings.sizes) {
    for (const std::string &precision : settings.precisions) {
      measure(settings, size, precision_named(precision, kernels));
    }
  }
}
