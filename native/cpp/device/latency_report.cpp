#include "device/latency_report.h"

#include <iomanip>
#include <sstream>
#include <vector>

#include "device/latency_model.h"
#include "device/overlay.h"

namespace amanuensis {
namespace {

struct Size {
  const char *name;
  int64_t layers, width, bins;
};

constexpr Size kSizes[] = {{"tiny", 4, 384, 80}, {"base", 6, 512, 80}, {"small", 12, 768, 80},
                           {"large-v3-turbo", 32, 1280, 128}};

constexpr int64_t kPositions = 1500, kFrames = 3000, kHeadWidth = 64;
constexpr double kWindowMs = 30000;

struct Rate {
  double tflops;
  const char *seen;
};

constexpr Rate kRates[] = {
    {5.8, "generic kernel of IRON"}, {8.9, "kernel shipped with FastFlowLM"}, {16.9, "flm.GEMM of IRON"}};

/** What 2 cores Zen 5 reach over base's encoder in bf16, see native/README.md. */
constexpr double kHostGflops = 650;

int64_t quotient_up(int64_t value, int64_t step) {
  return (value + step - 1) / step;
}

struct Cost {
  int64_t commands = 0;
  double ns = 0;
};

/** bfloat16 in, float32 out. */
Cost product(const LatencyModel &model, const Overlay &overlay, int64_t m, int64_t k, int64_t n) {
  const TileShape tile = overlay.tile(m, k, n);
  const int64_t runs = quotient_up(m, tile.m) * quotient_up(k, tile.k) * quotient_up(n, tile.n);
  return {runs, static_cast<double>(runs) * model.product_ns(static_cast<double>(tile.m), static_cast<double>(tile.k),
                                                             static_cast<double>(tile.n), 2, 2, 4)};
}

Cost operator+(const Cost &a, const Cost &b) {
  return {a.commands + b.commands, a.ns + b.ns};
}

/** products: that stand for one, one after the other in the depth. */
Cost linear_maps(const LatencyModel &model, const Overlay &overlay, const Size &size, int64_t products) {
  const int64_t d = size.width, depth = products * d;
  const Cost layer = product(model, overlay, kPositions, depth, 3 * d) + product(model, overlay, kPositions, depth, d) +
                     product(model, overlay, kPositions, depth, 4 * d) +
                     product(model, overlay, kPositions, 4 * depth, d);
  return {layer.commands * size.layers, layer.ns * static_cast<double>(size.layers)};
}

/** Each head's queries x keys and weights x values as commands of their own. */
Cost attention(const LatencyModel &model, const Overlay &overlay, const Size &size) {
  const int64_t times = size.layers * size.width / kHeadWidth;
  const Cost head = product(model, overlay, kPositions, kHeadWidth, kPositions) +
                    product(model, overlay, kPositions, kPositions, kHeadWidth);
  return {head.commands * times, head.ns * static_cast<double>(times)};
}

double attention_operations(const Size &size) {
  return 4.0 * static_cast<double>(kPositions * kPositions * size.width * size.layers);
}

double convolution_operations(const Size &size) {
  return 6.0 * static_cast<double>(kFrames * size.bins * size.width + kPositions * size.width * size.width);
}

/** A kernel that takes its shapes as arguments, in steps that XDNA2's tiles allow. */
Overlay run_time_shapes() {
  Overlay overlay = built_in_overlay();
  overlay.run_time_shape = true;
  overlay.step = {64, 64, 64};
  overlay.shape = {1536, 16384, 8192};
  return overlay;
}

void table(const char *title, const Overlay &overlay, int64_t products, LatencyModel model,
           const std::vector<Rate> &rates, double host_gflops, std::ostream &out) {
  out << '\n' << title << "; device-products " << products << '\n'
      << std::left << std::setw(16) << "model" << std::right << std::setw(9) << "commands";
  for (const Rate &rate : rates) {
    out << "   R " << std::setw(4) << rate.tflops << ": device ms  encoder ms      x";
  }
  out << "   attention there / here ms\n";
  for (const Size &size : kSizes) {
    const double host_ms = (convolution_operations(size) + attention_operations(size)) / host_gflops * 1e-6;
    out << std::left << std::setw(16) << size.name << std::right << std::setw(9)
        << linear_maps(model, overlay, size, products).commands;
    for (const Rate &rate : rates) {
      model.tflops = rate.tflops;
      const double device_ms = linear_maps(model, overlay, size, products).ns * 1e-6, ms = device_ms + host_ms;
      out << std::setw(20) << device_ms << std::setw(12) << ms << std::setw(7) << std::setprecision(0)
          << kWindowMs / ms << std::setprecision(1);
    }
    model.tflops = rates[rates.size() / 2].tflops;
    out << std::setw(14) << attention(model, overlay, size).ns * 1e-6 << " / "
        << attention_operations(size) / host_gflops * 1e-6 << '\n';
  }
}

}  // namespace

std::string latency_report(const Options *options) {
  const OptionReader reader(options, {"device", "device-gbps", "device-launch-us", "device-tflops", "host-gflops"});
  reader.choice("device", "emulated", {"emulated"});
  LatencyModel model;
  model.gigabytes_a_second = reader.number("device-gbps", model.gigabytes_a_second, 0.001, 1e6);
  model.launch_us = reader.number("device-launch-us", model.launch_us, 0, 1e9);
  const double host_gflops = reader.number("host-gflops", kHostGflops, 0.001, 1e9);
  std::vector<Rate> rates(std::begin(kRates), std::end(kRates));
  if (reader.has("device-tflops")) {
    rates = {{reader.number("device-tflops", 0, 0.001, 1e6), "asked for"}};
  }
  std::ostringstream out;
  out << std::fixed << std::setprecision(1);
  out << "A MODEL, NOT A MEASUREMENT of Whisper's encoders on an XDNA2 NPU, 30 s of sound at a time.\n"
         "Device: linear maps of the layers; T = sum of max(operations / R, bytes / B) + L, one command after the "
         "other,\n  bfloat16 in, float32 out; B " << model.gigabytes_a_second << " GB/s, L " << model.launch_us
      << " us, R";
  for (const Rate &rate : rates) {
    out << (&rate == &rates.front() ? " " : ", ") << rate.tflops << " (" << rate.seen << ")";
  }
  out << " TFLOPS.\n"
         "Processor: convolutions and attention at " << host_gflops
      << " GFLOPS, in turn with the device; norms and GELU left out.\n"
         "x: seconds of sound a second. Attention: its products as commands of their own, at the middle R, without the "
         "softmax.\n";
  for (const int64_t products : {3, 1}) {
    table("Products of 512 x 512 x 512, what does not fill them padded", built_in_overlay(), products, model, rates,
          host_gflops, out);
    table("Products of any shape in one command, in steps of 64", run_time_shapes(), products, model, rates,
          host_gflops, out);
  }
  return out.str();
}

}  // namespace amanuensis
