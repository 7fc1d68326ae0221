/*
 * Products at the shapes of Whisper's linear maps, and the encoder's attention, against what the processor can do at most.
 *
 *   kernel_bench [--smoke] [--threads N] [--rounds N]
 *
 * Every round measures the register-only peak of each instruction and then every product once more, so that a ratio
 * compares neighbours in time; printed are medians over the rounds. Ratios of processor time, which other work on the
 * machine changes less, are taken with one thread only: in moments so short the system does not know those of several.
 * Needs AVX-512 with VNNI and BF16.
 */
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "../test/support.h"
#include "common/cores.h"
#include "cpu/instruction_sets.h"
#include "ops/linear.h"
#include "peak.h"
#include "timing.h"

namespace {

using namespace amanuensis;
using bench::median;
using bench::Time;
using bench::time_of;

struct Shape {
  const char *name;
  int64_t rows, depth, columns;
  Finish finish;
};

/** Products that are timed together. */
constexpr int kRepeats = 3;

const Shape kShapes[] = {
    {"base qkv", 1500, 512, 1536, Finish::kInner},       {"base out", 1500, 512, 512, Finish::kAdd},
    {"base fc1", 1500, 512, 2048, Finish::kInner},       {"base fc1 + GELU", 1500, 512, 2048, Finish::kInnerGelu},
    {"base fc2", 1500, 2048, 512, Finish::kStore},       {"base fc2 + residual", 1500, 2048, 512, Finish::kAdd},
    {"tiny fc1", 1500, 384, 1536, Finish::kInner},       {"tiny fc2", 1500, 1536, 384, Finish::kStore},
    {"small fc1", 1500, 768, 3072, Finish::kInner},      {"small fc2", 1500, 3072, 768, Finish::kStore},
};

/** A product with everything it needs, on random signed numbers. */
struct Bench {
  Shape shape;
  Linear linear;
  LeftBuffer left;
  Bytes out;

  Bench(const Arithmetic &arithmetic, const Shape &of, std::mt19937 &random)
      : shape(of),
        linear{PackedMatrix(arithmetic, of.depth, of.columns), Buffer((of.columns + 63) / 64 * 64)},
        left(arithmetic, of.rows, of.depth),
        out(of.rows * of.columns * 4) {
    std::vector<float> column;
    for (int64_t c = 0; c < of.columns; ++c) {
      column = support::normal_numbers(static_cast<size_t>(of.depth), random);
      linear.weights.set_column(c, column.data());
    }
    const auto rows = support::normal_numbers(static_cast<size_t>(of.rows * of.depth), random);
    left.set_float(rows.data(), of.depth, of.rows, of.depth);
  }

  double operations() const { return 2.0 * static_cast<double>(shape.rows * shape.depth * shape.columns); }
};

/** 10^9 operations a second: on the clock, of all members together; of processor time, of one. */
Time rate(double operations, const Time &time) {
  return {1e-9 * operations / time.wall, 1e-9 * operations / time.processor};
}

Time peak_of(Team &team, const peak::Loop &loop, int64_t turns) {
  const int64_t tasks = 4 * team.members();
  team.each(tasks, [&](int64_t, int) { loop.turns(turns / 10); });  // the helpers are awake from here on
  const Time time = time_of([&] { team.each(tasks, [&](int64_t, int) { loop.turns(turns); }); });
  return rate(static_cast<double>(tasks * turns * loop.operations), time);
}

void run(int rounds, int64_t peak_turns) {
  const Kernels &kernels = kernels_named("avx512bf16");
  std::mt19937 random(1);
  for (const Precision precision : {Precision::kBfloat16, Precision::kInt8}) {
    const peak::Loop &loop = peak::loops()[static_cast<int>(precision)];
    std::vector<Bench> benches;
    for (const Shape &shape : kShapes) {
      benches.emplace_back(kernels.arithmetic(precision), shape, random);
    }
    std::vector<double> peaks;
    std::vector<std::vector<double>> rates(benches.size()), wall(benches.size()), processor(benches.size());
    for (int round = -1; round < rounds; ++round) {
      for (size_t i = 0; i < benches.size(); ++i) {
        Team team(nullptr);
        const Time peak = peak_of(team, loop, peak_turns);
        Bench &bench = benches[i];
        const auto multiply = [&] {
          apply(team, bench.linear, bench.left, bench.shape.rows, bench.out.data(), bench.shape.columns,
                bench.shape.finish);
        };
        multiply();  // brings the operands into the caches, as the layer before does
        const Time product = rate(kRepeats * bench.operations(), time_of([&] {
                                    for (int i = 0; i < kRepeats; ++i) {
                                      multiply();
                                    }
                                  }));
        if (round >= 0) {
          peaks.push_back(peak.wall);
          rates[i].push_back(product.wall);
          wall[i].push_back(product.wall / peak.wall);
          processor[i].push_back(product.processor / peak.processor);
        }
      }
    }
    std::cout << std::fixed << std::setprecision(0) << loop.name << ": peak " << median(peaks)
              << " G operations/s\n";
    for (size_t i = 0; i < benches.size(); ++i) {
      const Shape &s = benches[i].shape;
      std::cout << "  " << std::left << std::setw(20) << s.name << std::right << std::setw(5) << s.rows << " x "
                << std::setw(4) << s.depth << " x " << std::setw(4) << s.columns << std::setprecision(0)
                << std::setw(7) << median(rates[i]) << " G/s " << std::setprecision(1) << std::setw(6)
                << 100 * median(wall[i]) << " % of the peak";
      if (Cores::all().count() == 1) {
        std::cout << ", " << 100 * median(processor[i]) << " % of processor time";
      }
      std::cout << std::endl;
    }
  }
}

}  // namespace

int main(int count, char **arguments) {
  int rounds = 41;
  int64_t peak_turns = 100000;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--smoke") {
      rounds = 1;
      peak_turns = 100;
    } else if (name == "--threads" && i + 1 < count) {
      Cores::all().resize(std::stoi(arguments[++i]));
    } else if (name == "--rounds" && i + 1 < count) {
      rounds = std::max(1, std::stoi(arguments[++i]));
    } else {
      std::cerr << "usage: kernel_bench [--smoke] [--threads N] [--rounds N]" << std::endl;
      return 1;
    }
  }
  if (available_instruction_sets().back()->name != std::string("avx512bf16")) {
    std::cout << "this processor lacks AVX-512 with VNNI and BF16; nothing to compare" << std::endl;
    return 0;
  }
  std::cout << Cores::all().count() << " threads, " << rounds << " rounds" << std::endl;
  run(rounds, peak_turns);
}
